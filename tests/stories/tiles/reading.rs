//! What clients ask for, one after the other.

use cellier_tests::{Shell, tileset};
use serde_json::json;

use super::{COUNTRIES, make_public, open_server, publish};

#[tokio::test]
async fn a_tileset_becomes_a_map_when_it_is_published_and_a_new_one_when_it_is_published_again() {
    let server = open_server().await;
    publish(&server, "countries", &format!("{COUNTRIES}.mbtiles")).await;
    make_public(&server, "countries").await;
    let anybody = server.anonymous();

    let first = anybody.get_json("/tiles/countries").await;
    let pattern = |revision: u8| {
        let url = server.url();
        format!("{url}/tiles/countries@{revision}/{{z}}/{{x}}/{{y}}.pbf")
    };
    assert_eq!(first["tiles"], json!([pattern(1)]));
    assert_eq!(first["vector_layers"][0]["id"], "countries");
    let tile = anybody.get("/tiles/countries@1/0/0/0.pbf").await;
    assert_eq!(
        tile.assert_ok().header("content-type"),
        "application/vnd.mapbox-vector-tile"
    );
    assert!(tile.header("cache-control").contains("immutable"));

    publish(&server, "countries", &format!("{COUNTRIES}.pmtiles")).await;
    let second = anybody.get_json("/tiles/countries").await;
    assert_eq!(second["tiles"], json!([pattern(2)]));
    for path in ["countries@1/5/16/10", "countries@2/5/16/10"] {
        anybody.get(&format!("/tiles/{path}")).await.assert_ok();
    }
    let floating = anybody.get("/tiles/countries/5/16/10").await;
    let cache_control = floating.assert_ok().header("cache-control");
    assert!(cache_control.contains("no-cache"), "{cache_control}");

    let list = anybody.get_json("/tiles").await;
    assert_eq!(list["results"][0]["revision"], "2");
    let stats = anybody.get_json("/tiles/countries/stats").await;
    assert_eq!(stats["count"], 1005);
    let style = anybody.get_json("/tiles/countries/style.json").await;
    let source = format!("{}/tiles/countries", server.url());
    assert_eq!(style["sources"]["tiles"]["url"], source);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_a_few_words() {
    let server = open_server().await;
    publish(&server, "countries", &format!("{COUNTRIES}.mbtiles")).await;
    publish(&server, "image", "generated/gdal_png.mbtiles").await;
    let admin = server.admin();
    for (path, status, code) in [
        ("countries/6/0/0", 404, "zoom_out_of_range"),
        ("countries/1/2/0", 404, "outside_grid"),
        ("countries/0/0/0.png", 404, "wrong_extension"),
        ("countries/0/0/0@2x.pbf", 404, "not_found"),
        ("countries@9/0/0/0", 404, "not_found"),
        ("nowhere", 404, "not_found"),
        ("countries.json", 404, "not_found"),
    ] {
        let answer = admin.get(&format!("/tiles/{path}")).await;
        answer.assert_status(status);
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        let json = answer.json();
        assert_eq!(json["error"], code, "{path}");
        assert!(json["detail"].is_string(), "{path}");
    }
    let nothing = admin.get("/tiles/countries/5/0/0").await;
    nothing.assert_no_content();
    let head = admin.head("/tiles/countries/0/0/0").await;
    assert_eq!(head.assert_ok().bytes(), b"");
}

#[tokio::test]
async fn the_archive_is_read_by_ranges_as_pmtiles_js_reads_it() {
    let server = open_server().await;
    let fixture = format!("{COUNTRIES}.pmtiles");
    publish(&server, "countries", &fixture).await;
    make_public(&server, "countries").await;
    let job = Shell::new().variable("URL", &server.url());
    let read = job.run(
        r#"
        curl -sf -r 0-126 "$URL/tiles/countries@1/archive.pmtiles" -o header -w '%{http_code} '
        curl -sf "$URL/tiles/countries@1/archive" -o whole -w '%{http_code} %{content_type}'
        "#,
    );
    assert_eq!(read.assert_success(), "206 200 application/vnd.pmtiles");
    let bytes = tileset(&fixture);
    assert!(std::fs::read(job.path("whole")).unwrap() == bytes);
    assert_eq!(std::fs::read(job.path("header")).unwrap(), bytes[..127]);
}
