//! Every tile of every good fixture is what another reader finds in the file.

use crate::serve::reader;
use crate::serve::shelf::{Map, fixture, fixtures, without_gzip};
use crate::support::{inspect, upload};

/// Checks every tile, and the places beside them that have none.
fn check(path: &str, bytes: &[u8]) {
    let expected = reader::read(bytes);
    assert!(!expected.is_empty(), "{path}");
    let map = Map::terrain(bytes);
    for ((zoom, x, y), stored) in &expected {
        let served = map.tile(&format!("terrain@1/{zoom}/{x}/{y}"));
        let served = served.unwrap_or_else(|| panic!("{path} has no {zoom}/{x}/{y}"));
        assert_eq!(without_gzip(stored), served, "{path} {zoom}/{x}/{y}");
    }
    for (zoom, x, y) in neighbours(&expected) {
        let served = map.tile(&format!("terrain@1/{zoom}/{x}/{y}"));
        assert_eq!(served, None, "{path} {zoom}/{x}/{y}");
    }
}

/// Places beside tiles where there is none.
fn neighbours(tiles: &reader::Tiles) -> Vec<(u32, u32, u32)> {
    let beside = tiles.keys().flat_map(|&(zoom, x, y)| {
        let side = 1 << zoom;
        [(x, y.wrapping_add(1)), (x.wrapping_sub(1), y)]
            .into_iter()
            .filter(move |(x, y)| *x < side && *y < side)
            .map(move |(x, y)| (zoom, x, y))
    });
    beside.filter(|place| !tiles.contains_key(place)).collect()
}

#[test]
fn every_tile_of_every_good_fixture_is_what_another_reader_finds() {
    let mut good = 0;
    for path in fixtures() {
        let bytes = fixture(&path);
        if inspect(&upload(&path, false), &bytes).is_ok() {
            check(&path, &bytes);
            good += 1;
        }
    }
    assert!(good >= 21, "only {good} fixtures are good");
}
