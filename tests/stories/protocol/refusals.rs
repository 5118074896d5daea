//! Refusals, in the words of the protocol.

use cellier_tests::{Setup, TestServer};
use reqwest::Method;

use super::{SPRING, assert_refused, get, post, put, send};

#[tokio::test]
async fn every_refusal_is_worded_in_the_words_of_the_protocol() {
    let server = Setup::new()
        .set("formats.echo.banned", "[\"winter\"]")
        .start()
        .await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();

    let wrong_method = send(&admin, Method::PATCH, "season", "").await;
    assert_refused(&wrong_method, 405, "method_not_allowed");
    assert_eq!(wrong_method.header("allow"), "GET, POST");
    assert_refused(
        &post(&admin, "season", "nonsense").await,
        400,
        "bad_request",
    );
    let empty = put(&admin, "season/summer/a.echo", "# nothing\n").await;
    assert_refused(&empty, 422, "refused");
    assert!(
        empty.text().contains("\nfinding ECHO020: "),
        "{}",
        empty.text()
    );
    let refused = put(
        &admin,
        "season/summer/a.echo",
        "echo summer 2026\nno winter\n",
    )
    .await;
    assert_refused(&refused, 422, "refused");
    assert!(
        refused.text().contains("\nfinding ECHO003: "),
        "{}",
        refused.text()
    );
    let other = put(&admin, "season/summer/a.echo", SPRING).await;
    assert_refused(&other, 422, "version_mismatch");
    let conflict = put(&admin, "season/spring/a.echo", "echo spring 2026\nother\n").await;
    assert_refused(&conflict, 409, "version_exists");
    assert_refused(
        &put(&admin, "se%20ason/spring/a.echo", SPRING).await,
        400,
        "bad_name",
    );
    let owners = post(&admin, "-/changes", "owners season ann").await;
    assert_refused(&owners, 501, "not_implemented");
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused_in_the_words_of_the_protocol() {
    let server = Setup::new()
        .set("formats.echo.upload", "1KiB")
        .start()
        .await;
    let long = format!("{SPRING}{}", "x".repeat(2000));
    let refused = put(&server.admin(), "season/spring/a.echo", long).await;
    assert_refused(&refused, 413, "too_large");
    assert_refused(&get(&server.admin(), "season").await, 404, "not_found");
}

#[tokio::test]
async fn of_a_body_with_one_bad_file_nothing_is_published_and_nothing_stays() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let good = format!("file a.echo - raw {}\n{SPRING}\n", SPRING.len());
    for (bad, status, code) in [
        (
            "file b.echo - base64 8\n%%%%%%%%\n".to_owned(),
            400,
            "bad_base64",
        ),
        (
            "file b.echo - base64 7\nZWNobyB\n".to_owned(),
            400,
            "bad_base64",
        ),
        ("file b.echo - raw 6\nnobody\n".to_owned(), 422, "refused"),
        (
            format!("file b.echo - raw 6 {}\nnobody\n", "0".repeat(64)),
            422,
            "integrity_mismatch",
        ),
        (
            "file b.echo - raw 14\necho summer 1\n\n".to_owned(),
            422,
            "version_mismatch",
        ),
        (
            format!("file b.echo bad/one raw {}\n{SPRING}\n", SPRING.len()),
            400,
            "bad_text",
        ),
    ] {
        let refused = post(&admin, "season", format!("{good}{bad}")).await;
        assert_refused(&refused, status, code);
        assert_refused(&get(&admin, "season").await, 404, "not_found");
    }
    assert_eq!(
        server.files_below("blobs"),
        [""; 0],
        "neither blobs nor staged files"
    );
}
