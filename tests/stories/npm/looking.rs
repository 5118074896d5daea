//! Looking for packages, and at them.

use cellier_tests::{NpmMachine, Package, TestServer};
use serde_json::{Value, json};

use super::{author, project, reader};

fn json_of(outcome: &cellier_tests::Outcome) -> Value {
    serde_json::from_str(outcome.assert_success()).expect("JSON")
}

#[tokio::test]
async fn every_client_shows_what_is_known_of_a_package() {
    let server = TestServer::start().await;
    let widget = Package::new("@acme/widget", "1.0.0")
        .manifest("keywords", json!(["maps"]))
        .manifest("dependencies", json!({"gadget": "^2.0.0"}))
        .manifest("bin", json!({"widget": "index.js"}));
    let author = author(&server).await.package("lib", &widget);
    author.run("cd lib; npm publish").assert_success();
    let reader = reader(&server).await.project("app", &[]);
    let viewed = json_of(&reader.run("npm view @acme/widget --json"));
    assert_eq!(viewed["version"], "1.0.0");
    assert_eq!(viewed["dependencies"], json!({"gadget": "^2.0.0"}));
    assert_eq!(viewed["bin"], json!({"widget": "index.js"}));
    assert_eq!(viewed["license"], "MIT");
    assert!(viewed["time"]["1.0.0"].is_string(), "{viewed}");
    assert!(viewed["dist"]["fileCount"].is_number(), "{viewed}");
    let tarball = format!("{}/npm/@acme/widget/-/widget-1.0.0.tgz", server.url());
    assert_eq!(viewed["dist"]["tarball"], tarball);
    let readme = reader.run("npm view @acme/widget readme");
    assert_eq!(readme.assert_success().trim(), "# @acme/widget");
    let one = json_of(&reader.run("npm view @acme/widget@^1 --json name version"));
    assert_eq!(one, json!({"name": "@acme/widget", "version": "1.0.0"}));
    for show in [
        "pnpm view @acme/widget --json",
        "cd app; bun pm view @acme/widget --json",
        "cd app; berry npm info @acme/widget --json",
    ] {
        let shown = json_of(&reader.run(show));
        assert_eq!(shown["name"], "@acme/widget", "{show}");
    }
    let yarn = json_of(&reader.run("npm_config_always_auth=true yarn info @acme/widget --json"));
    assert_eq!(yarn["data"]["name"], "@acme/widget", "{yarn}");
}

#[tokio::test]
async fn search_finds_by_words_and_only_what_one_may_see() {
    let server = TestServer::start().await;
    let mut author = author(&server).await;
    for name in ["terrain-viewer", "@acme/terrain", "gadget"] {
        let package = Package::new(name, "1.0.0").manifest("keywords", json!(["relief"]));
        author = author.package("lib", &package);
        author.run("cd lib; npm publish").assert_success();
    }
    let reader = reader(&server).await;
    let names = |outcome: &cellier_tests::Outcome| {
        let found = json_of(outcome);
        let name = |one: &Value| one["name"].as_str().unwrap_or_default().to_owned();
        let mut names: Vec<_> = found.as_array().expect("a list").iter().map(name).collect();
        names.sort();
        names
    };
    let found = names(&reader.run("npm search terrain --json"));
    assert_eq!(found, ["@acme/terrain", "terrain-viewer"]);
    let pnpm = reader.run("pnpm search terrain");
    let pnpm = pnpm.assert_success();
    assert!(
        pnpm.contains("terrain-viewer") && !pnpm.contains("gadget"),
        "{pnpm}"
    );
    let nothing = names(&NpmMachine::new(&server).run("npm search terrain --json"));
    assert!(nothing.is_empty(), "a stranger finds nothing: {nothing:?}");
}

#[tokio::test]
async fn the_registry_answers_a_ping_and_knows_of_no_vulnerabilities() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("lib", &Package::new("widget", "1.0.0"));
    author.run("cd lib; npm publish").assert_success();
    let app = project(&server, &[("widget", "1.0.0")]).await;
    let pinged = app.run("npm ping 2>&1; pnpm ping 2>&1");
    assert_eq!(
        pinged
            .assert_success()
            .to_lowercase()
            .matches("pong")
            .count(),
        2,
        "{pinged:?}"
    );
    let audited = json_of(&app.run("cd app; npm install >/dev/null; npm audit --json"));
    assert_eq!(
        audited["metadata"]["vulnerabilities"]["total"], 0,
        "{audited}"
    );
    for audit in [
        "pnpm install --no-frozen-lockfile >/dev/null; pnpm audit",
        "bun install 2>/dev/null; bun audit",
    ] {
        app.run(&format!("cd app; {audit}")).assert_success();
    }
    let berry = project(&server, &[("widget", "1.0.0")]).await;
    berry
        .run("cd app; berry install; berry npm audit")
        .assert_success();
}
