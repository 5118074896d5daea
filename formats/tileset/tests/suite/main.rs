//! The format as its host sees it.
// Tells clippy that the helpers are tests as well.
#![cfg(test)]

mod archive;
mod boundary;
mod conformance;
mod database;
mod documentation;
mod hostile;
mod mbtiles;
mod mutations;
mod pmtiles;
mod real;
mod support;
