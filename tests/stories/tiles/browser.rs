//! A map in a real browser.

use std::path::Path;

use cellier_tests::{Shell, build_folder};

use super::{COUNTRIES, make_public, open_server, publish};

/// MapLibre in a headless Chromium shows the generated style of a tileset; a picture of what it shows instead is kept in
/// the folder of the build when it does not.
#[tokio::test]
async fn maplibre_shows_a_map_in_a_browser() {
    let server = open_server().await;
    publish(&server, "countries", &format!("{COUNTRIES}.mbtiles")).await;
    publish(&server, "image", "generated/gdal_png.pmtiles").await;
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let job = Shell::new()
        .variable("WORKSPACE", &workspace.display().to_string())
        .variable("BUILD", &build_folder().display().to_string())
        .variable("URL", &server.url());
    make_public(&server, "countries").await;
    make_public(&server, "image").await;
    for (page, name, features) in [
        ("", "countries", true),
        ("", "image", false),
        // A page of another origin, as other people's pages are.
        ("PAGE=http://maps.example ", "countries", true),
    ] {
        let script = format!("{page}node \"$WORKSPACE/tests/browser/map.mjs\" \"$URL\" {name}");
        let shown = job.run(&script);
        let told: serde_json::Value = serde_json::from_str(shown.assert_success()).unwrap();
        assert_eq!(told["errors"], serde_json::json!([]), "{told}");
        assert_eq!(told["features"].as_u64().unwrap() > 0, features, "{told}");
        assert!(told["painted"].as_f64().unwrap() > 0.1, "{told}");
    }
}
