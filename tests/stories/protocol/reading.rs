//! Reads as HTTP has them: conditions, ranges, HEAD, odd paths.

use cellier_tests::{TestServer, raw_request, sha256_hex};

use super::{SPRING, assert_refused, get, put};

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let server = TestServer::start().await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    for path in [
        "/echo/season",
        "/echo/season/spring/a.echo",
        "/echo/nothing",
    ] {
        let with_body = admin.get(path).await;
        let without = admin.head(path).await;
        assert_eq!(without.status(), with_body.status(), "{path}");
        assert_eq!(without.text(), "", "{path}");
        for header in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(
                without.header(header),
                with_body.header(header),
                "{path} {header}"
            );
        }
    }
}

#[tokio::test]
async fn a_blob_has_a_strong_tag_and_is_read_by_range() {
    let server = TestServer::start().await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let path = "/echo/season/spring/a.echo";
    let whole = admin.get(path).await;
    let etag = format!("\"{}\"", sha256_hex(SPRING.as_bytes()));
    assert_eq!(whole.header("etag"), etag);
    assert_eq!(
        whole.header("cache-control"),
        "private, max-age=31536000, immutable"
    );
    let latest = get(&admin, "season/latest/a.echo").await;
    assert_eq!(latest.header("cache-control"), "private, no-cache");

    let known = admin.get_with(path, "if-none-match", &etag).await;
    assert_eq!((known.status(), known.text().as_str()), (304, ""));
    let part = admin.get_with(path, "range", "bytes=5-10").await;
    part.assert_status(206);
    assert_eq!(part.text(), "spring");
    assert_eq!(
        part.header("content-range"),
        format!("bytes 5-10/{}", SPRING.len())
    );
    let outside = admin.get_with(path, "range", "bytes=99-").await;
    assert_refused(&outside, 416, "bad_range");
    assert_eq!(
        outside.header("content-range"),
        format!("bytes */{}", SPRING.len())
    );
}

#[tokio::test]
async fn a_part_of_a_blob_is_a_whole_of_its_own() {
    let server = TestServer::start().await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let path = "/echo/season/spring/a.echo/5-16";
    let part = admin.get(path).await;
    assert_eq!(part.assert_ok().text(), "spring 2026");
    assert_eq!(part.header("content-length"), "11");
    assert_eq!(
        part.header("repr-digest"),
        "",
        "the digest is that of all the bytes"
    );
    let etag = part.header("etag").to_owned();
    assert_ne!(
        etag,
        get(&admin, "season/spring/a.echo").await.header("etag")
    );
    assert_ne!(
        etag,
        get(&admin, "season/spring/a.echo/5-15")
            .await
            .header("etag")
    );

    assert_eq!(
        admin.get_with(path, "if-none-match", &etag).await.status(),
        304
    );
    let end = admin.get_with(path, "range", "bytes=-4").await;
    end.assert_status(206);
    assert_eq!(
        (end.text().as_str(), end.header("content-range")),
        ("2026", "bytes 7-10/11")
    );
    assert_refused(
        &get(&admin, "season/spring/a.echo/5-999").await,
        400,
        "bad_request",
    );
}

#[tokio::test]
async fn a_path_that_no_client_should_send_is_answered_and_nothing_more() {
    let server = TestServer::start().await;
    let ask = |path: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = raw_request(&server, request);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        answer.text
    };
    for path in [
        "/echo/..%2f..%2fetc%2fpasswd",
        "/echo/%2e%2e",
        "/echo/../x",
        "/echo//",
        "/echo/%C3%A9/%F0%9F%97%BA",
    ] {
        let text = ask(path);
        assert!(
            text.ends_with("\r\nerror not_found: not found\n"),
            "{path}: {text}"
        );
    }
    for path in [
        "/echo/a%00b",
        "/echo/a%0d%0ab",
        "/echo/%ff",
        "/../echo",
        "/echo%2fseason",
    ] {
        let text = ask(path);
        assert!(text.contains("\"code\":\"not_found\""), "{path}: {text}");
    }
}
