//! Tags, as each client sets and reads them.

use cellier_tests::{Package, TestServer};
use serde_json::json;

use super::{BERRY, BUN, Client, NPM, PNPM, YARN, author, packument, project};

#[tokio::test]
async fn a_version_is_published_under_a_tag_and_installed_by_it() {
    let server = TestServer::start().await;
    let author = author(&server).await;
    let author = author
        .package("stable", &Package::new("widget", "1.0.0"))
        .package("beta", &Package::new("widget", "2.0.0-beta.1"));
    author.run("cd stable; npm publish").assert_success();
    // Each publishes the same bytes under a tag of its own; what is published already only gets the tag.
    let publishers: [(&str, Client); 3] = [("pnpm", PNPM), ("bun", BUN), ("berry", BERRY)];
    for (index, (tag, client)) in publishers.into_iter().enumerate() {
        let version = format!("2.0.0-{tag}.{index}");
        let folder = format!(
            "cd beta; npm version --allow-same-version --no-git-tag-version {version} >/dev/null"
        );
        let published = author.run(&format!("{folder}; {} --tag {tag}", client.publish));
        published.assert_success();
    }
    let tags = packument(&server.admin(), "widget").await["dist-tags"].clone();
    let expected = json!({
        "latest": "1.0.0", "pnpm": "2.0.0-pnpm.0", "bun": "2.0.0-bun.1", "berry": "2.0.0-berry.2",
    });
    assert_eq!(tags, expected);
    for (index, client) in [NPM, PNPM, YARN, BERRY, BUN].into_iter().enumerate() {
        let app = project(&server, &[]).await;
        let add = format!(
            "cd app; {} widget@berry; node -p \"require('widget/package.json').version\"",
            client.add
        );
        let added = app.run(&add);
        let shown = added.assert_success().lines().last();
        assert_eq!(shown, Some("2.0.0-berry.2"), "client {index}");
    }
}

#[tokio::test]
async fn every_client_that_can_sets_lists_and_removes_tags() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("lib", &Package::new("@acme/widget", "1.0.0"));
    author.run("cd lib; npm publish").assert_success();
    let commands = [
        (
            "npm dist-tag add @acme/widget@1.0.0",
            "npm dist-tag ls @acme/widget",
            "npm dist-tag rm @acme/widget",
        ),
        (
            "pnpm dist-tag add @acme/widget@1.0.0",
            "pnpm dist-tag ls @acme/widget",
            "pnpm dist-tag rm @acme/widget",
        ),
        (
            "yarn tag add @acme/widget@1.0.0",
            "yarn tag list @acme/widget",
            "yarn tag remove @acme/widget",
        ),
        (
            "berry npm tag add @acme/widget@1.0.0",
            "berry npm tag list @acme/widget",
            "berry npm tag remove @acme/widget",
        ),
    ];
    for (add, list, remove) in commands {
        let script = format!("cd lib; {add} old; {list}; {remove} old; echo ----; {list}");
        let done = author.run(&script);
        let (with, without) = done.assert_success().split_once("----").expect("two lists");
        for word in ["old", "latest"] {
            assert!(with.contains(word), "{add}: {with}");
        }
        assert!(!without.contains("old"), "{remove}: {without}");
    }
    let refused = author.run("npm dist-tag rm @acme/widget latest");
    assert_ne!(refused.code, Some(0), "latest stays: {refused:?}");
    let refused = author.run("npm dist-tag add @acme/widget@9.9.9 old");
    assert_ne!(refused.code, Some(0), "no such version: {refused:?}");
}
