//! Tilesets that real programs made, and the same with one defect each.

use std::path::Path;

use cellier_sdk::Inspection;
use serde_json::json;

use crate::support::{Verdict, inspect, upload, verdict};

fn fixture(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tilesets");
    std::fs::read(folder.join(path)).unwrap()
}

fn lenient(path: &str) -> Inspection {
    inspect(&upload(path, false), &fixture(path)).unwrap()
}

fn judge(path: &str, strict: bool) -> Verdict {
    verdict(inspect(&upload(path, strict), &fixture(path)))
}

fn taken(findings: &[&str]) -> Verdict {
    Verdict::Taken(findings.iter().map(ToString::to_string).collect())
}

fn refused(findings: &[&str]) -> Verdict {
    Verdict::Refused(findings.iter().map(ToString::to_string).collect())
}

#[test]
fn good_tilesets_pass_lenient_and_strict() {
    for path in [
        "generated/gdal_jpeg.mbtiles",
        "generated/gdal_png.mbtiles",
        "generated/gdal_png.pmtiles",
        "mbtileserver/world_cities.mbtiles",
        "pmtiles/png.pmtiles",
    ] {
        for strict in [false, true] {
            assert_eq!(judge(path, strict), taken(&[]), "{path}, strict: {strict}");
        }
    }
    for path in [
        "generated/tippecanoe_countries_z0-5.mbtiles",
        "generated/tippecanoe_countries_z0-5.pmtiles",
    ] {
        for strict in [false, true] {
            assert_eq!(judge(path, strict), taken(&["info mb072"]), "{path}");
        }
    }
}

#[test]
fn what_the_wild_gets_wrong_is_taken_with_a_warning_and_refused_when_strict() {
    for (path, findings) in [
        (
            "generated/rio.mbtiles",
            ["mb072", "mb030", "mb030"].as_slice(),
        ),
        ("mbtileserver/geography-class-png.mbtiles", &["mb011"]),
        ("mbtileserver/geography-class-webp.mbtiles", &["mb011"]),
        ("pmtiles/test_fixture_1.pmtiles", &["pm03", "pm11", "mb072"]),
        ("derived/bounds-out-of-range.mbtiles", &["mb021"]),
        ("derived/json-invalid.mbtiles", &["mb040"]),
        ("derived/no-format.mbtiles", &["mb011"]),
        ("derived/no-zooms.mbtiles", &["mb030", "mb030"]),
        ("derived/raw-tiles.mbtiles", &["mb015"]),
        ("derived/wal-uncheckpointed.mbtiles", &["mb004"]),
    ] {
        let codes = |verdict: &Verdict| match verdict {
            Verdict::Taken(words) | Verdict::Refused(words) => words
                .iter()
                .filter_map(|words| Some(words.split_once(' ')?.1.to_owned()))
                .collect::<Vec<_>>(),
            Verdict::Other(words) => panic!("{path} is taken for something else: {words}"),
        };
        let (lenient, strict) = (judge(path, false), judge(path, true));
        assert_eq!(codes(&lenient), findings, "{path}");
        assert_eq!(codes(&strict), findings, "{path}");
        assert!(matches!(lenient, Verdict::Taken(_)), "{path}");
        assert!(matches!(strict, Verdict::Refused(_)), "{path}");
    }
}

#[test]
fn what_harms_nobody_is_taken_also_when_strict() {
    for (path, finding) in [
        ("derived/format-lies-png.mbtiles", "warning mb013"),
        ("derived/metadata-value-xss.mbtiles", "warning mb070"),
        ("derived/null-tile.mbtiles", "warning mb051"),
        ("derived/trigger-and-extra.mbtiles", "info mb071"),
    ] {
        for strict in [false, true] {
            assert_eq!(judge(path, strict), taken(&[finding]), "{path}");
        }
    }
}

#[test]
fn what_nobody_can_read_is_refused() {
    for (path, findings) in [
        ("derived/truncated.mbtiles", ["error mb002"].as_slice()),
        ("derived/row-out-of-range.mbtiles", &["error mb050"]),
        ("derived/no-tiles.mbtiles", &["error mb007"]),
        ("derived/gzip-bomb-tile.mbtiles", &["error mb055"]),
        ("derived/view-recursive-bomb.mbtiles", &["error mb006"]),
        ("pmtiles/invalid_v4.pmtiles", &["error pm02"]),
        (
            "derived/mixed-formats.mbtiles",
            &[
                "warning mb023",
                "error mb014",
                "warning mb053",
                "warning mb015",
            ],
        ),
    ] {
        assert_eq!(judge(path, false), refused(findings), "{path}");
    }
}

#[test]
fn what_is_no_tileset_is_left_to_other_formats() {
    for (path, reason) in [
        ("derived/text.mbtiles", "error mb001"),
        ("pmtiles/empty.pmtiles", "error pm01"),
        ("mbtileserver/invalid.mbtiles", "error mb005"),
    ] {
        assert_eq!(
            judge(path, false),
            Verdict::Other(reason.to_owned()),
            "{path}"
        );
    }
}

#[test]
fn vector_tiles_tell_all_that_tilejson_needs() {
    let inspection = lenient("generated/tippecanoe_countries_z0-5.mbtiles");
    assert_eq!(
        inspection.media_type.as_deref(),
        Some("application/vnd.sqlite3")
    );
    assert_eq!(inspection.title.get("und"), Some("Countries"));
    assert_eq!(
        serde_json::Value::Object(inspection.metadata),
        json!({
            "kind": "mbtiles",
            "tileType": "mvt",
            "tileCompression": "gzip",
            "minzoom": 0,
            "maxzoom": 5,
            "bounds": [-180.0, -85.051_129, 180.0, 83.634_101],
            "center": [-73.125, -52.349_536, 5],
            "tileCount": 1005,
            "zooms": [
                {"zoom": 0, "count": 1},
                {"zoom": 1, "count": 4},
                {"zoom": 2, "count": 16},
                {"zoom": 3, "count": 61},
                {"zoom": 4, "count": 217},
                {"zoom": 5, "count": 706},
            ],
            "vectorLayers": [
                {"id": "countries", "minzoom": 0, "maxzoom": 5, "fields": {"name": "String"}},
            ],
            "name": "Countries",
            "description": "Countries",
            "version": "2",
            "type": "overlay",
            "generator": "tippecanoe v2.72.0",
            "schema": "normalized",
            "checkedTiles": 31,
        })
    );
}

#[test]
fn the_same_tiles_tell_the_same_from_either_container() {
    let mbtiles = lenient("generated/tippecanoe_countries_z0-5.mbtiles").metadata;
    let pmtiles = lenient("generated/tippecanoe_countries_z0-5.pmtiles").metadata;
    for key in [
        "tileType",
        "tileCompression",
        "minzoom",
        "maxzoom",
        "bounds",
        "center",
        "tileCount",
        "zooms",
        "vectorLayers",
        "generator",
    ] {
        assert_eq!(mbtiles[key], pmtiles[key], "{key}");
    }
    assert_eq!(pmtiles["entryCount"], 938);
    assert_eq!(pmtiles["contentCount"], 852);
}

#[test]
fn a_path_is_no_name() {
    let inspection = lenient("generated/tippecanoe_countries_z0-5.pmtiles");
    assert!(inspection.title.is_empty());
    assert!(inspection.description.is_empty());
    let inspection = lenient("generated/rio.mbtiles");
    assert_eq!(inspection.title.get("und"), Some("img.tif"));
    assert!(inspection.description.is_empty());
}

#[test]
fn nothing_of_the_machine_that_made_a_tileset_leaves_it() {
    for path in [
        "generated/rio.mbtiles",
        "generated/tippecanoe_countries_z0-5.mbtiles",
        "generated/tippecanoe_countries_z0-5.pmtiles",
        "pmtiles/test_fixture_1.pmtiles",
    ] {
        let inspection = lenient(path);
        let shown = serde_json::to_string(&inspection).unwrap();
        for secret in ["/tmp", "research", "fixtures", "-o ", "--"] {
            assert!(!shown.contains(secret), "{path} shows {secret}: {shown}");
        }
    }
}

#[test]
fn an_image_tells_its_size_and_what_it_is_whatever_the_metadata_says() {
    let webp = lenient("mbtileserver/geography-class-webp.mbtiles").metadata;
    assert_eq!(webp["tileType"], "webp");
    assert_eq!(webp["tileSize"], 256);
    assert_eq!(webp["tileCompression"], "none");
    assert!(!webp.contains_key("vectorLayers"));
    assert_eq!(lenient("pmtiles/png.pmtiles").metadata["tileSize"], 512);
    let lies = lenient("derived/format-lies-png.mbtiles").metadata;
    assert_eq!(lies["tileType"], "mvt");
}
