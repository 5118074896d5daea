//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod api_description;
mod audit;
mod changing;
mod ci_guide;
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
mod operation;
mod publishing;
mod reading;
mod scopes;
mod unfinished_uploads;
