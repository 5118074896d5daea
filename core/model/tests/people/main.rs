//! Stories of people and their rights, against a registry in memory.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod accounts;
mod keys;
mod publishing;
mod sessions;
mod setup;
mod signing_in;
mod world;
