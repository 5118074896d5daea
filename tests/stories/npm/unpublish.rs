//! Taking back what was published.

use cellier_tests::{NpmMachine, Package, TestServer};

use super::{author, packument, path_of, reader};

#[tokio::test]
async fn an_admin_unpublishes_a_version_and_its_tags_fall_back() {
    let server = TestServer::start().await;
    let mut author = author(&server).await;
    for version in ["1.0.0", "1.1.0"] {
        author = author.package("lib", &Package::new("@acme/widget", version));
        author.run("cd lib; npm publish").assert_success();
    }
    let refused = author.run("npm unpublish @acme/widget@1.1.0");
    assert!(
        refused.assert_failure(1).contains("E403"),
        "an upload key does not: {refused:?}"
    );

    let admin = NpmMachine::new(&server).with_token(server.admin().key());
    admin
        .run("npm unpublish @acme/widget@1.1.0")
        .assert_success();
    let left = packument(&server.admin(), "@acme/widget").await;
    assert_eq!(left["dist-tags"]["latest"], "1.0.0", "{left}");
    assert!(left["versions"].get("1.1.0").is_none(), "{left}");
    let gone = server
        .admin()
        .get(&format!("{}/-/widget-1.1.0.tgz", path_of("@acme/widget")))
        .await;
    gone.assert_status(404);

    let again = author.run("cd lib; npm publish");
    assert_ne!(
        again.code,
        Some(0),
        "a version that was unpublished stays taken: {again:?}"
    );
    author
        .package("lib", &Package::new("@acme/widget", "1.1.1"))
        .run("cd lib; npm publish")
        .assert_success();
}

#[tokio::test]
async fn an_admin_unpublishes_a_whole_package() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("lib", &Package::new("widget", "1.0.0"));
    author.run("cd lib; npm publish").assert_success();
    let admin = NpmMachine::new(&server).with_token(server.admin().key());
    admin.run("npm unpublish widget --force").assert_success();
    let refused = reader(&server).await.run("npm view widget");
    assert!(refused.assert_failure(1).contains("E404"), "{refused:?}");
    let again = author.run("cd lib; npm publish");
    assert_ne!(again.code, Some(0), "{again:?}");
}

#[tokio::test]
async fn pnpm_unpublishes_too() {
    let server = TestServer::start().await;
    let mut author = author(&server).await;
    for version in ["1.0.0", "2.0.0"] {
        author = author.package("lib", &Package::new("widget", version));
        author
            .run("cd lib; pnpm publish --no-git-checks")
            .assert_success();
    }
    let admin = NpmMachine::new(&server).with_token(server.admin().key());
    admin.run("pnpm unpublish widget@2.0.0").assert_success();
    let left = packument(&server.admin(), "widget").await;
    assert_eq!(left["dist-tags"]["latest"], "1.0.0", "{left}");
}
