//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod accounts;
mod first_milestone;
mod rights;
mod sessions;
