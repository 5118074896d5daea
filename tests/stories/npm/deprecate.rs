//! Deprecating: who says so, and who is told.

use cellier_tests::{Package, TestServer};

use super::{NPM, PNPM, YARN, author, packument, project};

#[tokio::test]
async fn what_one_client_deprecates_all_are_told_of_until_it_is_lifted() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("lib", &Package::new("@acme/widget", "1.0.0"));
    author.run("cd lib; npm publish").assert_success();
    let admin = server.admin();
    let commands = [
        (
            "npm deprecate @acme/widget@1.0.0 'take the gadget'",
            "npm undeprecate @acme/widget@1.0.0",
        ),
        (
            "pnpm deprecate @acme/widget@1.0.0 'take the gadget'",
            "pnpm undeprecate @acme/widget@1.0.0",
        ),
    ];
    for (deprecate, lift) in commands {
        author.run(deprecate).assert_success();
        let told = packument(&admin, "@acme/widget").await;
        assert_eq!(
            told["versions"]["1.0.0"]["deprecated"], "take the gadget",
            "{deprecate}"
        );
        author.run(lift).assert_success();
        let told = packument(&admin, "@acme/widget").await;
        assert!(
            told["versions"]["1.0.0"].get("deprecated").is_none(),
            "{lift}: {told}"
        );
    }
    author
        .run("npm deprecate '@acme/widget@<2' 'take the gadget'")
        .assert_success();
    // berry and bun say nothing of deprecated packages when they install, whatever the registry.
    for client in [NPM, PNPM, YARN] {
        let app = project(&server, &[("@acme/widget", "1.0.0")]).await;
        let installed = app.run(&format!("cd app; {}", client.install));
        installed.assert_success();
        let told = format!("{}{}", installed.stdout, installed.stderr);
        assert!(
            told.contains("take the gadget") || told.contains("deprecated"),
            "{client:?}: {told}"
        );
    }
}

#[tokio::test]
async fn a_version_that_was_yanked_appears_deprecated_and_is_not_picked() {
    let server = TestServer::start().await;
    let mut author = author(&server).await;
    for version in ["1.0.0", "1.1.0"] {
        author = author.package("lib", &Package::new("widget", version));
        author.run("cd lib; npm publish").assert_success();
    }
    let yanked = server
        .admin()
        .post("artefacts/npm/widget/versions/1.1.0/yank")
        .await;
    assert!(yanked.status() < 300, "{}", yanked.text());
    let app = project(&server, &[("widget", "^1.0.0")]).await;
    let shown = app.run("cd app; npm install >/dev/null; node -p \"require('widget')\"");
    assert_eq!(shown.assert_success(), "1.0.0");
    let exact = app.run("cd app; npm install widget@1.1.0; node -p \"require('widget')\"");
    assert!(exact.assert_success().ends_with("1.1.0"), "{exact:?}");
    assert!(exact.stderr.contains("deprecated"), "{exact:?}");
}
