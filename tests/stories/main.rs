//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod api_description;
mod audit;
mod ci_guide;
mod configuration;
mod connections;
mod downloads;
mod first_milestone;
mod full_disk;
mod keys;
mod names;
mod operation;
mod publishing;
mod reading;
