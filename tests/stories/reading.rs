//! Reading: artefacts by name, versions by selector.

use cellier_tests::{Package, TestServer, Upload, both_databases, encoded};
use futures_util::{StreamExt as _, stream};
use serde_json::json;

/// A file of some words.
fn words(text: &str) -> Upload {
    Upload::new("notes.txt", text)
}

/// Makes an artefact visible for everybody.
async fn make_public(server: &TestServer, artefact: &str) {
    let path = format!("artefacts/{artefact}");
    let edited = server.admin().patch(&path, &json!({"public": true})).await;
    edited.assert_ok();
}

/// Publishes these versions of a package.
async fn publish_versions(server: &TestServer, name: &str, versions: &[&str]) {
    for version in versions {
        let package = Package::new(name, version);
        server
            .admin()
            .publish_package(&package)
            .await
            .assert_created();
    }
}

#[tokio::test]
async fn a_name_alone_means_the_oldest_artefact_of_it_that_the_caller_may_see() {
    for server in both_databases().await {
        let admin = server.admin();
        admin
            .publish_file("map", &words("x"))
            .await
            .assert_created();
        publish_versions(&server, "map", &["1.0.0", "2.0.0"]).await;
        make_public(&server, "npm/map").await;

        assert_eq!(admin.get_json("artefacts/map").await["format"], "file");
        let anyone = server.anonymous();
        assert_eq!(anyone.get_json("artefacts/map").await["format"], "npm");
        let narrowed = anyone.get_json("artefacts/map@1").await;
        let versions = narrowed["versions"].as_array().unwrap();
        assert_eq!(versions.len(), 1, "{narrowed}");
        assert_eq!(versions[0]["version"], "1.0.0");
        let by_key = server.read_key("r").allowed_format("npm").create().await;
        let fetched = by_key.get("artefacts/map@1/download").await;
        assert_eq!(
            fetched.assert_ok().bytes(),
            Package::new("map", "1.0.0").tarball()
        );
    }
}

#[tokio::test]
async fn the_selector_of_a_scoped_name_stands_behind_its_last_at() {
    let server = TestServer::start().await;
    publish_versions(&server, "@acme/widget", &["1.0.0", "1.4.0", "2.0.0"]).await;
    let admin = server.admin();
    for (path, version) in [
        ("artefacts/@acme%2Fwidget%401", "1.4.0"),
        ("artefacts/%40acme%2fwidget@1.0.0", "1.0.0"),
        ("artefacts/npm/@acme%2Fwidget@latest", "2.0.0"),
        ("artefacts/npm/@acme%2Fwidget%40%5E1.0", "1.4.0"),
    ] {
        let artefact = admin.get_json(path).await;
        assert_eq!(artefact["name"], "@acme/widget");
        assert_eq!(artefact["versions"][0]["version"], version, "{path}");
    }
    let refused = admin.get("artefacts/@acme%2Fwidget@1.2.3.4").await;
    refused.assert_problem(400, "bad_selector");
    let nothing = admin.get("artefacts/@acme%2Fwidget@3").await;
    nothing.assert_problem(404, "not_found");
}

#[tokio::test]
async fn every_selector_finds_the_version_that_it_says() {
    for server in both_databases().await {
        let admin = server.admin();
        let versions = [
            "1.2.3",
            "1.0.0",
            "1.2.0",
            "1.10.0",
            "1.11.0",
            "2.0.0-beta.1",
            "2.0.0-beta.2",
            "0.9.0",
            "1.0.0+build.7",
        ];
        publish_versions(&server, "widget", &versions).await;
        let artefact = "artefacts/npm/widget";
        let beta = json!({"version": "2.0.0-beta.1"});
        admin
            .put_json(&format!("{artefact}/tags/beta"), &beta)
            .await
            .assert_ok();
        let yank = format!("{artefact}/versions/1.11.0/yank");
        admin.post(&yank).await.assert_no_content();

        for (selector, version) in [
            ("1.2.3", "1.2.3"),
            ("1.0.0+build.7", "1.0.0+build.7"),
            ("2.0.0-beta.2", "2.0.0-beta.2"),
            ("1.11.0", "1.11.0"),
            ("1.2", "1.2.3"),
            ("1", "1.10.0"),
            ("0", "0.9.0"),
            ("latest", "1.10.0"),
            ("beta", "2.0.0-beta.1"),
            ("^1.2", "1.10.0"),
            ("~1.2.0", "1.2.3"),
            ("=1.2.0", "1.2.0"),
            (">=1.0 <1.3", "1.2.3"),
            ("1.x", "1.10.0"),
            ("1.2.*", "1.2.3"),
            ("*", "1.10.0"),
            ("^0.9 || ~1.2", "1.2.3"),
            (">=2.0.0-beta.1", "2.0.0-beta.2"),
        ] {
            let path = format!("{artefact}/versions/{}", encoded(selector));
            let found = admin.get_json(&path).await;
            assert_eq!(found["version"], version, "{selector}");
        }
        for nothing in [
            "3",
            "1.3",
            "9.9.9",
            "2",
            "nightly",
            "^1.11",
            ">5",
            "1.2.4-beta",
        ] {
            let path = format!("{artefact}/versions/{}", encoded(nothing));
            admin.get(&path).await.assert_problem(404, "not_found");
        }
        for nonsense in [
            "1.2.3.4", "v1.2.3", "01", "^", "||", "1.2.3 ||", "a b", "é", "-1", "../1", "latest!",
        ] {
            let path = format!("{artefact}/versions/{}", encoded(nonsense));
            let refused = admin.get(&path).await;
            refused
                .assert_problem(400, "bad_selector")
                .assert_detail("write 1.2.3, 1.2, 1");
        }
    }
}

#[tokio::test]
async fn revisions_are_selected_by_number_or_tag() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for text in ["one", "two", "three"] {
        admin
            .publish_file("notes", &words(text))
            .await
            .assert_created();
    }
    let first = json!({"version": "1"});
    admin
        .put_json("artefacts/file/notes/tags/stable", &first)
        .await
        .assert_ok();
    for (selector, text) in [
        ("1", "one"),
        ("3", "three"),
        ("latest", "three"),
        ("stable", "one"),
    ] {
        let path = format!("artefacts/file/notes/versions/{selector}/download");
        assert_eq!(admin.get(&path).await.assert_ok().text(), text);
    }
    for nonsense in ["0", "01", "1.0", "%5E1", "-1"] {
        let path = format!("artefacts/file/notes/versions/{nonsense}");
        let refused = admin.get(&path).await;
        refused
            .assert_problem(400, "bad_selector")
            .assert_detail("a revision number such as 3");
    }
    for nothing in ["4", "99999999999999999999", "beta"] {
        let path = format!("artefacts/file/notes/versions/{nothing}");
        let refused = admin.get(&path).await;
        assert!([400, 404].contains(&refused.status()), "{}", refused.text());
    }
}

#[tokio::test]
async fn versions_are_paged_newest_first_in_the_order_of_their_format() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let versions: Vec<_> = (0..45).map(|minor| format!("1.{minor}.0")).collect();
    let publish = async |version: &String| {
        let published = admin
            .publish_package(&Package::new("widget", version))
            .await;
        published.assert_created();
    };
    stream::iter(&versions)
        .for_each_concurrent(8, publish)
        .await;

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin
            .get_json(&format!("artefacts/npm/widget/versions?{cursor}"))
            .await;
        let results = page["results"].as_array().unwrap();
        seen.extend(
            results
                .iter()
                .map(|one| one["version"].as_str().unwrap().to_owned()),
        );
        assert_eq!(
            results[0].get("metadata"),
            None,
            "lists leave the metadata out"
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("cursor={next}"),
            None => break,
        }
    }
    let newest_first: Vec<_> = versions.iter().rev().cloned().collect();
    assert_eq!(seen, newest_first);
    let artefact = admin.get_json("artefacts/widget").await;
    assert_eq!(artefact["versions"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let server = TestServer::start().await;
    let admin = server.admin();
    publish_versions(&server, "widget", &["1.0.0"]).await;
    make_public(&server, "npm/widget").await;
    for path in [
        "artefacts",
        "artefacts/npm/widget",
        "artefacts/npm/widget@1",
        "artefacts/npm/widget/tags",
        "artefacts/npm/widget/versions",
        "artefacts/npm/widget/versions/latest",
        "formats/npm",
    ] {
        let first = admin.get(path).await;
        let etag = first.assert_ok().header("etag").to_owned();
        assert_eq!(first.header("cache-control"), "private, no-cache");
        let again = admin.get_with(path, "if-none-match", &etag).await;
        again.assert_status(304);
        assert_eq!(again.header("etag"), etag);
        assert_eq!(again.bytes(), b"");
    }
    let path = "artefacts/npm/widget";
    let of_admin = admin.get(path).await.header("etag").to_owned();
    let of_stranger = server
        .anonymous()
        .get_with(path, "if-none-match", &of_admin)
        .await;
    of_stranger.assert_ok();
    publish_versions(&server, "widget", &["1.1.0"]).await;
    admin
        .get_with(path, "if-none-match", &of_admin)
        .await
        .assert_ok();
}
