//! The header, and what it says of the rest.

use cellier_format_tileset::codes::pmtiles::{
    BOUNDS, CENTER, COUNTS, KIND, NOT_CLUSTERED, NOT_PMTILES, SECTION_NOWHERE, SECTIONS, VERSION,
    VERSION_TEXT, ZOOMS,
};
use serde_json::json;

use super::{raster, vector};
use crate::archive::{Archive, Entry};
use crate::support::{Verdict, assert_earns, inspect, inspect_lenient, upload, verdict};

#[test]
fn a_sound_archive_of_each_kind_has_nothing_to_complain_about() {
    for bytes in [
        Archive::raster().bytes(),
        Archive::vector().bytes(),
        Archive::raster().nested(1).bytes(),
    ] {
        for strict in [false, true] {
            let answer = inspect(&upload("terrain.pmtiles", strict), &bytes);
            assert_eq!(verdict(answer), Verdict::Taken(Vec::new()));
        }
    }
}

#[test]
fn an_archive_tells_all_that_tilejson_needs() {
    let bytes = vector(|archive| {
        archive.metadata = json!({
            "name": "Roads", "attribution": "© us", "version": 2, "type": "baselayer",
            "generator": "tilemaker v3.0.0",
            "vector_layers": [{"id": "roads", "fields": {"name": "String"}}],
        })
        .to_string()
        .into_bytes();
    });
    let inspection = inspect_lenient(&bytes).unwrap();
    assert_eq!(
        inspection.media_type.as_deref(),
        Some("application/vnd.pmtiles")
    );
    assert_eq!(inspection.title.get("und"), Some("Roads"));
    assert_eq!(
        serde_json::Value::Object(inspection.metadata),
        json!({
            "kind": "pmtiles", "tileType": "mvt", "tileCompression": "gzip",
            "minzoom": 0, "maxzoom": 1,
            "bounds": [-180.0, -85.051_128_7, 180.0, 85.051_128_7], "center": [0.0, 0.0, 0],
            "tileCount": 5, "zooms": [{"zoom": 0, "count": 1}, {"zoom": 1, "count": 4}],
            "entryCount": 5, "contentCount": 1,
            "vectorLayers": [{"id": "roads", "fields": {"name": "String"}}],
            "name": "Roads", "attribution": "© us", "version": "2", "type": "baselayer",
            "generator": "tilemaker v3.0.0", "checkedTiles": 5,
        })
    );
}

#[test]
fn older_and_newer_versions_are_refused() {
    assert_earns(b"PM\x02\0and so on", &NOT_PMTILES, "PMTiles version 2");
    assert_earns(
        &raster(|archive| archive.version = 4),
        &VERSION,
        "of version 4",
    );
    assert_earns(
        &raster(|archive| archive.version = b'3'),
        &VERSION_TEXT,
        "0x33",
    );
}

#[test]
fn sections_must_make_up_the_file() {
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1);
    assert_earns(
        &raster(|it| it.finish = cut),
        &SECTIONS,
        "truncated: the tile data",
    );
    let header_only = |bytes: &mut Vec<u8>| bytes.truncate(100);
    assert_earns(
        &raster(|it| it.finish = header_only),
        &SECTIONS,
        "truncated: 100 bytes",
    );
    let more = |bytes: &mut Vec<u8>| bytes.push(0);
    assert_earns(&raster(|it| it.finish = more), &SECTIONS, "make up");
    let overlap = |bytes: &mut Vec<u8>| bytes[24] = 127;
    assert_earns(&raster(|it| it.finish = overlap), &SECTIONS, "overlap");
    let in_the_header = |bytes: &mut Vec<u8>| bytes[8] = 8;
    assert_earns(
        &raster(|it| it.finish = in_the_header),
        &SECTIONS,
        "within the header",
    );
    let past_all_numbers = |bytes: &mut Vec<u8>| bytes[56..72].fill(0xff);
    assert_earns(
        &raster(|it| it.finish = past_all_numbers),
        &SECTIONS,
        "truncated",
    );
    let no_root = |bytes: &mut Vec<u8>| bytes[16..24].fill(0);
    assert_earns(
        &raster(|it| it.finish = no_root),
        &SECTIONS,
        "no root directory",
    );
}

#[test]
fn room_for_a_root_of_full_size_is_no_gap() {
    let bytes = raster(|archive| {
        archive.finish = |bytes| {
            let root = u64::from_le_bytes(bytes[16..24].try_into().unwrap());
            let gap = 16_384 - 127 - root;
            let at = usize::try_from(127 + root).unwrap();
            bytes.splice(at..at, vec![0; usize::try_from(gap).unwrap()]);
            for section in [24, 40, 56] {
                let field = section..section + 8;
                let offset = u64::from_le_bytes(bytes[field.clone()].try_into().unwrap());
                bytes[field].copy_from_slice(&(offset + gap).to_le_bytes());
            }
        };
    });
    assert_eq!(inspect_lenient(&bytes).unwrap().findings, []);
}

#[test]
fn leaves_that_are_nowhere_are_warned_about() {
    let nowhere = |bytes: &mut Vec<u8>| bytes[40..48].fill(0);
    assert_earns(
        &raster(|it| it.finish = nowhere),
        &SECTION_NOWHERE,
        "starts at 0",
    );
}

#[test]
fn the_header_counts_what_the_directories_have() {
    for (index, words) in [
        (0, "counts 9 addressed tiles, the directories have 5"),
        (1, "counts 9 entries, the directories have 5"),
        (2, "counts 9 contents, the directories have 5"),
    ] {
        assert_earns(&raster(|archive| archive.counts[index] = 9), &COUNTS, words);
        let unknown = raster(|archive| archive.counts[index] = 0);
        assert_eq!(inspect_lenient(&unknown).unwrap().findings, []);
    }
}

#[test]
fn the_zooms_of_the_directories_win() {
    let bytes = raster(|archive| archive.zooms = [0, 14]);
    assert_earns(&bytes, &ZOOMS, "zooms 0 to 14, tiles exist at 0 to 1");
    assert_eq!(inspect_lenient(&bytes).unwrap().metadata["maxzoom"], 1);
}

#[test]
fn bounds_have_an_area_within_the_world() {
    for (bounds, words) in [
        ([0; 4], "no area"),
        ([i32::MIN, 0, i32::MAX, 1], "outside the world"),
        ([10, 0, 0, 10], "crossed"),
    ] {
        assert_earns(&raster(|archive| archive.bounds = bounds), &BOUNDS, words);
    }
}

#[test]
fn the_center_lies_within_zooms_and_bounds() {
    let deep = raster(|archive| archive.center.0 = 9);
    assert_earns(&deep, &CENTER, "its zoom is not within 0 to 1");
    let far = raster(|archive| archive.center.1 = i32::MAX);
    assert_earns(&far, &CENTER, "outside the bounds");
}

#[test]
fn an_archive_that_is_not_clustered_is_told() {
    assert_earns(
        &raster(|archive| archive.clustered = 0),
        &NOT_CLUSTERED,
        "is not clustered",
    );
    let claims = raster(|archive| {
        let last = archive.root.0.len() - 1;
        let (first, end) = (archive.root.0[0], archive.root.0[last]);
        archive.root.0[0] = Entry(first.0, 1, end.2, end.3);
        archive.root.0[last] = Entry(end.0, 1, first.2, first.3);
        archive.counts[2] = 0;
    });
    assert_earns(
        &claims,
        &NOT_CLUSTERED,
        "says that the archive is clustered",
    );
}

#[test]
fn a_kind_of_tiles_that_does_not_exist_is_refused() {
    for kind in [0, 7] {
        let bytes = raster(|archive| archive.tile_type = kind);
        assert_earns(&bytes, &KIND, &format!("tiles of type {kind}"));
    }
}
