//! How many tiles there are of which sizes.

use cellier_sdk::Hold;
use serde_json::Value;

use crate::serve::reader::{self, Tiles};
use crate::serve::shelf::{Map, fixture};

/// The numbers of one zoom, from all tiles.
fn expected(tiles: &Tiles, zoom: u32) -> Option<[u64; 6]> {
    let of_zoom = tiles.iter().filter(|((level, ..), _)| *level == zoom);
    let mut sizes: Vec<_> = of_zoom.map(|(_, tile)| tile.len() as u64).collect();
    sizes.sort_unstable();
    let (min, max) = (*sizes.first()?, *sizes.last()?);
    let (count, bytes) = (sizes.len() as u64, sizes.iter().sum::<u64>());
    let p95 = sizes[(sizes.len() * 95).div_ceil(100) - 1];
    Some([count, bytes, min, bytes / count, p95, max])
}

#[test]
fn the_sizes_of_all_tiles_are_summed_up_zoom_by_zoom() {
    for path in [
        "derived/null-tile.mbtiles",
        "generated/gdal_png.mbtiles",
        "generated/tippecanoe_countries_z0-5.mbtiles",
        "generated/tippecanoe_countries_z0-5.pmtiles",
        "pmtiles/png.pmtiles",
    ] {
        let bytes = fixture(path);
        let tiles = reader::read(&bytes);
        let stats = Map::terrain(&bytes).json("terrain/stats");
        let zooms = stats["zooms"].as_array().unwrap();
        let number = |value: &Value, key: &str| value[key].as_u64().unwrap();
        for zoom in zooms {
            let level = u32::try_from(number(zoom, "zoom")).unwrap();
            let told = ["count", "bytes", "min", "mean", "p95", "max"].map(|key| number(zoom, key));
            let exact = expected(&tiles, level).unwrap();
            for (told, exact) in told.into_iter().zip(exact) {
                assert!(
                    told >= exact && told - exact <= exact / 64,
                    "{path} {zoom} {exact}"
                );
            }
            assert_eq!(told[..4], exact[..4], "{path}");
            assert_eq!(told[5], exact[5], "{path}");
        }
        assert_eq!(number(&stats, "count"), tiles.len() as u64, "{path}");
        let total: usize = tiles.values().map(Vec::len).sum();
        assert_eq!(number(&stats, "bytes"), total as u64, "{path}");
    }
}

#[test]
fn the_largest_tiles_are_named_with_their_urls_whatever_they_lie_in() {
    let stats = ["mbtiles", "pmtiles"].map(|container| {
        let bytes = fixture(&format!("generated/tippecanoe_countries_z0-5.{container}"));
        let map = Map::terrain(&bytes);
        let stats = map.json("terrain/stats");
        for tile in stats["largest"].as_array().unwrap() {
            let path = tile["url"].as_str().unwrap();
            let path = path
                .strip_prefix("https://registry.example.com/tiles")
                .unwrap();
            let response = map.get(path).unwrap();
            assert_eq!((response.status, response.hold), (200, Hold::Immutable));
        }
        stats
    });
    assert_eq!(stats[0]["largest"].as_array().unwrap().len(), 10);
    assert_eq!(stats[0], stats[1]);
}

#[test]
fn the_pass_over_the_file_is_made_once() {
    let map = Map::terrain(&fixture("pmtiles/png.pmtiles"));
    let first = map.get("terrain/stats").unwrap();
    let before = map.registry.calls();
    assert_eq!(map.get("terrain@1/stats").unwrap(), first);
    assert_eq!(
        map.registry.calls() - before,
        2,
        "found, and opened for the host to decide"
    );
}
