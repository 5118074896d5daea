//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod api_description;
mod audit;
mod changing;
mod ci_guide;
mod client;
mod command_line;
mod configuration;
mod connections;
mod credentials;
mod downloads;
mod first_milestone;
mod forms;
mod full_disk;
mod hostile;
mod hostile_bodies;
mod keys;
mod listing;
mod names;
mod object_storage;
mod operation;
mod protocol;
mod publishing;
mod reading;
mod retention;
mod scopes;
mod unfinished_uploads;
