//! The file, its tables and what they promise.

use cellier_format_tileset::codes::MORE_FINDINGS;
use cellier_format_tileset::codes::mbtiles::{
    CUT_OFF, DAMAGED, HASH_DIFFERS, NO_TILE, NOT_SQLITE, NOT_UNIQUE, PATCH, TABLE_MISSING,
    TRIGGERS, WAL,
};
use cellier_format_tileset::limits;
use cellier_sdk::Rejection;

use crate::database::Database;
use crate::support::{
    Verdict, assert_earns, findings, gzip, inspect, inspect_lenient, upload, vector_tile, verdict,
};

#[test]
fn a_sound_tileset_of_each_kind_has_nothing_to_complain_about() {
    for database in [Database::vector(), Database::raster()] {
        let bytes = database.bytes();
        for strict in [false, true] {
            let answer = inspect(&upload("terrain.mbtiles", strict), &bytes);
            assert_eq!(verdict(answer), Verdict::Taken(Vec::new()));
        }
    }
}

#[test]
fn an_error_page_in_place_of_the_file_is_told_as_such() {
    let answer = inspect_lenient(b"<html><h1>502 Bad Gateway</h1></html>").unwrap_err();
    let Rejection::NotThisFormat(finding) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(finding.code, NOT_SQLITE.id);
    assert!(
        finding.message.contains("error page"),
        "{}",
        finding.message
    );
}

#[test]
fn a_file_that_was_cut_off_is_refused_with_both_sizes() {
    let whole = Database::vector().bytes();
    let cut = &whole[..whole.len() - 1024];
    assert_earns(cut, &CUT_OFF, "the header says");
    let more = [whole.as_slice(), b"more"].concat();
    assert_earns(&more, &CUT_OFF, "too long");
}

#[test]
fn a_damaged_page_is_refused() {
    let mut bytes = Database::vector().bytes();
    let data = bytes
        .windows(2)
        .rposition(|pair| pair == [0x1f, 0x8b])
        .unwrap();
    // The start of the page in which that tile lies: its header, and the list of its cells.
    let page = data / 1024 * 1024;
    bytes[page + 8..page + 16].fill(0xff);
    assert_earns(&bytes, &DAMAGED, "SQLite reports damage");
}

#[test]
fn a_file_in_wal_mode_is_taken_with_a_warning() {
    let mut bytes = Database::vector().bytes();
    bytes[18..20].fill(2);
    assert_earns(&bytes, &WAL, "WAL mode");
}

#[test]
fn a_tileset_that_lacks_one_of_its_tables_is_refused() {
    let no_metadata = Database::vector().sql("DROP TABLE metadata").bytes();
    assert_earns(&no_metadata, &TABLE_MISSING, "\"metadata\" (found: tiles)");
    let no_tiles = Database::vector().sql("DROP TABLE tiles").bytes();
    assert_earns(&no_tiles, &TABLE_MISSING, "\"tiles\" (found: metadata)");
}

#[test]
fn a_tileset_that_lacks_a_column_is_refused() {
    let sql = "ALTER TABLE tiles RENAME COLUMN tile_row TO y";
    let database = Database::vector().sql(sql).bytes();
    assert_earns(
        &database,
        &TABLE_MISSING,
        "no column tile_row (found: zoom_level",
    );
}

#[test]
fn a_tileset_without_a_tile_is_refused() {
    let database = Database::vector().sql("DELETE FROM tiles").bytes();
    assert_earns(&database, &NO_TILE, "no tile");
}

#[test]
fn tiles_that_may_be_there_twice_are_warned_about_with_the_remedy() {
    let sql = "DROP INDEX tile_index";
    let unique = Database::vector().sql(sql).bytes();
    assert_earns(&unique, &NOT_UNIQUE, "no tile is there twice");
    let twice = Database::vector()
        .sql(sql)
        .tile(0, 0, 0, gzip(&vector_tile("roads")))
        .bytes();
    assert_earns(
        &twice,
        &NOT_UNIQUE,
        "1 tiles are there twice, such as 0/0/0",
    );
    let fix = findings(&twice)[0].fix.clone().unwrap();
    assert!(fix.starts_with("delete the rows that are there twice, then run: CREATE UNIQUE INDEX"));

    let through_a_view = Database::vector()
        .rearranged("CREATE VIEW tiles AS SELECT * FROM flat")
        .bytes();
    assert_earns(&through_a_view, &NOT_UNIQUE, "no tile is there twice");
    let fix = findings(&through_a_view)[0].fix.clone().unwrap();
    assert!(fix.contains("ON flat("), "{fix}");
}

#[test]
fn an_index_that_a_view_hides_under_other_names_is_found_by_using_it() {
    let database = Database::vector().rearranged(
        "CREATE TABLE t (z INTEGER, x INTEGER, y INTEGER, d BLOB, PRIMARY KEY (z, x, y));
         INSERT INTO t SELECT zoom_level, tile_column, tile_row, tile_data FROM flat;
         DROP TABLE flat;
         CREATE VIEW tiles AS SELECT z AS zoom_level, x AS tile_column, y AS tile_row, d AS tile_data FROM t",
    );
    let learnt = inspect_lenient(&database.bytes()).unwrap();
    assert_eq!(learnt.findings, []);
    assert_eq!(learnt.metadata["schema"], "view-other");
}

#[test]
fn a_digest_that_is_not_that_of_the_tiles_is_warned_about() {
    let changed = Database::vector().with("agg_tiles_hash", "84792BF4EE9AEDDC5B1A60E707011FEE");
    assert_earns(
        &changed.bytes(),
        &HASH_DIFFERS,
        "84792BF4EE9AEDDC5B1A60E707011FEE",
    );
}

#[test]
fn the_digest_is_the_one_that_others_compute() {
    // What the tools of the field say about these tiles.
    let path = "../../tests/fixtures/tilesets/mbtileserver/world_cities.mbtiles";
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.mbtiles");
    std::fs::copy(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path),
        &copy,
    )
    .unwrap();
    let connection = rusqlite::Connection::open(&copy).unwrap();
    let row = "INSERT INTO metadata VALUES ('agg_tiles_hash', '84792bf4ee9aeddc5b1a60e707011fee')";
    connection.execute(row, []).unwrap();
    connection.close().unwrap();
    let inspection = inspect_lenient(&std::fs::read(copy).unwrap()).unwrap();
    assert_eq!(inspection.findings, []);
}

#[test]
fn a_difference_between_two_tilesets_is_refused() {
    let by_row = Database::vector().with("agg_tiles_hash_after_apply", "00");
    assert_earns(&by_row.bytes(), &PATCH, "agg_tiles_hash_after_apply");
    let by_table = Database::vector().sql("CREATE TABLE bsdiffrawgz (x)");
    assert_earns(&by_table.bytes(), &PATCH, "\"bsdiffrawgz\"");
}

#[test]
fn triggers_are_told_and_never_run() {
    let sql = "CREATE TRIGGER sly AFTER INSERT ON tiles BEGIN DELETE FROM tiles; END";
    assert_earns(
        &Database::vector().sql(sql).bytes(),
        &TRIGGERS,
        "such as \"sly\"",
    );
}

#[test]
fn every_variant_of_the_tables_is_known() {
    for (variant, sql) in [
        (
            "flat-with-hash",
            "CREATE TABLE tiles_with_hash (zoom_level, tile_column, tile_row, tile_data, tile_hash, PRIMARY KEY (zoom_level, tile_column, tile_row));
             INSERT INTO tiles_with_hash SELECT *, 'x' FROM flat;
             CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles_with_hash",
        ),
        (
            "normalized",
            "CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT);
             CREATE TABLE images (tile_id TEXT, tile_data BLOB);
             CREATE UNIQUE INDEX map_index ON map (zoom_level, tile_column, tile_row);
             CREATE UNIQUE INDEX images_id ON images (tile_id);
             INSERT INTO map SELECT zoom_level, tile_column, tile_row, 'one' FROM flat;
             INSERT INTO images SELECT 'one', tile_data FROM flat LIMIT 1;
             CREATE VIEW tiles AS SELECT map.zoom_level, map.tile_column, map.tile_row, images.tile_data FROM map INNER JOIN images ON map.tile_id = images.tile_id;
             CREATE VIEW tiles_with_hash AS SELECT map.*, images.* FROM map JOIN images USING (tile_id)",
        ),
        (
            "dedup-id",
            "CREATE TABLE tiles_shallow (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data_id INTEGER, PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
             CREATE TABLE tiles_data (tile_data_id INTEGER PRIMARY KEY, tile_data BLOB);
             INSERT INTO tiles_shallow SELECT zoom_level, tile_column, tile_row, 1 FROM flat;
             INSERT INTO tiles_data SELECT 1, tile_data FROM flat LIMIT 1;
             CREATE VIEW tiles AS SELECT s.zoom_level, s.tile_column, s.tile_row, d.tile_data FROM tiles_shallow AS s, tiles_data AS d WHERE s.tile_data_id = d.tile_data_id",
        ),
        (
            "cache",
            "CREATE TABLE tile_cache (zoom_level, tile_column, tile_row, tile_data, expires, UNIQUE (zoom_level, tile_column, tile_row));
             INSERT INTO tile_cache SELECT *, 0 FROM flat;
             CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM tile_cache",
        ),
    ] {
        let database = Database::vector().rearranged(sql).sql("DROP TABLE flat");
        let bytes = database.bytes();
        for strict in [false, true] {
            let inspection = inspect(&upload("terrain", strict), &bytes).unwrap();
            assert_eq!(inspection.findings, [], "{variant}");
            assert_eq!(inspection.metadata["schema"], variant);
            assert_eq!(inspection.metadata["tileCount"], 5);
        }
    }
}

#[test]
fn a_flood_of_findings_is_counted_but_not_listed() {
    let mut database = Database::vector();
    for row in 0..limits::FINDINGS + 20 {
        let name = format!("row {row}");
        database = database.with(&name, "1").with(&name, "2");
    }
    let listed = findings(&database.bytes());
    assert_eq!(listed.len(), limits::FINDINGS + 1);
    assert_eq!(listed.last().unwrap().code, MORE_FINDINGS.id);
    assert!(listed.last().unwrap().message.starts_with("20 more"));
}
