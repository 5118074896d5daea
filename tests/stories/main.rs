//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod ci_guide;
mod configuration;
mod downloads;
mod first_milestone;
mod keys;
mod names;
mod publishing;
mod reading;
