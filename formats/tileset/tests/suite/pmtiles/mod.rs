//! One story for each thing that may be wrong with a PMTiles archive.

mod content;
mod directories;
mod header;

use crate::archive::Archive;

/// An archive with something changed.
fn changed(mut archive: Archive, change: impl FnOnce(&mut Archive)) -> Vec<u8> {
    change(&mut archive);
    archive.bytes()
}

fn raster(change: impl FnOnce(&mut Archive)) -> Vec<u8> {
    changed(Archive::raster(), change)
}

fn vector(change: impl FnOnce(&mut Archive)) -> Vec<u8> {
    changed(Archive::vector(), change)
}
