//! A published tileset is a map.

mod conformance;
mod crowd;
mod descriptions;
mod everything;
mod hostile;
mod reader;
mod shelf;
mod statistics;
mod tiles;
