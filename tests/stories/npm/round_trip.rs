//! Publish with one client, install with the same, from a registry in which nothing is public.

use cellier_tests::{NpmMachine, Package, TestServer};
use serde_json::json;

use super::{BERRY, BUN, Client, NPM, PNPM, YARN, author, project, reader};

const APP: [(&str, &str); 1] = [("@acme/widget", "^1.0.0")];

/// What the project prints once its packages are there: the version of the scoped one, and of the one that this needs.
const SHOW: &str = r#"node -p "require('@acme/widget')""#;

/// An unscoped package, and a scoped one that needs it.
fn packages(version: &str) -> [(&'static str, Package); 2] {
    let widget = Package::new("@acme/widget", version)
        .file(
            "index.js",
            format!("module.exports = '{version} ' + require('gadget-of-acme')\n"),
        )
        .manifest("dependencies", json!({"gadget-of-acme": "^1.0.0"}));
    [
        ("gadget", Package::new("gadget-of-acme", version)),
        ("widget", widget),
    ]
}

/// Publishes both packages from the machine. What they need is installed where a client insists on it.
async fn publish(client: Client, machine: NpmMachine, version: &str) -> NpmMachine {
    let mut machine = machine;
    for (folder, package) in packages(version) {
        machine = machine.package(folder, &package).file(
            &format!("{folder}/pnpm-workspace.yaml"),
            "minimumReleaseAge: 0\n",
        );
        let script = format!("cd {folder}; {}", client.publish);
        machine.run_beside(&script).await.assert_success();
    }
    machine
}

async fn round_trip(client: Client) {
    let server = TestServer::start().await;
    let author = publish(client, author(&server).await, "1.0.0").await;

    let app = project(&server, &APP).await;
    let install = format!("cd app; {}; {SHOW}", client.install);
    let installed = app.run_beside(&install).await;
    assert_eq!(last_line(installed.assert_success()), "1.0.0 1.0.0");

    publish(client, author, "1.1.0").await;
    let lock = format!("app/{}", client.lock);
    let again = project(&server, &APP).await.file(&lock, app.read(&lock));
    let frozen = format!("cd app; {}; {SHOW}", client.frozen);
    let installed = again.run_beside(&frozen).await;
    assert_eq!(
        last_line(installed.assert_success()),
        "1.0.0 1.0.0",
        "the lock file counts"
    );
    assert_eq!(app.read(&lock), again.read(&lock));

    let newer = project(&server, &APP).await.run_beside(&install).await;
    assert_eq!(last_line(newer.assert_success()), "1.1.0 1.1.0");
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

#[tokio::test]
async fn npm_publishes_and_installs() {
    round_trip(NPM).await;
}

#[tokio::test]
async fn pnpm_publishes_and_installs() {
    round_trip(PNPM).await;
}

#[tokio::test]
async fn yarn_1_publishes_and_installs() {
    round_trip(YARN).await;
}

#[tokio::test]
async fn yarn_berry_publishes_and_installs() {
    round_trip(BERRY).await;
}

#[tokio::test]
async fn bun_publishes_and_installs() {
    round_trip(BUN).await;
}

#[tokio::test]
async fn nobody_replaces_a_version_whatever_the_client() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("first", &Package::new("widget", "1.0.0"))
        .package(
            "other",
            &Package::new("widget", "1.0.0").file("more.js", "\n"),
        );
    author.run("cd first; npm publish").assert_success();
    for client in [NPM, PNPM, YARN, BERRY, BUN] {
        let refused = author.run(&format!("cd other; {}", client.publish));
        assert_ne!(refused.code, Some(0), "{client:?}: {refused:?}");
        let told = format!("{}{}", refused.stdout, refused.stderr);
        assert!(
            told.contains("1.0.0"),
            "{client:?} is told which version: {told}"
        );
    }
    let there = reader(&server)
        .await
        .run("npm pack --silent widget; tar tzf widget-1.0.0.tgz");
    assert!(!there.assert_success().contains("more.js"), "{there:?}");
}

#[tokio::test]
async fn whoever_may_not_see_a_package_is_told_that_there_is_none() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("lib", &Package::new("@acme/widget", "1.0.0"));
    author.run("cd lib; npm publish").assert_success();
    let stranger = NpmMachine::new(&server);
    let refused = stranger.run("npm view @acme/widget");
    let told = refused.assert_failure(1);
    assert!(told.contains("E404") || told.contains("E401"), "{told}");

    let read_only = reader(&server)
        .await
        .package("lib", &Package::new("@acme/widget", "2.0.0"));
    let refused = read_only.run("cd lib; npm publish");
    assert!(refused.assert_failure(1).contains("E403"), "{refused:?}");

    let narrow = server
        .upload_key("other")
        .allowed_name("@other/*")
        .create()
        .await;
    let narrow = NpmMachine::new(&server)
        .with_token(narrow.key())
        .package("lib", &Package::new("@acme/widget", "2.0.0"));
    let refused = narrow.run("cd lib; npm publish");
    assert!(refused.assert_failure(1).contains("E403"), "{refused:?}");
}
