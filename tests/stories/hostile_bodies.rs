//! Forms and JSON that no honest client sends.

use cellier_tests::{Actor, Answer, RawForm, TestServer, Upload, both_databases};
use reqwest::Method;
use serde_json::json;

/// Posts these bytes as a form.
async fn post_form(who: &Actor, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = who.request(Method::POST, "artefacts/file/notes");
    let request = request.header("content-type", content_type);
    request.bytes(body.into()).send().await
}

/// Publishes with a form that is refused before its end. A client that goes on sending may find the connection closed
/// before it looks for the answer.
async fn post_too_much(who: &Actor, body: Vec<u8>) -> Option<Answer> {
    let request = who.request(Method::POST, "artefacts/file/notes");
    let request = request.header("content-type", &RawForm::content_type());
    request.bytes(body).try_send().await.ok()
}

/// Changes something with these bytes as JSON.
async fn patch(who: &Actor, body: impl Into<Vec<u8>>) -> Answer {
    let request = who.request(Method::PATCH, "artefacts/file/notes");
    let request = request.header("content-type", "application/json");
    request.bytes(body.into()).send().await
}

/// Expects that the server goes on as if nothing had happened, with nothing published.
async fn assert_unharmed(server: &TestServer) {
    server.admin().get("/readyz").await.assert_ok();
    assert_eq!(server.admin().get_json("artefacts").await["count"], 0);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test]
async fn a_form_with_ten_thousand_parts_is_refused() {
    let server = TestServer::start().await;
    let form = (0..10_000).fold(RawForm::new(), |form, number| {
        form.text(&format!("part-{number}"), "x")
    });
    let refused = post_form(&server.admin(), &RawForm::content_type(), form.body()).await;
    refused.assert_problem(400, "unknown_part");
    let files = (0..10_000).fold(RawForm::new(), |form, _| form.file("x", b"x"));
    let refused = post_form(&server.admin(), &RawForm::content_type(), files.body()).await;
    refused
        .assert_problem(400, "bad_form")
        .assert_detail("two parts called file");
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn a_form_that_never_comes_to_its_point_does_not_fill_the_memory() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let before = server.peak_memory();
    let junk = vec![b'x'; 32 << 20];
    let preamble = [junk.clone(), RawForm::of_file("x", b"x").body()].concat();
    if let Some(refused) = post_too_much(&admin, preamble).await {
        refused
            .assert_problem(400, "bad_form")
            .assert_detail("too long");
    }

    let junk = String::from_utf8(junk).unwrap();
    for headers in [
        format!("Content-Disposition: form-data; name=\"{junk}\""),
        format!("X-Junk: {junk}\r\nContent-Disposition: form-data; name=\"file\""),
        "X-Junk: some\r\n".repeat(200_000) + "Content-Disposition: form-data; name=\"file\"",
    ] {
        let form = RawForm::new().part(&headers, b"x");
        if let Some(refused) = post_too_much(&admin, form.body()).await {
            refused.assert_status(400);
        }
    }
    let grown = server.peak_memory() - before;
    assert!(grown < 16 << 20, "the server grew by {grown} bytes");
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn a_malformed_form_is_refused() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let kind = RawForm::content_type();
    let boundary = kind.split('=').next_back().unwrap();
    let whole = RawForm::of_file("notes.txt", b"some words").body();
    let no_end = whole[..whole.len() - boundary.len() - 6].to_vec();
    for (what, status, content_type, body) in [
        ("an empty body", 400, kind.clone(), Vec::new()),
        (
            "only an end",
            400,
            kind.clone(),
            format!("--{boundary}--\r\n").into_bytes(),
        ),
        ("no end", 400, kind.clone(), no_end),
        (
            "another boundary",
            400,
            "multipart/form-data; boundary=other".to_owned(),
            whole.clone(),
        ),
        (
            "an empty boundary",
            400,
            "multipart/form-data; boundary=".to_owned(),
            whole.clone(),
        ),
        (
            "no boundary",
            415,
            "multipart/form-data".to_owned(),
            whole.clone(),
        ),
        (
            "another type",
            415,
            kind.replace("form-data", "mixed"),
            whole,
        ),
        (
            "no name",
            400,
            kind.clone(),
            RawForm::new().part("Content-Type: text/plain", b"x").body(),
        ),
        (
            "no headers",
            400,
            kind.clone(),
            RawForm::new().part("", b"x").body(),
        ),
        (
            "a text that is not UTF-8",
            400,
            kind.clone(),
            RawForm::new()
                .part("Content-Disposition: form-data; name=\"tag\"", b"\xff\xfe")
                .body(),
        ),
    ] {
        let refused = post_form(&admin, &content_type, body).await;
        assert_eq!(refused.status(), status, "{what}: {}", refused.text());
        assert_eq!(
            refused.header("content-type"),
            "application/problem+json",
            "{what}"
        );
    }
    assert_unharmed(&server).await;
}

#[tokio::test]
async fn a_form_within_a_form_is_a_file_like_any_other() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let inner =
        b"--inner\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--inner--\r\n";
    let headers = "Content-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\
                   Content-Type: multipart/mixed; boundary=inner\r\nContent-Transfer-Encoding: base64";
    let form = RawForm::new().part(headers, inner);
    let published = post_form(&admin, &RawForm::content_type(), form.body()).await;
    published.assert_created();
    assert_eq!(
        admin
            .get("artefacts/file/notes/download")
            .await
            .assert_ok()
            .bytes(),
        inner
    );
}

#[tokio::test]
async fn json_that_is_made_to_hurt_is_refused() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin
        .publish_file("notes", &Upload::new("x", "x"))
        .await
        .assert_created();
    let before = admin.get_json("artefacts/notes").await;
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"title\": {}{}}}",
            open.repeat(100_000),
            close.repeat(100_000)
        )
    };
    let languages: serde_json::Map<_, _> = (0..1000)
        .map(|number| (format!("x-{number}"), json!("x")))
        .collect();
    let keys: serde_json::Map<_, _> = (0..50_000)
        .map(|number| (format!("key-{number}"), json!(1)))
        .collect();
    for (status, body) in [
        (400, deep("[", "]").into_bytes()),
        (400, deep("{\"a\":", "}").into_bytes()),
        (
            413,
            format!("{{\"title\": \"{}\"}}", "x".repeat(2 << 20)).into_bytes(),
        ),
        (400, json!({"title": languages}).to_string().into_bytes()),
        (400, json!(keys).to_string().into_bytes()),
        (400, br#"{"public": 1e999999}"#.to_vec()),
        (400, br#"{"public": true, "public": false}"#.to_vec()),
        (400, b"{\"title\": {\"fr\": \"\xff\xfe\"}}".to_vec()),
        (400, b"\xef\xbb\xbf{\"public\": true}".to_vec()),
        (400, b"{\"public\": true}\x00".to_vec()),
        (400, b"{\"public\": NaN}".to_vec()),
        (400, br#"{"title": {"fr": "\ud800"}}"#.to_vec()),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let refused = patch(&admin, body).await;
        assert_eq!(refused.status(), status, "{shown}: {}", refused.text());
        assert!(refused.text().len() < 4000, "{shown}: the answer is long");
    }
    assert_eq!(admin.get_json("artefacts/notes").await, before);
}

#[tokio::test]
async fn texts_of_strange_characters_are_kept_or_refused_and_never_an_error_of_the_server() {
    for server in both_databases().await {
        let admin = server.admin();
        admin
            .publish_file("notes", &Upload::new("x", "x"))
            .await
            .assert_created();
        for text in [
            "a\u{0}b",
            "\u{202e}gpj",
            "\u{feff}",
            "\u{1f4a9}".repeat(1000).as_str(),
            "\r\n",
            "'; --",
            "<script>alert(1)</script>",
            "\u{fffe}\u{ffff}",
            "e\u{301}\u{301}\u{301}",
            "${7*7}",
        ] {
            let edit = json!({"title": {"en": text}, "description": {"fr": text}});
            let edited = admin.patch("artefacts/notes", &edit).await;
            assert!(
                [200, 400].contains(&edited.status()),
                "{text:?}: {}",
                edited.text()
            );
            let artefact = admin.get_json("artefacts/notes").await;
            if edited.status() == 200 {
                assert_eq!(artefact["title"]["en"], text);
            }
            admin.get_json("artefacts?q=notes").await;
        }
    }
}
