//! The shortest way through everything: a key, a package or a tileset, and back.

use cellier_tests::{Shell, TestServer, sha256_hex, tileset};

/// What a project of npm looks like.
const MANIFEST: &str = r#"{
  "name": "@acme/widget",
  "version": "1.2.3",
  "description": "A widget",
  "license": "MIT",
  "main": "index.js"
}"#;

#[tokio::test]
async fn a_package_that_npm_packed_is_published_by_curl_and_comes_back_with_the_same_digest() {
    let server = TestServer::start().await;
    let made = server.run(&[
        "key",
        "create",
        "--name",
        "ci-widget",
        "--type",
        "upload",
        "--allowed-name",
        "@acme/*",
    ]);
    let key = made.assert_success().to_owned();

    let job = Shell::new()
        .variable("REGISTRY_URL", &server.url())
        .variable("REGISTRY_API_KEY", &key)
        .file("package.json", MANIFEST)
        .file("index.js", "module.exports = 'widget'\n");
    let published = job.run(
        r#"
        npm pack --silent
        TARBALL=$(ls *.tgz)
        PACKAGE_NAME=$(node -p "require('./package.json').name")
        ENCODED_NAME=$(node -p "encodeURIComponent('${PACKAGE_NAME}')")
        curl -sf -X POST \
          "${REGISTRY_URL}/api/v1/artefacts/${ENCODED_NAME}/versions" \
          -H "x-api-key: ${REGISTRY_API_KEY}" \
          -F "file=@${TARBALL}" \
          -o answer.json -w '%{http_code}'
        "#,
    );
    assert!(
        published.assert_success().ends_with("201"),
        "{}",
        published.stdout
    );

    let packed = std::fs::read(job.path("acme-widget-1.2.3.tgz")).unwrap();
    let answer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(job.path("answer.json")).unwrap()).unwrap();
    assert_eq!(answer["version"]["sha256"], sha256_hex(&packed));
    assert_eq!(answer["artefact"]["format"], "npm");
    assert_eq!(answer["artefact"]["latest"], "1.2.3");

    let ci = server.with_key(Some(&key));
    let fetched = ci
        .get("artefacts/npm/@acme%2Fwidget/versions/latest/download")
        .await;
    assert_eq!(sha256_hex(fetched.assert_ok().bytes()), sha256_hex(&packed));
}

#[tokio::test]
async fn a_tileset_is_published_by_curl_with_its_category_and_two_titles_and_comes_back_with_the_same_digest()
 {
    let server = TestServer::start().await;
    let made = server.run(&[
        "key",
        "create",
        "--name",
        "ci-terrain",
        "--type",
        "upload",
        "--allowed-category",
        "tileset",
    ]);
    let key = made.assert_success().to_owned();

    let terrain = tileset("generated/tippecanoe_countries_z0-5.mbtiles");
    let job = Shell::new()
        .variable("REGISTRY_URL", &server.url())
        .variable("REGISTRY_API_KEY", &key)
        .file("output/terrain.mbtiles", terrain.clone());
    let published = job.run(
        r#"
        curl -sf -X POST \
          "${REGISTRY_URL}/api/v1/artefacts/file/my-tileset" \
          -H "x-api-key: ${REGISTRY_API_KEY}" \
          -F "file=@output/terrain.mbtiles" \
          -F "category=tileset" \
          -F 'title={"fr":"Relief","en":"Terrain"}' \
          -o answer.json -w '%{http_code}'
        "#,
    );
    assert!(
        published.assert_success().ends_with("201"),
        "{}",
        published.stdout
    );

    let answer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(job.path("answer.json")).unwrap()).unwrap();
    assert_eq!(answer["version"]["sha256"], sha256_hex(&terrain));
    assert_eq!(answer["artefact"]["format"], "tileset");
    assert_eq!(answer["artefact"]["category"], "tileset");

    let ci = server.with_key(Some(&key));
    let shown = ci.get_json("artefacts/tileset/my-tileset").await;
    assert_eq!(
        shown["title"],
        serde_json::json!({"fr": "Relief", "en": "Terrain"})
    );
    let version = ci
        .get_json("artefacts/tileset/my-tileset/versions/latest")
        .await;
    let metadata = &version["metadata"];
    assert_eq!(metadata["tileType"], "mvt", "{version}");
    assert_eq!(metadata["tileCount"], 1005);
    assert_eq!([&metadata["minzoom"], &metadata["maxzoom"]], [0, 5]);
    assert_eq!(metadata["vectorLayers"][0]["id"], "countries");
    let fetched = ci.get("artefacts/tileset/my-tileset/download").await;
    assert_eq!(
        sha256_hex(fetched.assert_ok().bytes()),
        sha256_hex(&terrain)
    );
}
