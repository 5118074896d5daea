//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod account_keys;
mod accounts;
mod first_milestone;
mod first_start;
mod rights;
mod secrecy;
mod sessions;
mod user_command;
