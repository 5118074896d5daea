//! One story for each attack: what a stranger's database or archive would do to the registry if it were let.

use std::time::Instant;

use cellier_format_tileset::codes::mbtiles::{COMPUTED, DAMAGED, TOO_MANY_STEPS};
use cellier_format_tileset::codes::pmtiles::DIRECTORY;
use cellier_sdk::Severity;

use crate::archive::{Archive, Directory, Entry};
use crate::database::Database;
use crate::support::{assert_earns, findings, gzip, inspect_lenient};

/// A database whose tiles are what this view makes of the table `flat`.
fn with_view(select: &str) -> Vec<u8> {
    let sql = format!("CREATE VIEW tiles AS {select}");
    Database::vector().rearranged(&sql).bytes()
}

#[test]
fn a_view_that_recurs_for_ever_is_refused_at_once() {
    let endless = "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c)
        SELECT n AS zoom_level, 0 AS tile_column, 0 AS tile_row, x'00' AS tile_data FROM c";
    assert_earns(&with_view(endless), &COMPUTED, "view \"tiles\" uses WITH");
}

#[test]
fn a_view_that_joins_for_ever_runs_out_of_steps() {
    let endless = "SELECT a.zoom_level, a.tile_column, a.tile_row, a.tile_data
        FROM flat a, flat b, flat c, flat d, flat e, flat f, flat g, flat h, flat i, flat j,
             flat k, flat l, flat m, flat n, flat o, flat p, flat q, flat r, flat s, flat t
        WHERE b.zoom_level > 99 OR t.zoom_level > 99 OR a.zoom_level > c.zoom_level + 99";
    let bytes = with_view(endless);
    let start = Instant::now();
    let found = findings(&bytes);
    // About a second with everything optimised; this is for machines that are slow and busy.
    assert!(start.elapsed().as_secs() < 30);
    assert_eq!(found.last().unwrap().code, TOO_MANY_STEPS.id, "{found:?}");
    assert_eq!(found.last().unwrap().severity, Severity::Error);
}

#[test]
fn a_view_that_joins_for_ever_is_refused_as_soon_in_a_large_file() {
    let gives_nothing = "SELECT a.zoom_level, a.tile_column, a.tile_row, a.tile_data
        FROM flat a, flat b, flat c, flat d, flat e, flat f, flat g, flat h, flat i, flat j,
             flat k, flat l, flat m, flat n, flat o, flat p, flat q, flat r, flat s, flat t
        WHERE b.zoom_level > 99 OR t.zoom_level > 99 OR a.zoom_level > c.zoom_level + 99";
    let gives_rows = "SELECT a.zoom_level, a.tile_column, a.tile_row, a.tile_data
        FROM flat a, flat b, flat c, flat d, flat e, flat f, flat g, flat h";
    for (select, words) in [
        (gives_nothing, "takes more steps than a tileset"),
        (gives_rows, "gives far more rows than there are"),
    ] {
        // Nobody reads this table, and by its size alone the file would have two thousand million steps.
        let bytes = Database::vector()
            .rearranged(&format!("CREATE VIEW tiles AS {select}"))
            .sql("CREATE TABLE ballast (x); INSERT INTO ballast VALUES (zeroblob(250000000))")
            .bytes();
        let start = Instant::now();
        let found = findings(&bytes);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
        let last = found.last().unwrap();
        assert_eq!(last.code, TOO_MANY_STEPS.id, "{found:?}");
        assert!(last.message.contains(words), "{found:?}");
    }
}

#[test]
fn a_view_that_calls_for_gigabytes_is_refused() {
    for (tile, words) in [
        ("zeroblob(900000000)", "calls zeroblob()"),
        ("printf('%900000000d', 1)", "calls printf()"),
        ("load_extension('x')", "calls load_extension()"),
        ("a.tile_data || a.tile_data", "puts texts together"),
        (
            "(SELECT tile_data FROM flat)",
            "nests one SELECT in another",
        ),
    ] {
        let select = format!(
            "SELECT a.zoom_level, a.tile_column, a.tile_row, {tile} AS tile_data FROM flat a"
        );
        assert_earns(&with_view(&select), &COMPUTED, words);
    }
}

#[test]
fn a_view_that_fills_the_memory_is_refused() {
    for (select, words) in [
        ("SELECT * FROM flat ORDER BY tile_data", "uses ORDER"),
        ("SELECT DISTINCT * FROM flat", "uses DISTINCT"),
        ("SELECT * FROM flat GROUP BY tile_data", "uses GROUP"),
        (
            "SELECT * FROM flat UNION SELECT * FROM flat",
            "uses UNION without ALL",
        ),
    ] {
        assert_earns(&with_view(select), &COMPUTED, words);
    }
    let joins_a_view = Database::vector()
        .rearranged(
            "CREATE VIEW all_of_them AS SELECT * FROM flat UNION ALL SELECT * FROM flat;
             CREATE VIEW tiles AS SELECT a.* FROM flat a JOIN all_of_them b ON a.tile_row = b.tile_row",
        )
        .bytes();
    assert_earns(&joins_a_view, &COMPUTED, "joins another view");
}

#[test]
fn a_view_that_compares_long_values_for_ever_is_stopped_at_the_first() {
    let long = "SELECT a.zoom_level, a.tile_column, a.tile_row, a.tile_data
        FROM flat a, flat b WHERE a.tile_data < b.tile_data";
    let bytes = Database::vector()
        .every_tile(vec![7; 300_000])
        .rearranged(&format!("CREATE VIEW tiles AS {long}"))
        .bytes();
    let found = findings(&bytes);
    assert_eq!(found.last().unwrap().code, COMPUTED.id);
    assert!(
        found
            .last()
            .unwrap()
            .message
            .contains("more than 262,144 bytes"),
        "{found:?}"
    );
}

#[test]
fn a_view_over_views_that_do_any_of_that_is_refused_for_them() {
    let bytes = Database::vector()
        .rearranged(
            "CREATE VIEW inner_one AS SELECT zoom_level, tile_column, tile_row, hex(tile_data) AS tile_data FROM flat;
             CREATE VIEW tiles AS SELECT * FROM inner_one",
        )
        .bytes();
    assert_earns(&bytes, &COMPUTED, "view \"inner_one\" calls hex()");
}

#[test]
fn metadata_may_be_a_view_too_and_is_held_to_the_same() {
    let sound = Database::vector()
        .sql("ALTER TABLE metadata RENAME TO m; CREATE VIEW metadata AS SELECT name, value FROM m");
    assert_eq!(inspect_lenient(&sound.bytes()).unwrap().findings, []);
    let hostile = Database::vector().sql(
        "ALTER TABLE metadata RENAME TO m;
         CREATE VIEW metadata AS SELECT name, printf('%900000000d', 1) AS value FROM m",
    );
    assert_earns(
        &hostile.bytes(),
        &COMPUTED,
        "view \"metadata\" calls printf()",
    );
}

#[test]
fn a_view_of_what_is_not_there_is_refused() {
    let missing = Database::vector()
        .sql("ALTER TABLE tiles RENAME TO flat; CREATE VIEW tiles AS SELECT * FROM flat; DROP TABLE flat");
    assert_earns(&missing.bytes(), &COMPUTED, "no such table: main.flat");
}

#[test]
fn tables_whose_rows_a_program_makes_up_are_refused() {
    let in_place = Database::vector().sql(
        "DROP TABLE tiles;
         CREATE VIRTUAL TABLE tiles USING fts5(zoom_level, tile_column, tile_row, tile_data)",
    );
    assert_earns(&in_place.bytes(), &COMPUTED, "\"tiles\" is a virtual table");
    let beside = Database::vector().sql("CREATE VIRTUAL TABLE search USING fts5(words)");
    assert_earns(&beside.bytes(), &COMPUTED, "\"search\" is a virtual table");
}

#[test]
fn a_schema_that_lies_about_what_it_holds_is_refused() {
    let tamper = |database: Database, sql: &str| {
        let on = "PRAGMA writable_schema = ON;";
        database
            .sql(&format!("{on} UPDATE sqlite_schema SET {sql}"))
            .bytes()
    };
    let search = Database::vector().sql("CREATE VIRTUAL TABLE search USING fts5(words)");
    let rooted = tamper(search, "rootpage = 2 WHERE name = 'search'");
    assert_earns(&rooted, &COMPUTED, "\"search\" is a virtual table");

    let view =
        || Database::vector().rearranged("CREATE VIEW tiles AS SELECT * FROM flat ORDER BY 1");
    for sql in [
        "type = 'table' WHERE name = 'tiles'",
        "type = 'table', rootpage = 2 WHERE name = 'tiles'",
        "type = 'trigger' WHERE name = 'tiles'",
        "name = 'other' WHERE name = 'tiles'",
    ] {
        let found = findings(&tamper(view(), sql));
        assert_eq!(found.last().unwrap().code, DAMAGED.id, "{sql}: {found:?}");
    }
}

#[test]
fn columns_that_are_computed_are_refused_wherever_they_are() {
    for kind in ["VIRTUAL", "STORED"] {
        let sql = format!(
            "CREATE TABLE extra (a INTEGER, b INTEGER GENERATED ALWAYS AS (length(zeroblob(900000000))) {kind})"
        );
        let database = Database::vector().sql(&sql).bytes();
        assert_earns(
            &database,
            &COMPUTED,
            "column \"b\" of \"extra\" is computed",
        );
    }
}

#[test]
fn constraints_that_compute_are_never_worked_out() {
    let sql =
        "CREATE TABLE extra (a, CHECK (length(replace(hex(zeroblob(30000000)), '0', 'xyz')) > a));
        PRAGMA ignore_check_constraints = ON;
        INSERT INTO extra VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)";
    let start = Instant::now();
    let inspection = inspect_lenient(&Database::vector().sql(sql).bytes()).unwrap();
    assert_eq!(inspection.findings, []);
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn indexes_that_compute_are_worked_out_only_when_strict_and_refused_then() {
    for index in ["lower(a)", "a) WHERE (a > 5"] {
        let sql = format!("CREATE TABLE extra (a); CREATE INDEX sly ON extra ({index})");
        let bytes = Database::vector().sql(&sql).bytes();
        assert_eq!(inspect_lenient(&bytes).unwrap().findings, []);
        let strict = crate::support::upload("terrain", true);
        let refused = crate::support::inspect(&strict, &bytes).unwrap_err();
        assert_eq!(
            refused.into_findings()[0].message,
            "index \"sly\" of \"extra\" is computed"
        );
    }
}

#[test]
fn a_schema_of_very_many_tables_is_not_read_to_its_end() {
    let with_tables = |count: u32| {
        let tables: Vec<_> = (0..count)
            .map(|number| format!("CREATE TABLE t{number} (x);"))
            .collect();
        Database::vector()
            .sql(&format!("BEGIN; {} COMMIT", tables.concat()))
            .bytes()
    };
    let upload = crate::support::upload("terrain.mbtiles", false);
    assert!(crate::support::inspect(&upload, &with_tables(500)).is_ok());
    let refused = crate::support::inspect(&upload, &with_tables(5000)).unwrap_err();
    assert_eq!(refused.into_findings()[0].code, TOO_MANY_STEPS.id);
}

#[test]
fn nothing_is_written_beside_the_file_and_nothing_of_the_file_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b?mode=rwc#%41.mbtiles");
    let mut bytes = Database::vector().bytes();
    bytes[18..20].fill(2);
    std::fs::write(&path, &bytes).unwrap();
    let content = crate::boundary::Local {
        bytes: bytes.clone(),
        path: path.clone(),
    };
    let answer = crate::boundary::ask(&content);
    assert_eq!(answer.unwrap().findings[0].code, "MB004");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_directory_that_unpacks_to_too_much_is_refused() {
    let mut archive = Archive::raster().nested(1);
    archive.leaves = gzip(&vec![0; 20 << 20]);
    archive.root.0[0].3 = archive.leaves.len() as u64;
    assert_earns(&archive.bytes(), &DIRECTORY, "unpacks to more than 16 MiB");
}

#[test]
fn a_directory_that_promises_more_entries_than_it_holds_is_refused() {
    let mut archive = Archive::raster();
    archive.pack = |bytes| match bytes {
        b"{}" => gzip(bytes),
        _ => gzip(b"\xff\xff\xff\xff\x0f\x01\x01\x01\x01"),
    };
    assert_earns(
        &archive.bytes(),
        &DIRECTORY,
        "promises 4294967295 entries in 9 bytes",
    );
}

/// A leaf directory of so many tiles of one byte each, from this id on. It packs into next to nothing.
fn dull_leaf(first: u64, count: usize) -> Vec<u8> {
    let entries = (0..count as u64).map(|index| Entry(first + index, 1, 0, 1));
    gzip(&Directory(entries.collect()).bytes())
}

#[test]
fn directories_that_pack_into_next_to_nothing_are_not_walked_to_their_end() {
    let count = 250_000;
    let mut archive = Archive::raster();
    archive.root = Directory::default();
    for first in (0..6).map(|index| index * count as u64) {
        let leaf = dull_leaf(first, count);
        let offset = archive.leaves.len() as u64;
        archive
            .root
            .0
            .push(Entry(first, 0, offset, leaf.len() as u64));
        archive.leaves.extend_from_slice(&leaf);
    }
    let found = findings(&archive.bytes());
    let last = found.last().unwrap();
    assert_eq!(last.code, DIRECTORY.id, "{found:?}");
    assert!(
        last.message
            .contains("more entries than an archive of its size has"),
        "{}",
        last.message
    );
}
