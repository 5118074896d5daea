//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod client;
mod faults;
mod first_milestone;
mod object_storage;
mod protocol;
mod retention;
