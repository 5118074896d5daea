//! The stories: what people and pipelines do with a registry, against a real server process over real sockets.

mod faults_steps;
mod first_milestone;
mod retention;
