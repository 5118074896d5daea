//! Stories: a real server process, real sockets, real clients.
//!
//! A story starts a [`TestServer`], lets actors do something through HTTP or the command line, and looks at what they are
//! answered:
//!
//! ```no_run
//! # async fn story() {
//! use cellier_tests::{Package, TestServer};
//!
//! let server = TestServer::start().await;
//! let ci = server.upload_key("ci").allowed_name("@acme/*").create().await;
//! ci.publish_package(&Package::new("@acme/widget", "1.0.0")).await.assert_created();
//! # }
//! ```
//!
//! When a story fails, what its server logged is printed.
//!
//! # To add a story
//!
//! 1. A function in the file of `stories/` that it belongs to. Its name is the sentence that it proves.
//! 2. Nothing else: every story has a server, a database and a folder of its own.
#![expect(
    clippy::missing_panics_doc,
    reason = "everything here panics when something is not as expected: that is how a story fails"
)]

mod actor;
mod answer;
mod command;
mod dice;
mod digest;
mod faults;
mod form;
mod gate;
mod keys;
mod ledger;
mod machine;
mod metrics;
mod npm_machine;
mod object_storage;
mod package;
mod process;
mod proxy;
mod raw;
mod repository;
mod request;
mod server;
mod setup;
mod shell;
mod small_disk;
mod sqlite;
mod tally;
mod tilesets;
mod upload;
mod wait;
mod workflow;

pub use self::actor::Actor;
pub use self::answer::Answer;
pub use self::command::{Outcome, Running};
pub use self::dice::Dice;
pub use self::digest::{sha256_base64, sha256_hex};
pub use self::form::RawForm;
pub use self::gate::DatabaseGate;
pub use self::keys::{NewKey, key_of_another_registry};
pub use self::ledger::{Checked, EntryId, Ledger, Sent};
pub use self::machine::Machine;
pub use self::metrics::Metrics;
pub use self::npm_machine::NpmMachine;
pub use self::object_storage::StoreGate;
pub use self::package::Package;
pub use self::proxy::{Asked, Proxy, answer, body_of};
pub use self::raw::{Connection, RawAnswer, raw_request};
pub use self::repository::{build_folder, repository_file};
pub use self::request::{Request, encoded};
pub use self::server::{PASSWORD, TestServer, both_databases, both_databases_with_people};
pub use self::setup::Setup;
pub use self::shell::Shell;
pub use self::small_disk::SmallDisk;
pub use self::sqlite::run_sql;
pub use self::tally::Tally;
pub use self::tilesets::tileset;
pub use self::upload::Upload;
pub use self::wait::eventually;
pub use self::workflow::Workflow;
