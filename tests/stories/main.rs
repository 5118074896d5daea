//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod account_keys;
mod accounts;
mod client;
mod first_milestone;
mod first_start;
mod object_storage;
mod protocol;
mod retention;
mod rights;
mod secrecy;
mod sessions;
mod user_command;
