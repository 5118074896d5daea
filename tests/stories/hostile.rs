//! Requests that no honest client sends.

use cellier_tests::{
    Actor, Answer, Connection, RawAnswer, RawForm, TestServer, Upload, raw_request,
};
use reqwest::Method;

/// A request that a smuggler wants the server to see as one of its own.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n";

/// Posts these bytes as a form.
async fn post_form(who: &Actor, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = who.request(Method::POST, "artefacts/file/notes");
    let request = request.header("content-type", content_type);
    request.bytes(body.into()).send().await
}

/// Expects that the server goes on as if nothing had happened, with nothing published.
async fn assert_unharmed(server: &TestServer) {
    server.admin().get("/readyz").await.assert_ok();
    assert_eq!(server.admin().get_json("artefacts").await["count"], 0);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let server = TestServer::start().await;
    for (what, bytes) in [
        (
            "TLS",
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on \x00\x00\x00"[..],
        ),
        ("noise", b"\xff\xfe\x00\x01\x80\x81\r\n\r\n"),
        ("half a line", b"GET\r\n\r\n"),
        ("HTTP/0.9", b"GET /healthz\r\n"),
        (
            "HTTP/9.9",
            b"GET /healthz HTTP/9.9\r\nHost: registry\r\n\r\n",
        ),
        (
            "a space in the target",
            b"GET /health z HTTP/1.1\r\nHost: registry\r\n\r\n",
        ),
        (
            "a NUL in the target",
            b"GET /healthz\x00 HTTP/1.1\r\nHost: registry\r\n\r\n",
        ),
        (
            "no colon",
            b"GET /healthz HTTP/1.1\r\nHost: registry\r\nbroken\r\n\r\n",
        ),
        (
            "a space before the colon",
            b"GET /healthz HTTP/1.1\r\nHost : registry\r\n\r\n",
        ),
        (
            "a folded header",
            b"GET /healthz HTTP/1.1\r\nHost: registry\r\nX: a\r\n b\r\n\r\n",
        ),
        (
            "a NUL in a header",
            b"GET /healthz HTTP/1.1\r\nHost: registry\r\nX: a\x00b\r\n\r\n",
        ),
        (
            "a lone CR in a header",
            b"GET /healthz HTTP/1.1\r\nHost: registry\r\nX: a\rb\r\n\r\n",
        ),
        (
            "no host",
            b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
        ),
        (
            "two hosts",
            b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        ),
    ] {
        let answer = raw_request(&server, bytes);
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    }
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn a_length_that_can_be_read_in_two_ways_is_refused() {
    let server = TestServer::start().await;
    let post = |headers: &str| -> RawAnswer {
        let head = "POST /api/v1/api-keys HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n";
        raw_request(&server, format!("{head}{headers}\r\n\r\nhello"))
    };
    for headers in [
        "Content-Length: five",
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length: 5, 5",
        "Content-Length: 0x5",
        "Content-Length: ",
        "Content-Length: 99999999999999999999999",
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: \x0bchunked",
    ] {
        let answer = post(headers);
        assert_eq!(answer.status, 400, "{headers:?}: {}", answer.text);
    }
    let old = "POST /api/v1/api-keys HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(raw_request(&server, old).status, 400);
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn nothing_is_smuggled_behind_a_body_with_two_lengths() {
    let server = TestServer::start().await;
    let key = server.admin().key().to_owned();
    let put = |headers: &str, body: &str| {
        let head = "PUT /api/v1/artefacts/file/notes/versions/1 HTTP/1.1\r\nHost: registry\r\n";
        raw_request(
            &server,
            format!("{head}x-api-key: {key}\r\n{headers}\r\n\r\n{body}"),
        )
    };
    let chunked = format!("5\r\nhello\r\n0\r\n\r\n{SMUGGLED}");
    let length = chunked.len();
    for headers in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
        "Transfer-Encoding: chunked\r\nContent-Length: 4".to_owned(),
    ] {
        let answer = put(&headers, &chunked);
        assert!(
            [200, 201, 400].contains(&answer.status),
            "{headers}: {}",
            answer.text
        );
        let answers = answer.text.matches("HTTP/1.1 ").count();
        assert_eq!(answers, 1, "{headers}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_body_of_a_request_that_needs_none_is_not_the_next_request() {
    let server = TestServer::start().await;
    for target in [
        "GET /healthz",
        "HEAD /healthz",
        "GET /api/v1/artefacts",
        "DELETE /api/v1/api-keys/1",
    ] {
        let length = SMUGGLED.len();
        let request = format!(
            "{target} HTTP/1.1\r\nHost: registry\r\nContent-Length: {length}\r\n\r\n{SMUGGLED}"
        );
        let closing = "GET /nothing HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n";
        let answer = raw_request(&server, format!("{request}{closing}"));
        let healthy = answer.text.matches("ok\n").count();
        assert!(
            healthy <= usize::from(target == "GET /healthz"),
            "{target}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn broken_chunks_end_an_upload() {
    let server = TestServer::start().await;
    let key = server.admin().key().to_owned();
    let head = format!(
        "PUT /api/v1/artefacts/file/notes/versions/1 HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\
         x-api-key: {key}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let long = "a".repeat(100_000);
    for chunks in [
        "FFFFFFFFFFFFFFFFF\r\nx".to_owned(),
        "-1\r\nx".to_owned(),
        "0x5\r\nhello\r\n0\r\n\r\n".to_owned(),
        "5\r\nhello, world\r\n0\r\n\r\n".to_owned(),
        format!("5;{long}\r\nhello\r\n0\r\n\r\n"),
        format!("5\r\nhello\r\n0\r\nX: {long}\r\n\r\n"),
    ] {
        let answer = raw_request(&server, format!("{head}{chunks}"));
        assert!([0, 400].contains(&answer.status), "{}", answer.text);
    }
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn headers_that_are_too_large_or_too_many_are_431() {
    let server = TestServer::start().await;
    let get = |headers: &str| {
        let request = format!(
            "GET /healthz HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n{headers}\r\n"
        );
        raw_request(&server, request).status
    };
    let many = "X: y\r\n".repeat(1000);
    assert_eq!(get(&format!("X: {}\r\n", "a".repeat(200_000))), 431);
    assert_eq!(get(&many), 431);
    assert_eq!(get(&format!("X: {}\r\n", "a".repeat(8_000))), 200);
    let target = format!(
        "GET /{} HTTP/1.1\r\nHost: registry\r\n\r\n",
        "a".repeat(100_000)
    );
    assert!([414, 431].contains(&raw_request(&server, target).status));
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn no_text_of_a_client_becomes_a_header() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let evil = "notes\r\nX-Evil: yes";
    let harmless = |answer: &Answer| {
        assert!(answer.status() < 500, "{}", answer.text());
        assert!(
            !answer.headers().contains_key("x-evil"),
            "{:?}",
            answer.headers()
        );
    };
    let words = Upload::new("notes.txt", "some words");
    for part in [
        "fileName",
        "version",
        "architecture",
        "tag",
        "category",
        "format",
    ] {
        let refused = admin
            .publish_file("notes", &words.clone().text(part, evil))
            .await;
        harmless(&refused);
        assert!(refused.status() >= 400, "{part}: {}", refused.text());
    }
    for path in [
        "artefacts/file/notes%0d%0aX-Evil:%20yes",
        "artefacts/file/notes/versions/1%0d%0aX-Evil:%20yes/download",
        "artefacts/file/notes/download?file=%0d%0aX-Evil:%20yes",
        "uploads/%0d%0aX-Evil:%20yes",
        "formats/%0d%0aX-Evil:%20yes",
    ] {
        harmless(&admin.get(path).await);
    }
    for name in [
        "a%0D%0AX-Evil: yes.txt",
        "a\\\"; filename=\\\"b.exe",
        "a\u{202e}gpj.exe",
        "\u{85}x",
    ] {
        let form = RawForm::of_file(name, name.as_bytes());
        let published = post_form(&admin, &RawForm::content_type(), form.body()).await;
        harmless(published.assert_created());
        let fetched = admin.get("artefacts/file/notes/download").await;
        harmless(fetched.assert_ok());
        let disposition = fetched.header("content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
        assert!(!disposition.contains("%E2%80%AE"), "{disposition}");
    }
    let typed = |kind: &str| {
        let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"x\"";
        RawForm::new().part(
            &format!("{disposition}\r\nContent-Type: {kind}"),
            kind.as_bytes(),
        )
    };
    for kind in [
        "text/html; charset=\"a\tb\"",
        "a/b; x=\u{e9}",
        "nonsense",
        "/",
        "a/b,c/d",
    ] {
        let published = post_form(&admin, &RawForm::content_type(), typed(kind).body()).await;
        harmless(&published);
        harmless(&admin.get("artefacts/file/notes/download").await);
    }
}

#[tokio::test]
async fn requests_in_one_piece_are_answered_in_their_order() {
    let server = TestServer::start().await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: registry\r\n\r\n");
    let mut connection = Connection::open(&server);
    connection.send([get("/healthz"), get("/nothing"), get("/readyz")].concat());
    connection.read_answer().assert_says(200, "ok");
    connection.read_answer().assert_says(404, "not_found");
    connection.read_answer().assert_says(200, "ready");
}
