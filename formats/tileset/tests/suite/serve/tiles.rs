//! Tiles: what is answered for one, and what where there is none.

use std::io;

use cellier_sdk::testkit::FakeArtefact;
use cellier_sdk::{Body, Failure, Hold};
use rusqlite::types::Null;

use crate::archive::{Archive, Directory, Entry};
use crate::database::Database;
use crate::serve::shelf::{Map, body_json, fixture, header, request, revision, with_header};
use crate::support::{gzip, vector_tile};

/// The tag of a tile of the first revision.
fn etag(map: &Map, path: &str) -> String {
    map.get(path).unwrap().etag.unwrap()
}

#[track_caller]
fn assert_refused(map: &Map, path: &str, code: &str, words: &str) {
    let response = map.get(path).unwrap();
    assert_eq!(response.status, 404, "{path}: {response:?}");
    assert_eq!(response.hold, Hold::UntilArtefactChanges);
    let json = body_json(&response);
    assert_eq!(json["error"], code, "{path}");
    assert!(json["detail"].as_str().unwrap().contains(words), "{json}");
}

#[test]
fn a_tile_tells_what_it_is_how_it_is_packed_and_how_long_it_holds() {
    for bytes in [Database::vector().bytes(), Archive::vector().bytes()] {
        let map = Map::terrain(&bytes);
        let pinned = map.get("terrain@1/1/0/1.pbf").unwrap();
        assert_eq!(pinned.status, 200);
        let media_type = "application/vnd.mapbox-vector-tile";
        assert_eq!(header(&pinned, "content-type"), Some(media_type));
        assert_eq!(pinned.hold, Hold::Immutable);
        match &pinned.body {
            Body::Encoded { bytes, encoding } => {
                assert_eq!(
                    (bytes, encoding.as_str()),
                    (&gzip(&vector_tile("roads")), "gzip")
                );
            }
            Body::Blob { encoding, .. } => assert_eq!(encoding.as_deref(), Some("gzip")),
            other => panic!("{other:?}"),
        }
        let floating = map.get("terrain/1/0/1").unwrap();
        assert_eq!(floating.hold, Hold::UntilArtefactChanges);
        assert_eq!((floating.body, floating.etag), (pinned.body, pinned.etag));
    }
}

#[test]
fn images_are_sent_as_they_are() {
    for bytes in [Database::raster().bytes(), Archive::raster().bytes()] {
        let response = Map::terrain(&bytes).get("terrain/0/0/0.png").unwrap();
        assert_eq!(header(&response, "content-type"), Some("image/png"));
        match response.body {
            Body::Bytes(bytes) => assert!(bytes.starts_with(b"\x89PNG")),
            Body::Blob {
                encoding, range, ..
            } => assert_eq!((encoding, range.is_some()), (None, true)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn vector_tiles_that_are_not_packed_are_packed() {
    let tile = [vector_tile(&"a".repeat(90)), vector_tile(&"b".repeat(90))].concat();
    let database = Database::vector().every_tile(tile.clone());
    let archive = Archive {
        tile_compression: 1,
        data: tile.clone(),
        root: Directory(vec![Entry(0, 5, 0, tile.len() as u64)]),
        counts: [5, 1, 1],
        ..Archive::vector()
    };
    for bytes in [database.bytes(), archive.bytes()] {
        let map = Map::terrain(&bytes);
        let response = map.get("terrain/0/0/0").unwrap();
        assert!(matches!(&response.body, Body::Encoded { bytes, .. } if bytes.len() < tile.len()));
        assert_eq!(map.received(&response), tile);
    }
}

#[test]
fn tiles_that_are_packed_otherwise_are_sent_with_their_coding() {
    // A brotli stream of one uncompressed meta-block, which is a vector tile (RFC 7932, section 9).
    let packed = b"\x0b\x02\x80\x1a\x03\x0a\x01a\x03";
    let archive = Archive {
        tile_compression: 3,
        data: packed.to_vec(),
        root: Directory(vec![Entry(0, 5, 0, packed.len() as u64)]),
        counts: [5, 1, 1],
        ..Archive::vector()
    };
    let response = Map::terrain(&archive.bytes()).get("terrain/0/0/0").unwrap();
    let Body::Blob {
        encoding, range, ..
    } = response.body
    else {
        panic!("{response:?}");
    };
    assert_eq!(encoding.as_deref(), Some("br"));
    let range = range.unwrap();
    assert_eq!(range.end - range.start, packed.len() as u64);
}

#[test]
fn tiles_of_several_compressions_are_looked_at_one_by_one() {
    let (plain, packed) = (vector_tile("plain"), gzip(&vector_tile("packed")));
    let lengths = [plain.len() as u64, packed.len() as u64];
    let archive = Archive {
        data: [plain.clone(), packed].concat(),
        root: Directory(vec![
            Entry(0, 1, 0, lengths[0]),
            Entry(1, 4, lengths[0], lengths[1]),
        ]),
        counts: [5, 2, 2],
        ..Archive::vector()
    };
    let map = Map::terrain(&archive.bytes());
    assert_eq!(map.tile("terrain/0/0/0"), Some(plain));
    assert_eq!(map.tile("terrain/1/0/0"), Some(vector_tile("packed")));
    let database = Database::vector().first_tile(vector_tile("plain"));
    let map = Map::terrain(&database.bytes());
    assert_eq!(map.tile("terrain/0/0/0"), Some(vector_tile("plain")));
    assert_eq!(map.tile("terrain/1/0/0"), Some(vector_tile("roads")));
}

#[test]
fn a_client_that_has_a_tile_costs_no_tile() {
    for bytes in [Database::vector().bytes(), Archive::vector().bytes()] {
        let map = Map::terrain(&bytes);
        let tag = etag(&map, "terrain@1/1/0/1");
        for (list, status) in [
            (format!("\"{tag}\""), 304),
            (format!("W/\"{tag}\""), 304),
            (format!("\"x\", \"{tag}\""), 304),
            ("\"x\"".to_owned(), 200),
            (tag.clone(), 200),
        ] {
            let before = map.registry.calls();
            let asked = with_header("terrain@1/1/0/1", "if-none-match", &list);
            let response = map.ask(&asked).unwrap();
            assert_eq!(response.status, status, "{list}");
            assert_eq!(response.etag.as_deref(), Some(tag.as_str()));
            assert_eq!(response.hold, Hold::Immutable);
            if status == 304 {
                assert_eq!(response.body, Body::Empty);
                assert_eq!(map.registry.calls() - before, 1, "nothing is opened");
            }
        }
    }
}

#[test]
fn nobody_gets_what_was_remembered_for_somebody_else() {
    let (database, mut archive) = (Database::vector().bytes(), Archive::vector());
    archive.root.0.remove(2);
    archive.counts = [4, 4, 1];
    for (bytes, paths) in [
        (database, ["terrain/0/0/0", "terrain/stats"]),
        (archive.bytes(), ["terrain/1/0/1", "terrain/stats"]),
    ] {
        let map = Map::terrain(&bytes);
        let stranger = map.registry.clone().that_withholds_bytes();
        for path in paths {
            assert!(map.get(path).is_ok(), "{path}");
            match map.get_from(&stranger, path) {
                Err(Failure::Unreadable(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
                }
                other => panic!("{path}: {other:?}"),
            }
        }
        assert_eq!(map.get_from(&stranger, "terrain").unwrap().status, 200);
    }
}

#[test]
fn every_tile_of_every_version_has_a_tag_of_its_own() {
    let terrain = FakeArtefact::new("terrain")
        .version(revision("1", &Database::vector().bytes()))
        .version(revision("2", &Archive::vector().bytes()));
    let map = Map::of([terrain]);
    let mut tags: Vec<_> = ["1/0/0/0", "1/1/0/0", "1/1/0/1", "1/1/1/0", "2/0/0/0"]
        .into_iter()
        .map(|path| etag(&map, &format!("terrain@{path}")))
        .collect();
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), 5);
}

#[test]
fn a_selector_pins_a_version_or_follows_a_tag() {
    let terrain = FakeArtefact::new("terrain")
        .version(revision("1", &Database::vector().bytes()))
        .version(revision("2", &Archive::raster().bytes()))
        .tag("stable", "1");
    let map = Map::of([terrain]);
    for (path, kind, hold) in [
        ("terrain/0/0/0", "image/png", Hold::UntilArtefactChanges),
        ("terrain@2/0/0/0", "image/png", Hold::Immutable),
        (
            "terrain@latest/0/0/0",
            "image/png",
            Hold::UntilArtefactChanges,
        ),
        (
            "terrain@1/0/0/0",
            "application/vnd.mapbox-vector-tile",
            Hold::Immutable,
        ),
        (
            "terrain@stable/0/0/0",
            "application/vnd.mapbox-vector-tile",
            Hold::UntilArtefactChanges,
        ),
    ] {
        let response = map.get(path).unwrap();
        assert_eq!(header(&response, "content-type"), Some(kind), "{path}");
        assert_eq!(response.hold, hold, "{path}");
    }
    for path in ["terrain@3/0/0/0", "terrain@beta/0/0/0", "nowhere/0/0/0"] {
        assert!(matches!(map.get(path), Err(Failure::NotFound)), "{path}");
    }
}

#[test]
fn a_missing_vector_tile_is_nothing_and_a_missing_image_is_not_found() {
    let hole = "DELETE FROM tiles WHERE zoom_level = 1 AND tile_column = 0 AND tile_row = 0";
    let vector = Map::terrain(&Database::vector().sql(hole).bytes());
    let response = vector.get("terrain@1/1/0/1").unwrap();
    assert_eq!((response.status, response.hold), (204, Hold::Immutable));
    assert_eq!((response.body, response.etag), (Body::Empty, None));
    let raster = Map::terrain(&Database::raster().sql(hole).bytes());
    assert_refused(&raster, "terrain@1/1/0/1", "no_tile", "no tile 1/0/1");

    let mut archive = Archive::vector();
    archive.root.0.remove(2);
    archive.counts = [4, 4, 1];
    let vector = Map::terrain(&archive.bytes());
    assert_eq!(vector.get("terrain@1/1/0/1").unwrap().status, 204);
}

#[test]
fn a_tile_without_data_is_missing() {
    let database = Database::vector().first_tile(Null);
    let map = Map::terrain(&database.tile(0, 0, -1, vec![1_u8]).bytes());
    assert_refused(&map, "terrain/0/0/0", "zoom_out_of_range", "no zoom 0");
    let holed = Database::vector()
        .sql("UPDATE tiles SET tile_data = x'' WHERE zoom_level = 1 AND tile_column = 1");
    let map = Map::terrain(&holed.bytes());
    assert_eq!(map.get("terrain/1/1/0").unwrap().status, 204);
    assert_eq!(map.get("terrain/1/0/0").unwrap().status, 200);
}

#[test]
fn rows_beside_the_grid_are_never_served() {
    let tile = gzip(&vector_tile("roads"));
    let database = Database::vector()
        .tile(1, -1, 0, tile.clone())
        .tile(1, 2, 1, tile.clone())
        .tile(1, 0, 2, tile.clone())
        .tile(1, 0, -1, tile);
    let map = Map::terrain(&database.bytes());
    for path in ["terrain/1/2/0", "terrain/1/0/2", "terrain/1/4294967295/0"] {
        assert_refused(&map, path, "outside_grid", "0 to 1 at zoom 1");
    }
    assert!(matches!(map.get("terrain/1/-1/0"), Err(Failure::NotFound)));
}

#[test]
fn whoever_asks_for_what_cannot_be_is_told_what_can() {
    let map = Map::terrain(&Database::vector().bytes());
    assert_refused(&map, "terrain/2/0/0", "zoom_out_of_range", "has 0 to 1");
    assert_refused(&map, "terrain/99/0/0", "zoom_out_of_range", "has 0 to 1");
    assert_refused(
        &map,
        "terrain/0/0/0.png",
        "wrong_extension",
        "write .pbf or .mvt instead of .png",
    );
    assert_eq!(map.get("terrain/0/0/0.mvt").unwrap().status, 200);
    for path in [
        "terrain/0/0/0@2x",
        "terrain/00/0/0",
        "terrain/0/0/0/0",
        "terrain/0/0",
    ] {
        assert!(matches!(map.get(path), Err(Failure::NotFound)), "{path}");
    }
}

#[test]
fn rows_are_counted_from_the_south_whatever_the_scheme_says() {
    let north = vector_tile("north");
    let database = Database::vector()
        .with("scheme", "xyz")
        .sql("UPDATE tiles SET tile_data = x'00' WHERE 0")
        .sql("DELETE FROM tiles WHERE zoom_level = 1 AND tile_row = 1")
        .tile(1, 0, 1, north.clone());
    let map = Map::terrain(&database.bytes());
    assert_eq!(map.tile("terrain/1/0/0"), Some(north));
}

#[test]
fn tiles_of_all_schemas_are_found() {
    let places = "SELECT zoom_level, tile_column, tile_row";
    for sql in [
        format!("CREATE VIEW tiles AS {places}, tile_data FROM flat"),
        format!(
            "CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB);
             CREATE TABLE map (zoom_level, tile_column, tile_row, tile_id,
                 UNIQUE (zoom_level, tile_column, tile_row));
             INSERT INTO images SELECT rowid, tile_data FROM flat;
             INSERT INTO map {places}, rowid FROM flat;
             CREATE VIEW tiles AS {places}, tile_data FROM map JOIN images ON images.tile_id = map.tile_id"
        ),
        format!(
            "CREATE TABLE tiles_with_hash (zoom_level, tile_column, tile_row, tile_data, tile_hash,
                 UNIQUE (zoom_level, tile_column, tile_row));
             INSERT INTO tiles_with_hash {places}, tile_data, 'x' FROM flat;
             CREATE VIEW tiles AS {places}, tile_data FROM tiles_with_hash"
        ),
        "CREATE VIEW tiles AS SELECT zoom_level, tile_column,
             (1 << zoom_level) - 1 - tile_row AS tile_row, tile_data FROM flat"
            .to_owned(),
    ] {
        let map = Map::terrain(&Database::vector().rearranged(&sql).bytes());
        let tile = map.tile("terrain/1/1/0");
        assert_eq!(tile, Some(vector_tile("roads")), "{sql}");
        assert_eq!(map.get("terrain/1/0/1").unwrap().status, 200, "{sql}");
    }
}

#[test]
fn an_archive_with_leaves_within_leaves_is_found_through() {
    for levels in 0..=3 {
        let map = Map::terrain(&Archive::raster().nested(levels).bytes());
        for path in ["0/0/0", "1/0/0", "1/0/1", "1/1/1", "1/1/0"] {
            assert!(map.tile(&format!("terrain/{path}")).is_some(), "{path}");
        }
        let before = map.registry.calls();
        map.get("terrain/1/1/1").unwrap();
        let opened = map.registry.calls() - before - 1;
        assert_eq!(opened, 0, "every directory is remembered");
    }
}

#[test]
fn an_archive_needs_no_file_of_this_machine() {
    let bytes = fixture("generated/tippecanoe_countries_z0-5.pmtiles");
    let terrain = FakeArtefact::new("terrain").version(revision("1", &bytes));
    let map = Map::in_memory([terrain]);
    assert!(map.tile("terrain/5/16/10").is_some());
    let database = FakeArtefact::new("terrain").version(revision("1", &Database::vector().bytes()));
    let refused = Map::in_memory([database]).get("terrain/0/0/0");
    assert!(
        matches!(refused, Err(Failure::Unreadable(_))),
        "{refused:?}"
    );
}

#[test]
fn the_archive_is_the_file_itself() {
    for (bytes, kind, media_type) in [
        (
            Archive::vector().bytes(),
            "pmtiles",
            "application/vnd.pmtiles",
        ),
        (
            Database::vector().bytes(),
            "mbtiles",
            "application/vnd.sqlite3",
        ),
    ] {
        let map = Map::terrain(&bytes);
        for path in [
            "terrain@1/archive".to_owned(),
            format!("terrain@1/archive.{kind}"),
        ] {
            let response = map.get(&path).unwrap();
            assert_eq!(response.hold, Hold::Immutable);
            assert_eq!(header(&response, "content-type"), Some(media_type));
            let disposition = format!("attachment; filename=\"terrain-1.{kind}\"");
            assert_eq!(
                header(&response, "content-disposition"),
                Some(disposition.as_str())
            );
            assert_eq!(map.received(&response), bytes);
        }
        let floating = map.get("terrain/archive").unwrap();
        assert_eq!(floating.hold, Hold::UntilArtefactChanges);
        assert_refused(&map, "terrain/archive.zip", "wrong_extension", kind);
    }
}

#[test]
fn names_may_have_dots_and_are_never_cut() {
    let artefact =
        |name| FakeArtefact::new(name).version(revision("1", &Archive::vector().bytes()));
    let map = Map::of([artefact("a"), artefact("a.json"), artefact("b.v1")]);
    for name in ["a", "a.json", "b.v1"] {
        assert_eq!(map.json(name)["cellier"]["name"], name);
        assert_eq!(map.get(&format!("{name}/0/0/0")).unwrap().status, 200);
    }
    assert!(matches!(
        map.ask(&request("b.json")),
        Err(Failure::NotFound)
    ));
}
