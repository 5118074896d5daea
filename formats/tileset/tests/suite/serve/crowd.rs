//! Many at once.

use std::sync::Arc;
use std::thread;

use cellier_sdk::testkit::FakeArtefact;

use crate::serve::reader;
use crate::serve::shelf::{Map, fixture, revision, without_gzip};

#[test]
fn many_threads_get_the_tiles_that_one_gets() {
    let paths = [
        "generated/tippecanoe_countries_z0-5.mbtiles",
        "generated/tippecanoe_countries_z0-5.pmtiles",
        "generated/gdal_png.mbtiles",
        "mbtileserver/world_cities.mbtiles",
    ];
    let files = paths.map(fixture);
    let artefacts = (0..).zip(&files).map(|(number, bytes)| {
        FakeArtefact::new(&format!("map-{number}")).version(revision("1", bytes))
    });
    let map = Arc::new(Map::of(artefacts));
    let tiles = Arc::new(files.map(|bytes| reader::read(&bytes)));
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let (map, tiles) = (Arc::clone(&map), Arc::clone(&tiles));
            thread::spawn(move || {
                for (number, tiles) in (0..).zip(tiles.iter()) {
                    for ((zoom, x, y), stored) in tiles.iter().skip(thread).step_by(5) {
                        let served = map.tile(&format!("map-{number}/{zoom}/{x}/{y}"));
                        assert_eq!(served, Some(without_gzip(stored)));
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
