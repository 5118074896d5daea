//! The protocol of npm's clients, asked as a host asks.

mod conformance;
mod packuments;
mod people;
mod searches;
mod shelf;
mod tarballs;
mod versions;
