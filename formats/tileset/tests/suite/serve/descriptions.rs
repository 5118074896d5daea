//! What describes a map: TileJSON, the style, and the list of all.

use cellier_sdk::testkit::{FakeArtefact, FakeVersion};
use cellier_sdk::{Failure, Hold};
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::database::Database;
use crate::serve::shelf::{Map, body_json, fixture, header, request, revision, with_header};

const BASE: &str = "https://registry.example.com/tiles";

/// What TileJSON 3.0 demands, and what every client looks for.
#[track_caller]
fn assert_valid(tilejson: &Value) {
    assert_eq!(tilejson["tilejson"], "3.0.0");
    let tiles = tilejson["tiles"].as_array().unwrap();
    assert!(!tiles.is_empty());
    for url in tiles {
        let url = url.as_str().unwrap();
        assert!(url.starts_with("https://"), "{url}");
        for part in ["{z}", "{x}", "{y}"] {
            assert_eq!(url.matches(part).count(), 1, "{url}");
        }
    }
    let number = |value: &Value| value.as_f64().unwrap();
    let [first, last] = ["minzoom", "maxzoom"].map(|key| tilejson[key].as_u64().unwrap());
    assert!(first <= last && last <= 30);
    let bounds: Vec<_> = tilejson["bounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect();
    let [west, south, east, north] = bounds[..] else {
        panic!("{bounds:?}");
    };
    assert!(-180.0 <= west && west < east && east <= 180.0, "{bounds:?}");
    assert!(
        -90.0 <= south && south < north && north <= 90.0,
        "{bounds:?}"
    );
    let center: Vec<_> = tilejson["center"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect();
    let [longitude, latitude, zoom] = center[..] else {
        panic!("{center:?}");
    };
    assert!((west..=east).contains(&longitude) && (south..=north).contains(&latitude));
    assert!(zoom >= number(&json!(first)) && zoom <= number(&json!(last)));
    assert_eq!(tilejson["scheme"], "xyz");
    let version = tilejson["version"].as_str().unwrap();
    let numbers: Result<Vec<u64>, _> = version.split('.').map(str::parse).collect();
    assert_eq!(numbers.unwrap().len(), 3, "{version}");
    let is_vector = ["pbf", "mlt"].contains(&tilejson["format"].as_str().unwrap());
    assert_eq!(tilejson["vector_layers"].is_array(), is_vector);
    for layer in tilejson["vector_layers"].as_array().into_iter().flatten() {
        assert!(layer["id"].is_string());
        let fields = layer["fields"].as_object().unwrap();
        assert!(fields.values().all(Value::is_string));
    }
    assert!(tilejson["name"].is_string());
}

#[test]
fn the_tilejson_of_every_good_fixture_is_valid() {
    for path in [
        "derived/bounds-out-of-range.mbtiles",
        "derived/json-invalid.mbtiles",
        "derived/metadata-value-xss.mbtiles",
        "derived/no-format.mbtiles",
        "derived/no-zooms.mbtiles",
        "derived/raw-tiles.mbtiles",
        "generated/gdal_jpeg.mbtiles",
        "generated/gdal_png.pmtiles",
        "generated/rio.mbtiles",
        "generated/tippecanoe_countries_z0-5.mbtiles",
        "generated/tippecanoe_countries_z0-5.pmtiles",
        "mbtileserver/geography-class-webp.mbtiles",
        "mbtileserver/world_cities.mbtiles",
        "pmtiles/png.pmtiles",
        "pmtiles/test_fixture_1.pmtiles",
    ] {
        let tilejson = Map::terrain(&fixture(path)).json("terrain");
        assert_valid(&tilejson);
        let shown = tilejson.to_string();
        assert!(
            !shown.contains("<script") && !shown.contains("/tmp"),
            "{path}: {shown}"
        );
    }
}

#[test]
fn a_vector_tileset_is_described_in_full() {
    let bytes = fixture("generated/tippecanoe_countries_z0-5.mbtiles");
    let countries = FakeArtefact::new("countries")
        .title("fr", "Pays")
        .title("en", "Countries of the world")
        .version(revision("7", &bytes));
    let map = Map::of([countries]);
    let mut tilejson = map.json("countries");
    assert_valid(&tilejson);
    let sha256 = tilejson["cellier"]["sha256"].take();
    assert_eq!(sha256.as_str().unwrap().len(), 64);
    assert_eq!(
        tilejson,
        json!({
            "tilejson": "3.0.0",
            "name": "Countries of the world",
            "title": {"en": "Countries of the world", "fr": "Pays"},
            "description": "Countries",
            "version": "2.0.0",
            "tiles": [format!("{BASE}/countries@7/{{z}}/{{x}}/{{y}}.pbf")],
            "scheme": "xyz",
            "format": "pbf",
            "minzoom": 0,
            "maxzoom": 5,
            "bounds": [-180.0, -85.051_129, 180.0, 83.634_101],
            "center": [-73.125, -52.349_536, 5],
            "vector_layers": [
                {"id": "countries", "minzoom": 0, "maxzoom": 5, "fields": {"name": "String"}},
            ],
            "type": "overlay",
            "generator": "tippecanoe v2.72.0",
            "cellier": {
                "name": "countries",
                "revision": "7",
                "publishedAt": "2026-01-02T03:04:05Z",
                "tileCount": 1005,
                "size": bytes.len(),
                "sha256": null,
                "style": format!("{BASE}/countries@7/style.json"),
                "stats": format!("{BASE}/countries@7/stats"),
                "archive": format!("{BASE}/countries@7/archive.mbtiles"),
            },
        })
    );
    for url in ["style", "stats", "archive"] {
        let url = tilejson["cellier"][url].as_str().unwrap();
        let path = url.strip_prefix(BASE).unwrap();
        assert_eq!(map.get(path).unwrap().status, 200, "{url}");
    }
}

#[test]
fn the_name_is_in_the_language_of_the_client() {
    let terrain = FakeArtefact::new("terrain")
        .title("fr", "Relief")
        .title("en", "Terrain")
        .version(revision("1", &Archive::vector().bytes()));
    let map = Map::of([terrain]);
    for (accept, expected) in [("fr-CA, en;q=0.8", "Relief"), ("ja", "Terrain")] {
        let asked = with_header("terrain", "accept-language", accept);
        let response = map.ask(&asked).unwrap();
        assert_eq!(header(&response, "vary"), Some("accept-language"));
        assert_eq!(response.hold, Hold::UntilArtefactChanges);
        let tilejson = body_json(&response);
        assert_eq!(tilejson["name"], expected);
        assert_eq!(tilejson["title"], json!({"en": "Terrain", "fr": "Relief"}));
        let mut list = request("");
        list.headers.clone_from(&asked.headers);
        assert_eq!(map.json_of(&list)["results"][0]["title"], expected);
    }
}

#[test]
fn a_tileset_without_a_title_is_called_what_it_calls_itself() {
    let map = Map::terrain(&Archive::vector().bytes());
    assert_eq!(map.json("terrain")["name"], "Roads");
    let nameless = Map::terrain(&Archive::raster().bytes());
    assert_eq!(nameless.json("terrain")["name"], "terrain");
}

#[test]
fn images_tell_how_large_they_are_and_elevations_how_they_are_written() {
    let png = Map::terrain(&Archive::raster().bytes()).json("terrain");
    assert_eq!(
        (&png["tileSize"], &png["format"]),
        (&json!(512), &json!("png"))
    );
    assert!(png.get("encoding").is_none() && png.get("vector_layers").is_none());
    let elevations = Database::raster().with("encoding", "terrarium").bytes();
    let map = Map::terrain(&elevations);
    let tilejson = map.json("terrain");
    assert_eq!(tilejson["encoding"], "terrarium");
    assert_eq!(tilejson["tileSize"], 256);
    let style = map.json("terrain/style.json");
    assert_eq!(
        style["sources"]["tiles"],
        json!({
            "type": "raster-dem", "url": format!("{BASE}/terrain"),
            "encoding": "terrarium", "tileSize": 256,
        })
    );
    assert_eq!(style["layers"][1]["type"], "hillshade");
}

#[test]
fn bounds_that_are_none_are_those_of_the_world() {
    let nowhere = Archive {
        bounds: [0, 0, 0, 0],
        ..Archive::vector()
    };
    let tilejson = Map::terrain(&nowhere.bytes()).json("terrain");
    assert_valid(&tilejson);
    assert_eq!(tilejson["bounds"][2], 180.0);
}

#[test]
fn attributions_keep_their_links_and_nothing_that_runs() {
    let html = "<a href='https://example.org'>us</a><script>alert(1)</script>";
    let map = Map::terrain(&Database::vector().with("attribution", html).bytes());
    let attribution = map.json("terrain")["attribution"].clone();
    let attribution = attribution.as_str().unwrap();
    assert!(attribution.contains("https://example.org"), "{attribution}");
    assert!(!attribution.contains("script"), "{attribution}");
}

#[test]
fn the_style_draws_every_layer_as_areas_lines_and_points() {
    let layers = r#"{"vector_layers":[{"id":"roads","fields":{}},{"id":"water","fields":{}},
                     {"id":"roads","fields":{}}]}"#;
    let map = Map::terrain(&Database::vector().set("json", layers).bytes());
    let style = map.json("terrain@1/style.json");
    assert_eq!(style["version"], 8);
    let source = json!({"type": "vector", "url": format!("{BASE}/terrain@1")});
    assert_eq!(style["sources"], json!({ "tiles": source }));
    let drawn: Vec<_> = style["layers"].as_array().unwrap().iter().collect();
    let ids: Vec<_> = drawn
        .iter()
        .map(|layer| layer["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "background",
            "roads-area",
            "water-area",
            "roads-line",
            "water-line",
            "roads-point",
            "water-point"
        ]
    );
    for layer in &drawn[1..] {
        let id = layer["id"].as_str().unwrap();
        assert!(id.starts_with(layer["source-layer"].as_str().unwrap()));
        assert_eq!(layer["source"], "tiles");
    }
    let shown = style.to_string();
    for elsewhere in ["glyphs", "sprite", "text-field"] {
        assert!(!shown.contains(elsewhere), "{shown}");
    }
    assert_eq!(
        (&style["center"][0], &style["zoom"]),
        (&json!(0.0), &json!(0.0))
    );
}

#[test]
fn the_style_of_images_shows_them_and_opens_where_there_are_some() {
    let map = Map::terrain(&fixture("generated/gdal_png.mbtiles"));
    let (tilejson, style) = (map.json("terrain"), map.json("terrain/style.json"));
    assert_eq!(
        style["layers"][1],
        json!({"id": "images", "type": "raster", "source": "tiles"})
    );
    assert_eq!(style["sources"]["tiles"]["tileSize"], tilejson["tileSize"]);
    let opens = [&style["center"][0], &style["center"][1], &style["zoom"]];
    let stated = [&tilejson["center"][0], &tilejson["center"][1], &json!(5.0)];
    assert_eq!(opens, stated, "all tiles are of zoom 6, and of 256 pixels");
    let cities = Map::terrain(&fixture("mbtileserver/world_cities.mbtiles"));
    let (tilejson, style) = (cities.json("terrain"), cities.json("terrain/style.json"));
    let side = |index: usize| tilejson["bounds"][index].as_f64().unwrap();
    let middle = f64::midpoint(side(0), side(2));
    assert_eq!(
        (&style["center"][0], &style["zoom"]),
        (&json!(middle), &json!(0.2))
    );
}

#[test]
fn the_list_tells_what_there_is_page_by_page() {
    let artefact =
        |name| FakeArtefact::new(name).version(revision("1", &Archive::raster().bytes()));
    let yanked = FakeVersion::new("1").yanked();
    let map = Map::of([
        artefact("c"),
        artefact("a.b").title("en", "Alpha"),
        FakeArtefact::new("b").version(yanked),
    ]);
    let list = map.json("?limit=2");
    assert_eq!(
        list["results"],
        json!([
            {
                "name": "a.b", "title": "Alpha", "url": format!("{BASE}/a.b"), "revision": "1",
                "tileType": "png", "minzoom": 0, "maxzoom": 1,
                "bounds": [-180.0, -85.051_128_7, 180.0, 85.051_128_7],
            },
            {"name": "b", "url": format!("{BASE}/b")},
        ])
    );
    let next = list["next"].as_str().unwrap();
    assert_eq!(next, format!("{BASE}?after=b&limit=2"));
    let rest = map.json(next.strip_prefix(BASE).unwrap());
    assert_eq!(rest["results"][0]["name"], "c");
    assert!(rest.get("next").is_none());
    let response = map.get("").unwrap();
    assert_eq!(response.hold, Hold::UntilFormatChanges);
    for limit in ["0", "101", "x", "-1"] {
        let refused = map.get(&format!("?limit={limit}"));
        assert!(matches!(refused, Err(Failure::BadRequest(_))), "{limit}");
    }
}

#[test]
fn nothing_is_told_of_what_nobody_may_see_or_of_what_is_none() {
    let map = Map::of([
        FakeArtefact::new("empty"),
        FakeArtefact::new("odd").version(
            FakeVersion::new("1")
                .file("odd", "text/plain", "odd")
                .metadata("kind", "mbtiles"),
        ),
    ]);
    for name in ["nowhere", "empty", "odd"] {
        for path in ["", "/style.json", "/stats", "/archive", "/0/0/0"] {
            let answer = map.get(&format!("{name}{path}"));
            assert!(
                matches!(answer, Err(Failure::NotFound)),
                "{name}{path}: {answer:?}"
            );
        }
    }
}
