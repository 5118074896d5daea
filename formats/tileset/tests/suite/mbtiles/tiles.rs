//! The rows of `tiles`, and what is in them.

use cellier_format_tileset::codes::mbtiles::{
    BESIDE_GRID, COMPRESSED_TWICE, COMPRESSION, EMPTY_TILE, KIND_DIFFERS, KIND_UNKNOWN,
    KINDS_MIXED, OUTSIDE_GRID, TILE_BOMB, TILE_DAMAGED, TILE_LARGE,
};
use cellier_format_tileset::limits;

use crate::database::Database;
use crate::support::{
    Verdict, assert_earns, gzip, inspect, inspect_lenient, png, upload, vector_tile, verdict,
};

#[test]
fn the_content_wins_over_a_format_that_lies() {
    let database = Database::vector().set("format", "png").bytes();
    assert_earns(
        &database,
        &KIND_DIFFERS,
        "declared as png, but 0/0/0 is mvt",
    );
    assert_eq!(
        inspect_lenient(&database).unwrap().metadata["tileType"],
        "mvt"
    );
}

#[test]
fn tiles_that_are_nothing_known_are_refused() {
    let garbage = Database::raster().every_tile(b"GARBAGE".as_slice()).bytes();
    assert_earns(&garbage, &KIND_UNKNOWN, "\"GARBAGE\"");
}

#[test]
fn tiles_of_two_kinds_are_refused() {
    let database = Database::raster().first_tile(b"GIF89a\0\x01\0\x01".as_slice());
    assert_earns(
        &database.bytes(),
        &KINDS_MIXED,
        "0/0/0 is gif, 1/0/1 is png",
    );
}

#[test]
fn vector_tiles_that_are_not_gzip_are_warned_about() {
    let tile = vector_tile("roads");
    let raw = Database::vector().every_tile(tile.as_slice()).bytes();
    assert_earns(&raw, &COMPRESSION, "are not compressed");
    let some = Database::vector().first_tile(tile.as_slice()).bytes();
    assert_earns(
        &some,
        &COMPRESSION,
        "tile 0/0/0 has no compression, tile 1/0/1 has gzip",
    );
    let image = Database::raster().every_tile(gzip(&png(256))).bytes();
    assert_earns(
        &image,
        &COMPRESSION,
        "png tiles such as 0/0/0 are compressed with gzip",
    );
}

#[test]
fn tiles_that_are_compressed_twice_are_refused() {
    let twice = gzip(&gzip(&vector_tile("roads")));
    let database = Database::vector().first_tile(twice).bytes();
    assert_earns(&database, &COMPRESSED_TWICE, "gzip inside gzip");
}

#[test]
fn a_row_outside_the_grid_is_refused() {
    for (zoom, column, row, words) in [
        (31, 0, 0, "zooms are 0 to 30"),
        (-1, 0, 0, "zooms are 0 to 30"),
        (1, 9, 0, "tile_column must be 0 to 1 at zoom 1"),
        (1, 0, -2, "tile_row must be 0 to 1 at zoom 1"),
        (1, 2, 99, "must be 0 to 1 at zoom 1"),
    ] {
        let database = Database::vector().tile(zoom, column, row, b"x".as_slice());
        assert_earns(&database.bytes(), &OUTSIDE_GRID, words);
    }
    let text = Database::vector().tile(5, 5, 5, "text").bytes();
    assert_earns(&text, &OUTSIDE_GRID, "tile_data is text, not a blob");
    let sql = "INSERT INTO tiles VALUES ('a', 'b', 3, x'00')";
    let words = Database::vector().sql(sql).bytes();
    assert_earns(
        &words,
        &OUTSIDE_GRID,
        "zoom_level=\"a\" tile_column=\"b\" tile_row=3",
    );
}

#[test]
fn rows_just_outside_the_grid_are_ignored() {
    for (column, row) in [(-1, 0), (0, -1), (2, 1), (2, 2)] {
        let database = Database::vector().tile(1, column, row, b"x".as_slice());
        let bytes = database.bytes();
        assert_earns(&bytes, &BESIDE_GRID, "ignored, and never served");
        assert_eq!(inspect_lenient(&bytes).unwrap().metadata["tileCount"], 5);
    }
    let alone = Database::vector()
        .sql("DELETE FROM tiles")
        .tile(0, -1, 0, b"x".as_slice())
        .bytes();
    assert_eq!(
        verdict(inspect_lenient(&alone)),
        Verdict::Refused(vec!["warning mb050".to_owned(), "error mb007".to_owned()])
    );
}

#[test]
fn tiles_without_data_are_counted() {
    let sql = "UPDATE tiles SET tile_data = x'' WHERE zoom_level = 1 AND tile_row = 0 AND tile_column = 0";
    let database = Database::vector().sql(sql).bytes();
    assert_earns(
        &database,
        &EMPTY_TILE,
        "1 of 5 tiles have no data, such as 1/0/1",
    );
    let sql = "UPDATE tiles SET tile_data = NULL WHERE tile_row = 1 AND tile_column = 1";
    let null = Database::vector().sql(sql).bytes();
    assert_earns(&null, &EMPTY_TILE, "such as 1/1/0");
}

#[test]
fn a_damaged_tile_is_told_with_its_place() {
    let tile = gzip(b"\x1a\x7f\x0a");
    let database = Database::vector().first_tile(tile).bytes();
    assert_earns(
        &database,
        &TILE_DAMAGED,
        "tile 0/0/0: bad protobuf at byte 2",
    );
    let whole = gzip(&vector_tile("roads"));
    let cut = Database::vector()
        .first_tile(&whole[..whole.len() - 9])
        .bytes();
    assert_earns(&cut, &TILE_DAMAGED, "gzip data that is broken off");
    let odd = Database::raster().every_tile(png(300)).bytes();
    assert_earns(&odd, &TILE_DAMAGED, "300 × 300 pixels (and 4 more)");
}

#[test]
fn a_large_tile_is_slow_on_phones() {
    let mut tile = png(256);
    tile.resize(600_000, 0);
    let database = Database::raster().first_tile(tile).bytes();
    assert_earns(&database, &TILE_LARGE, "tile 0/0/0 has 600,000 bytes");
}

#[test]
fn a_tile_that_expands_to_too_much_is_refused() {
    let bomb = gzip(&vec![0; limits::TILE + 1]);
    let database = Database::vector().first_tile(bomb).bytes();
    assert_earns(&database, &TILE_BOMB, "more than 20 MiB, unpacked");
}

#[test]
fn strict_looks_into_every_tile() {
    let tile = gzip(&vector_tile("roads"));
    let mut database = Database::vector().set("maxzoom", "4");
    for zoom in 2..=4_i64 {
        for column in 0..1 << zoom {
            for row in 0..1 << zoom {
                database = database.tile(zoom, column, row, tile.as_slice());
            }
        }
    }
    let bytes = database.bytes();
    let checked = |strict| {
        let inspection = inspect(&upload("terrain", strict), &bytes).unwrap();
        inspection.metadata["checkedTiles"].as_u64().unwrap()
    };
    assert_eq!(checked(true), 341);
    assert!(checked(false) < 50);
}
