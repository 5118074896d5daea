//! Directories, and how they hang together.

use cellier_format_tileset::codes::pmtiles::{DIRECTORY, DIRECTORY_DEEP, NO_TILE, ROOT_LARGE};
use cellier_format_tileset::limits;
use serde_json::json;

use super::raster;
use crate::archive::{Archive, Directory, Entry};
use crate::support::{Verdict, assert_earns, gzip, inspect_lenient, verdict};

/// A root directory of these entries in place of the right one.
fn with_entries(entries: &[Entry]) -> Vec<u8> {
    raster(|archive| archive.root = Directory(entries.to_vec()))
}

#[test]
fn a_root_directory_past_the_first_request_is_warned_about() {
    let bytes = raster(|archive| {
        archive.internal_compression = 1;
        archive.pack = <[u8]>::to_vec;
        archive.zooms = [0, 6];
        let Entry(.., offset, length) = archive.root.0[0];
        archive.root.0 = (0..4500).map(|id| Entry(id, 1, offset, length)).collect();
        archive.counts = [4500, 4500, 1];
    });
    assert_earns(&bytes, &ROOT_LARGE, "behind the first 16,384");
}

#[test]
fn a_malformed_directory_is_refused() {
    let deepest = (1_u64 << 62).div_euclid(3);
    for (entries, words) in [
        (
            [Entry(0, 1, 0, 9), Entry(0, 1, 0, 9)].as_slice(),
            "tile id 0 behind 0",
        ),
        (
            &[Entry(0, 5, 0, 9), Entry(3, 1, 0, 9)],
            "tile id 3 behind 4",
        ),
        (&[Entry(0, 1, 0, 0)], "an entry of no bytes at tile id 0"),
        (&[Entry(0, 1, 0, 9999)], "a tile past the end of the data"),
        (
            &[Entry(0, 1, u64::MAX - 5, 9)],
            "a tile past the end of the data",
        ),
        (
            &[Entry(0, 0, 0, 9)],
            "a leaf directory past the end of its section",
        ),
        (&[Entry(deepest * 4 + 1, 1, 0, 9)], "deeper than zoom 30"),
        (&[Entry(1, u64::MAX, 0, 9)], "deeper than zoom 30"),
    ] {
        assert_earns(&with_entries(entries), &DIRECTORY, words);
    }
    let never_packed = |bytes: &[u8]| bytes.to_vec();
    let bytes = raster(|archive| archive.pack = never_packed);
    let Verdict::Refused(words) = verdict(inspect_lenient(&bytes)) else {
        panic!("taken");
    };
    assert_eq!(words, ["warning pm10", "error pm05"]);
    let unknown = raster(|archive| archive.internal_compression = 0);
    assert_earns(&unknown, &DIRECTORY, "a way that does not exist, 0");
}

#[test]
fn leaf_directories_start_where_they_are_said_to_and_hold_something() {
    let mut other_start = Archive::raster().nested(1);
    other_start.root.0[0].0 = 1;
    assert_earns(
        &other_start.bytes(),
        &DIRECTORY,
        "starts with tile id 0, not 1",
    );
    let empty = raster(|archive| {
        archive.leaves = gzip(&Directory::default().bytes());
        archive.root = Directory(vec![Entry(0, 0, 0, archive.leaves.len() as u64)]);
    });
    assert_earns(&empty, &DIRECTORY, "is empty");
}

#[test]
fn nested_directories_are_warned_about_and_refused_where_they_go_deep() {
    let nested = |levels| Archive::raster().nested(levels).bytes();
    assert_earns(&nested(2), &DIRECTORY_DEEP, "nested 2 levels deep");
    assert_earns(
        &nested(limits::DIRECTORY_DEPTH + 1),
        &DIRECTORY,
        "more than 3 levels deep",
    );
}

#[test]
fn a_directory_that_leads_to_itself_is_refused() {
    let bytes = raster(|archive| {
        archive.internal_compression = 1;
        archive.pack = <[u8]>::to_vec;
        let leaf = Directory(vec![Entry(0, 0, 0, 5)]).bytes();
        assert_eq!(leaf.len(), 5);
        archive.leaves = leaf;
        archive.root = Directory(vec![Entry(0, 0, 0, 5)]);
    });
    assert_earns(&bytes, &DIRECTORY, "more than 3 levels deep");
}

#[test]
fn a_run_of_tiles_counts_at_every_zoom_that_it_reaches() {
    let bytes = raster(|archive| {
        let Entry(.., offset, length) = archive.root.0[0];
        archive.root = Directory(vec![Entry(0, 21, offset, length)]);
        archive.counts = [21, 1, 1];
        archive.zooms = [0, 2];
    });
    let inspection = inspect_lenient(&bytes).unwrap();
    assert_eq!(inspection.findings, []);
    assert_eq!(
        inspection.metadata["zooms"],
        json!([{"zoom": 0, "count": 1}, {"zoom": 1, "count": 4}, {"zoom": 2, "count": 16}])
    );
}

#[test]
fn an_archive_without_a_tile_is_refused() {
    assert_earns(&with_entries(&[]), &NO_TILE, "no tile");
}
