//! The rows of `metadata`, by themselves and held against the tiles.

use cellier_format_tileset::codes::LAYERS_CUT;
use cellier_format_tileset::codes::mbtiles::{
    BOUNDS_CROSSED, BOUNDS_DIFFER, BOUNDS_FLAT, BOUNDS_MALFORMED, BOUNDS_OUTSIDE, CENTER,
    FORMAT_MISSING, FORMAT_UNKNOWN, JSON, LAYER_ODD, LAYER_UNKNOWN, LAYERS, LOCAL_PATHS, MARKUP,
    NAME_MISSING, NAME_TWICE, SCHEME, ZOOM_DIFFERS, ZOOM_GAP, ZOOM_MALFORMED,
};
use cellier_sdk::Inspection;

use crate::database::Database;
use crate::support::{assert_earns, findings, gzip, inspect_lenient, vector_tile};

/// What is learnt of a database that is taken.
fn learn(database: Database) -> Inspection {
    inspect_lenient(&database.bytes()).unwrap()
}

#[test]
fn a_name_is_missed() {
    let database = Database::vector().without("name").bytes();
    assert_earns(&database, &NAME_MISSING, "\"name\" is missing");
}

#[test]
fn a_format_that_is_missing_or_misspelt_is_told_with_what_the_tiles_are() {
    let missing = Database::raster().without("format").bytes();
    assert_earns(&missing, &FORMAT_MISSING, "the tiles are png");
    let fix = findings(&missing)[0].fix.clone().unwrap();
    assert_eq!(fix, "run: INSERT INTO metadata VALUES('format','png')");

    let misspelt = Database::vector().set("format", "mvt").bytes();
    assert_earns(&misspelt, &FORMAT_UNKNOWN, "read as mvt");
    let fix = findings(&misspelt)[0].fix.clone().unwrap();
    assert_eq!(
        fix,
        "run: UPDATE metadata SET value='pbf' WHERE name='format'"
    );

    let unknown = Database::vector().set("format", "tiles!").bytes();
    assert_earns(&unknown, &FORMAT_UNKNOWN, "format \"tiles!\"");
}

#[test]
fn media_types_are_formats_too() {
    for format in ["image/png", "png"] {
        let database = Database::raster().set("format", format);
        assert_eq!(learn(database).findings, []);
    }
}

#[test]
fn bounds_are_four_numbers_or_computed_from_the_tiles() {
    let missing = Database::vector().without("bounds").bytes();
    assert_earns(&missing, &BOUNDS_MALFORMED, "\"bounds\" is missing");
    let three = Database::vector().set("bounds", "1,2,3").bytes();
    assert_earns(&three, &BOUNDS_MALFORMED, "3 values");
    let bounds = &inspect_lenient(&three).unwrap().metadata["bounds"];
    assert_eq!(bounds[0], -180.0);

    let forgiven = Database::vector().set("bounds", " -180, -85.0511, 180, 85.0511, ");
    assert_eq!(learn(forgiven).findings, []);
}

#[test]
fn bounds_that_are_no_bounds_are_told_apart() {
    let judge = |bounds, code, words| {
        let database = Database::vector().set("bounds", bounds).bytes();
        assert_earns(&database, code, words);
    };
    judge(
        "2147483647,-85,180,85",
        &BOUNDS_OUTSIDE,
        "outside the world",
    );
    judge(
        "174.8,-85,-123.1,85",
        &BOUNDS_CROSSED,
        "west 174.8 is east of east -123.1",
    );
    judge(
        "-180,85,180,-85",
        &BOUNDS_CROSSED,
        "south 85 is north of north -85",
    );
    judge("0,0,0,0", &BOUNDS_FLAT, "no area");
}

#[test]
fn bounds_that_the_tiles_do_not_fill_are_warned_about() {
    let near = Database::vector().set("bounds", "-1,-1,1,1");
    assert_eq!(learn(near).findings, [], "within one tile of zoom 1");

    let deep = Database::vector()
        .sql("DELETE FROM tiles WHERE zoom_level = 1")
        .tile(4, 8, 8, gzip(&vector_tile("roads")))
        .set("maxzoom", "4")
        .sql("INSERT INTO tiles SELECT z, 0, 0, tile_data FROM tiles, (SELECT 1 AS z UNION SELECT 2 UNION SELECT 3) WHERE zoom_level = 4")
        .bytes();
    assert_earns(&deep, &BOUNDS_DIFFER, "reach beyond the tiles at zoom 4");

    let elsewhere = Database::vector()
        .set("bounds", "-60,-60,-50,-50")
        .set("center", "-55,-55,1")
        .set("maxzoom", "4")
        .tile(2, 2, 2, gzip(&vector_tile("roads")))
        .tile(3, 4, 4, gzip(&vector_tile("roads")))
        .tile(4, 8, 8, gzip(&vector_tile("roads")))
        .bytes();
    assert_earns(
        &elsewhere,
        &BOUNDS_DIFFER,
        "cover 0.0 % of the tiles at zoom 4",
    );
}

#[test]
fn a_center_outside_is_replaced_by_the_middle() {
    for (center, words) in [
        ("0,0", "2 values"),
        ("0,0,9", "its zoom is not within 0 to 1"),
        ("200,0,1", "outside the bounds"),
    ] {
        let database = Database::vector().set("center", center).bytes();
        assert_earns(&database, &CENTER, words);
        let learnt = inspect_lenient(&database).unwrap();
        assert_eq!(learnt.metadata["center"].to_string(), "[0.0,0.0,0]");
    }
}

#[test]
fn zooms_are_whole_numbers_or_computed_from_the_tiles() {
    let missing = Database::vector().without("maxzoom").bytes();
    assert_earns(&missing, &ZOOM_MALFORMED, "computed from the tiles: 1");
    for odd in ["one", "1.5", "-1", "31"] {
        let database = Database::vector().set("maxzoom", odd).bytes();
        assert_earns(
            &database,
            &ZOOM_MALFORMED,
            "not a whole number from 0 to 30",
        );
        assert_eq!(inspect_lenient(&database).unwrap().metadata["maxzoom"], 1);
    }
}

#[test]
fn the_zooms_that_have_tiles_win_over_those_that_are_declared() {
    let database = Database::vector().set("maxzoom", "14").bytes();
    assert_earns(
        &database,
        &ZOOM_DIFFERS,
        "declares zooms 0 to 14, tiles exist at 0 to 1",
    );
    assert_eq!(inspect_lenient(&database).unwrap().metadata["maxzoom"], 1);
}

#[test]
fn a_gap_in_the_zooms_is_told() {
    let tile = gzip(&vector_tile("roads"));
    let corners = [(0, 0), (7, 0), (0, 7), (7, 7)];
    let database = corners.into_iter().fold(
        Database::vector().set("maxzoom", "3"),
        |database, (x, row)| database.tile(3, x, row, tile.as_slice()),
    );
    assert_earns(&database.bytes(), &ZOOM_GAP, "no tile at zoom 2");
}

#[test]
fn the_json_of_vector_tiles_is_an_object_or_the_layers_are_those_in_the_tiles() {
    for (json, words) in [
        ("{\"vector_layers\": [", "is not JSON: EOF"),
        ("[]", "is not a JSON object"),
    ] {
        let database = Database::vector().set("json", json).bytes();
        assert_earns(&database, &JSON, words);
        let layers = &inspect_lenient(&database).unwrap().metadata["vectorLayers"];
        assert_eq!(layers.to_string(), r#"[{"id":"roads","fields":{}}]"#);
    }
    let missing = Database::vector().without("json").bytes();
    assert_earns(&missing, &JSON, "\"json\" is missing");
}

#[test]
fn the_json_of_images_is_nobodys_concern() {
    assert_eq!(learn(Database::raster().with("json", "{{")).findings, []);
}

#[test]
fn layers_are_described_or_told() {
    for (json, code, words) in [
        ("{}", &LAYERS, "vector_layers is missing"),
        (
            r#"{"vector_layers":[{"id":"roads"}]}"#,
            &LAYERS,
            "vector_layers[0].fields is missing",
        ),
        (
            r#"{"vector_layers":[{"id":"roads","fields":{},"maxzoom":9}]}"#,
            &LAYER_ODD,
            "layer \"roads\" has maxzoom 9",
        ),
        (
            r#"{"vector_layers":[{"id":"roads","fields":{}},{"id":"roads","fields":{}}]}"#,
            &LAYER_ODD,
            "described twice",
        ),
        (
            r#"{"vector_layers":[{"id":"rails","fields":{}}]}"#,
            &LAYER_UNKNOWN,
            "layer \"roads\" is in tile 0/0/0",
        ),
    ] {
        let database = Database::vector().set("json", json).bytes();
        assert_earns(&database, code, words);
    }
}

#[test]
fn layers_that_are_too_many_for_the_metadata_are_cut() {
    let fields: Vec<_> = (0..400)
        .map(|field| format!(r#""{field}{}":"String""#, "x".repeat(100)))
        .collect();
    let fields = fields.join(",");
    let layers: Vec<_> = (0..30)
        .map(|layer| format!(r#"{{"id":"roads{layer}","fields":{{{fields}}}}}"#))
        .collect();
    let json = format!(
        r#"{{"vector_layers":[{{"id":"roads","fields":{{}}}},{}]}}"#,
        layers.join(",")
    );
    let database = Database::vector().set("json", &json).bytes();
    assert_earns(&database, &LAYERS_CUT, "of 31 layers are kept");
    let metadata = inspect_lenient(&database).unwrap().metadata;
    let size = serde_json::to_string(&metadata).unwrap().len();
    assert!(size <= Inspection::METADATA_LIMIT, "{size}");
}

#[test]
fn a_scheme_is_believed_less_than_the_bounds() {
    let north = "0,0,180,85.0511";
    let one_tile = "DELETE FROM tiles WHERE zoom_level = 1";
    let tile = gzip(&vector_tile("roads"));
    let with_row = |row: i64| {
        Database::vector()
            .sql(one_tile)
            .set("bounds", north)
            .set("center", "10,10,1")
            .set("scheme", "xyz")
            .set("maxzoom", "4")
            .tile(1, 1, row, tile.as_slice())
            .tile(2, 2, row, tile.as_slice())
            .tile(3, 4, row, tile.as_slice())
    };
    let as_tms = with_row(1)
        .sql("INSERT INTO tiles SELECT 4, x, y, (SELECT tile_data FROM tiles LIMIT 1) FROM (SELECT 8 AS x UNION SELECT 15), (SELECT 8 AS y UNION SELECT 15)")
        .bytes();
    assert_earns(&as_tms, &SCHEME, "fit the bounds as TMS");
    let upside_down = with_row(0)
        .sql("INSERT INTO tiles SELECT 4, x, y, (SELECT tile_data FROM tiles LIMIT 1) FROM (SELECT 8 AS x UNION SELECT 15), (SELECT 0 AS y UNION SELECT 7)")
        .bytes();
    let messages: Vec<_> = findings(&upside_down)
        .into_iter()
        .map(|finding| (finding.code, finding.message))
        .collect();
    assert_eq!(messages[0].0, BOUNDS_DIFFER.id);
    assert!(messages[1].1.contains("only upside down"), "{messages:?}");
    let tms = Database::vector().set("scheme", "tms");
    assert_eq!(learn(tms).findings, []);
}

#[test]
fn a_name_that_appears_twice_is_told_and_the_last_holds() {
    let database = Database::vector().with("name", "Rails").bytes();
    assert_earns(&database, &NAME_TWICE, "\"name\" appears twice");
    assert_eq!(
        inspect_lenient(&database).unwrap().metadata["name"],
        "Rails"
    );
}

#[test]
fn markup_and_scripts_are_dropped_and_told() {
    let database = Database::vector()
        .with("attribution", "<a href='javascript:alert(1)'>us</a>")
        .bytes();
    assert_earns(&database, &MARKUP, "\"attribution\" holds a script");
    assert_eq!(
        inspect_lenient(&database).unwrap().metadata["attribution"],
        "us"
    );
    let formatter = Database::vector()
        .with("formatter", "function () {}")
        .bytes();
    assert_earns(&formatter, &MARKUP, "\"formatter\" is a script");
}

#[test]
fn paths_of_the_machine_are_told_by_the_row_that_holds_them() {
    let options = "tippecanoe -o /home/joe/secret.mbtiles";
    let database = Database::vector()
        .with("generator_options", options)
        .bytes();
    assert_earns(&database, &LOCAL_PATHS, "\"generator_options\"");
}
