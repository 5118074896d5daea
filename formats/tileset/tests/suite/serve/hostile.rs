//! What a stranger's tileset does to those who ask for its tiles, were it published in spite of everything.

use std::time::Instant;

use cellier_sdk::Hold;
use cellier_sdk::testkit::{FakeArtefact, FakeVersion};

use crate::archive::{Archive, Directory, Entry};
use crate::database::Database;
use crate::serve::shelf::{Map, body_json};

/// A version that nobody has inspected, with the metadata of a sound one.
fn smuggled(bytes: &[u8], kind: &str) -> Map {
    let version = FakeVersion::new("1")
        .file("terrain", "application/octet-stream", bytes)
        .metadata("kind", kind)
        .metadata("tileType", "mvt")
        .metadata("tileCompression", "gzip")
        .metadata("minzoom", 0)
        .metadata("maxzoom", 1);
    Map::of([FakeArtefact::new("terrain").version(version)])
}

#[track_caller]
fn assert_unreadable(map: &Map, path: &str, words: &str) {
    let start = Instant::now();
    let response = map.get(path).unwrap();
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    assert_eq!((response.status, response.hold), (500, Hold::No));
    let json = body_json(&response);
    assert_eq!(json["error"], "unreadable_tileset");
    assert!(json["detail"].as_str().unwrap().contains(words), "{json}");
}

#[test]
fn a_view_that_joins_for_ever_is_stopped_at_each_tile() {
    let endless = "CREATE VIEW tiles AS SELECT a.zoom_level, a.tile_column, a.tile_row, a.tile_data
        FROM flat a, flat b, flat c, flat d, flat e, flat f, flat g, flat h, flat i, flat j,
             flat k, flat l, flat m, flat n, flat o, flat p, flat q, flat r, flat s, flat t
        WHERE b.zoom_level > 99 OR t.zoom_level > 99 OR a.zoom_level > c.zoom_level + 99";
    let map = smuggled(&Database::vector().rearranged(endless).bytes(), "mbtiles");
    for path in ["terrain/0/0/0", "terrain/1/1/1", "terrain/stats"] {
        assert_unreadable(&map, path, "MB008");
    }
}

#[test]
fn a_view_that_recurs_or_calls_is_never_run() {
    for (view, words) in [
        (
            "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c)
             SELECT n AS zoom_level, 0 AS tile_column, 0 AS tile_row, x'00' AS tile_data FROM c",
            "recursive",
        ),
        (
            "SELECT zoom_level, tile_column, tile_row, zeroblob(900000000) AS tile_data FROM flat",
            "zeroblob",
        ),
    ] {
        let sql = format!("CREATE VIEW tiles AS {view}");
        let map = smuggled(&Database::vector().rearranged(&sql).bytes(), "mbtiles");
        assert_unreadable(&map, "terrain/0/0/0", words);
    }
}

#[test]
fn a_table_without_an_index_is_searched_as_long_as_that_is_short() {
    let rows = "CREATE TABLE tiles AS SELECT * FROM flat;
        INSERT INTO tiles SELECT 9, a.rowid + 5 * b.rowid + 25 * c.rowid, d.rowid, x'00'
        FROM flat a, flat b, flat c, flat d";
    let map = smuggled(&Database::vector().rearranged(rows).bytes(), "mbtiles");
    for path in ["terrain/0/0/0", "terrain/1/1/1"] {
        assert_eq!(map.get(path).unwrap().status, 200);
    }
}

#[test]
fn a_tile_of_too_many_bytes_is_not_read() {
    let database = Database::vector().first_tile(vec![7; 21 << 20]);
    let map = smuggled(&database.bytes(), "mbtiles");
    assert_unreadable(&map, "terrain/0/0/0", "MB006");
    assert_eq!(map.get("terrain/1/0/0").unwrap().status, 200, "others are");
}

#[test]
fn what_is_no_database_and_no_archive_is_told() {
    let map = smuggled(&b"SQLite format 3\0, but not really".repeat(99), "mbtiles");
    assert_unreadable(&map, "terrain/0/0/0", "MB003");
    let map = smuggled(&b"PMTiles\x03".repeat(99), "pmtiles");
    assert_unreadable(&map, "terrain/0/0/0", "PM05");
}

#[test]
fn directories_that_lead_astray_are_told() {
    let archive = |entries: Vec<Entry>| Archive {
        root: Directory(entries),
        ..Archive::vector()
    };
    for root in [
        archive(vec![Entry(0, 5, 1 << 40, 9)]),
        archive(vec![Entry(0, 5, 0, u64::MAX)]),
        archive(vec![Entry(0, 0, 0, 9)]),
        archive(vec![Entry(0, 5, 0, 9)]).nested(5),
    ] {
        let map = smuggled(&root.bytes(), "pmtiles");
        assert_unreadable(&map, "terrain/0/0/0", "PM05");
    }
    let itself = Archive {
        leaves: Archive::vector().nested(1).leaves,
        ..archive(vec![Entry(0, 0, 0, 3)])
    };
    assert_unreadable(
        &smuggled(&itself.bytes(), "pmtiles"),
        "terrain/0/0/0",
        "PM05",
    );
}
