//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod client;
mod first_milestone;
mod protocol;
mod retention;
mod tiles;
mod tilesets;
