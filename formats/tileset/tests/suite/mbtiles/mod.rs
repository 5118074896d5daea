//! One story for each thing that may be wrong with an MBTiles file that is nobody's attack.

mod file;
mod metadata;
mod tiles;
