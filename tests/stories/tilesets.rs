//! Tilesets: what a publisher is told about one, and what becomes of what is none.

use cellier_tests::{Setup, TestServer, Upload, tileset};

/// A fixture as a form, under a file name of its own.
fn form(file_name: &str, fixture: &str) -> Upload {
    Upload::new(file_name, tileset(fixture))
}

#[tokio::test]
async fn a_tileset_is_published_by_its_category_and_tells_what_is_in_it() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci")
        .allowed_category("tileset")
        .create()
        .await;
    let upload = form(
        "countries.mbtiles",
        "generated/tippecanoe_countries_z0-5.mbtiles",
    )
    .text("category", "tileset")
    .text("title", r#"{"fr":"Pays"}"#);
    let published = ci.publish_file("countries", &upload).await;
    assert_eq!(published.assert_created().finding_codes(), ["MB072"]);

    let version = ci
        .get_json("artefacts/tileset/countries/versions/latest")
        .await;
    assert_eq!(version["version"], "1");
    assert_eq!(version["mediaType"], "application/vnd.sqlite3");
    assert_eq!(version["metadata"]["tileType"], "mvt");
    assert_eq!(version["metadata"]["maxzoom"], 5);
    assert_eq!(version["metadata"]["vectorLayers"][0]["id"], "countries");
    assert!(!version.to_string().contains("/tmp/"), "{version}");

    let again = ci.publish_file("countries", &upload).await;
    again.assert_ok();
}

#[tokio::test]
async fn a_tileset_that_nobody_can_use_is_refused_with_everything_that_is_wrong() {
    let server = TestServer::start().await;
    let upload = form("terrain.mbtiles", "derived/mixed-formats.mbtiles");
    let refused = server.admin().publish_file("terrain", &upload).await;
    refused.assert_problem(422, "refused");
    assert_eq!(
        refused.finding_codes(),
        ["MB023", "MB014", "MB053", "MB015"]
    );
    let problem = refused.json();
    for finding in problem["findings"].as_array().unwrap() {
        assert!(finding["fix"].is_string(), "{finding}");
    }
    server
        .admin()
        .get("artefacts/tileset/terrain")
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_database_that_would_never_end_is_refused_and_the_server_goes_on() {
    let server = TestServer::start().await;
    let upload = form("bomb.mbtiles", "derived/view-recursive-bomb.mbtiles");
    let refused = server.admin().publish_file("bomb", &upload).await;
    assert_eq!(refused.assert_status(422).finding_codes(), ["MB006"]);
    let upload = form("cities.mbtiles", "mbtileserver/world_cities.mbtiles");
    let published = server.admin().publish_file("cities", &upload).await;
    published.assert_created();
}

#[tokio::test]
async fn a_database_that_is_no_tileset_is_a_file_unless_somebody_says_tileset() {
    let server = TestServer::start().await;
    let notes = form("notes.sqlite", "mbtileserver/invalid.mbtiles");
    let published = server.admin().publish_file("notes", &notes).await;
    assert_eq!(
        published.assert_created().json()["artefact"]["format"],
        "file"
    );
    let said = notes.text("category", "tileset");
    let refused = server.admin().publish_file("terrain", &said).await;
    assert_eq!(refused.assert_status(422).finding_codes(), ["MB005"]);
}

#[tokio::test]
async fn an_operator_may_ask_for_strictness() {
    let server = Setup::new()
        .set("formats.tileset.strict", "true")
        .start()
        .await;
    let upload = form("terrain.mbtiles", "derived/no-format.mbtiles");
    let refused = server.admin().publish_file("terrain", &upload).await;
    assert_eq!(refused.assert_status(422).finding_codes(), ["MB011"]);
}
