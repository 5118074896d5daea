//! What is published through the protocol, and read through it.

use cellier_tests::{Setup, TestServer, Upload, both_databases, sha256_hex};
use serde_json::json;

use super::{SPRING, get, post, put};

#[tokio::test]
async fn what_is_published_through_the_protocol_is_read_through_it_and_through_the_api() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let published = put(
            &ci,
            "season/spring/a.echo?tag=best",
            format!("# a note\n{SPRING}"),
        )
        .await;
        assert_eq!(
            published.assert_created().text(),
            "ok season spring published\n"
        );
        let again = put(&ci, "season/spring/a.echo", SPRING).await;
        assert_eq!(
            again.assert_ok().text(),
            "ok season spring was there before\n"
        );

        assert_eq!(
            get(&ci, "").await.assert_ok().text(),
            "ok 1 artefacts\nseason\n"
        );
        assert_eq!(get(&ci, "season").await.text(), "ok 1 versions\nspring\n");
        let version = get(&ci, "season/best").await.assert_ok().json();
        assert_eq!(version["metadata"], json!({"lines": 2, "way": "put"}));
        assert_eq!(version["files"][0]["sha256"], sha256_hex(SPRING.as_bytes()));
        let bytes = get(&ci, "season/best/a.echo").await;
        assert_eq!(bytes.assert_ok().text(), SPRING);

        let version = ci.get_json("artefacts/echo/season/versions/best").await;
        assert_eq!(version["version"], "spring");
        assert_eq!(version["uploadedBy"]["keyName"], "ci");
        let download = ci
            .get("artefacts/echo/season/versions/spring/download")
            .await;
        assert_eq!(download.assert_ok().text(), SPRING);
    }
}

#[tokio::test]
async fn what_is_published_through_the_api_is_read_through_the_protocol() {
    let server = TestServer::start().await;
    let upload = Upload::new("a.echo", SPRING);
    let published = server.admin().publish_file("season", &upload).await;
    assert_eq!(
        published.assert_created().json()["artefact"]["format"],
        "echo"
    );
    assert_eq!(
        get(&server.admin(), "season/latest/a.echo").await.text(),
        SPRING
    );
}

#[tokio::test]
async fn the_newest_version_is_the_one_that_the_format_puts_last() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for (version, place) in [("winter", 1), ("autumn", 12), ("spring", 2)] {
        let file = format!("echo {version} {place}\nx\n");
        put(&admin, &format!("season/{version}/a.echo"), file)
            .await
            .assert_created();
    }
    assert_eq!(
        get(&admin, "season").await.text(),
        "ok 3 versions\nautumn\nspring\nwinter\n"
    );
    let latest = admin.get_json("artefacts/echo/season").await;
    assert_eq!(latest["latest"], "autumn");
}

#[tokio::test]
async fn several_files_of_a_version_come_in_one_body_raw_and_in_base64() {
    for server in both_databases().await {
        let admin = server.admin();
        let bundle = format!(
            "version spring\ntag stable\ntag best\nfile a.echo linux-arm64 raw {} {}\n{SPRING}\n\
             file b.echo - base64 24\nZWNobyBzcHJpbmcgMjAyNgp4\n",
            SPRING.len(),
            sha256_hex(SPRING.as_bytes()),
        );
        let published = post(&admin, "season", bundle).await;
        assert_eq!(
            published.assert_created().text(),
            "ok season spring published\n"
        );
        assert_eq!(get(&admin, "season/stable/a.echo").await.text(), SPRING);
        assert_eq!(
            get(&admin, "season/best/b.echo").await.text(),
            "echo spring 2026\nx"
        );

        let more = put(&admin, "season/spring/c.echo?variant=linux-amd64", SPRING).await;
        more.assert_created();
        let files = get(&admin, "season/spring").await.json()["files"].clone();
        let files: Vec<_> = files
            .as_array()
            .unwrap()
            .iter()
            .map(|file| (&file["name"], &file["variant"]))
            .collect();
        let expected = [
            (&json!("a.echo"), &json!("linux-arm64")),
            (&json!("b.echo"), &json!(null)),
            (&json!("c.echo"), &json!("linux-amd64")),
        ];
        assert_eq!(files, expected);
    }
}

#[tokio::test]
async fn a_post_that_only_reads_needs_no_credential() {
    let server = TestServer::start().await;
    let counted = post(&server.anonymous(), "-/count", "one two three").await;
    assert_eq!(counted.assert_ok().text(), "ok 3 words\n");
}

#[tokio::test]
async fn a_path_at_the_root_reaches_the_format_that_insists_on_it() {
    let server = Setup::new()
        .set("formats.echo.greeting", "salut")
        .start()
        .await;
    let anybody = server.anonymous();
    assert_eq!(
        anybody.get("/-/echo/ping").await.assert_ok().text(),
        "ok salut\n"
    );
    assert_eq!(get(&anybody, "-/echo/ping").await.text(), "ok salut\n");
    let known = anybody.get("/.well-known/echo/seasons").await;
    assert_eq!(known.assert_ok().text(), "ok well known: seasons\n");
    for nowhere in [
        "/-/echo",
        "/-/echo/pingx",
        "/.well-known/echo",
        "/.well-known",
        "/",
    ] {
        anybody.get(nowhere).await.assert_problem(404, "not_found");
    }
}
