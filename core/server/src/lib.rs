//! The server and command line of Cellier: axum, configuration, the set of formats and the composition root.

mod backup;
mod cli;
mod client;
mod compose;
mod config;
mod formats;
mod http;
mod jobs;
mod local_file;
mod net;
mod passwords;
mod registry;
mod server_lock;
mod state;
mod storage;
mod system;
mod telemetry;

pub use self::cli::main;
