//! Keys: how they are made, listed, used, revoked and kept secret.

use cellier_tests::{Connection, RawForm, TestServer, Upload, both_databases, eventually};
use serde_json::json;

/// The part of a key's text that is secret.
fn secret_of(key: &str) -> &str {
    &key["cel_12345678_".len()..]
}

/// A file like any other.
fn a_file() -> Upload {
    Upload::new("notes.txt", "some words")
}

#[tokio::test]
async fn the_text_of_a_key_is_shown_once_and_is_nowhere_afterwards() {
    let mut server = TestServer::start().await;
    let made = server.upload_key("ci").ask().await;
    assert_eq!(made.assert_created().header("cache-control"), "no-store");
    let key = made.json()["key"].as_str().unwrap().to_owned();
    let made_in_terminal = server.run(&["key", "create", "--name", "ops", "--type", "read"]);
    let key_of_terminal = made_in_terminal.assert_success().to_owned();

    let ci = server.with_key(Some(&key));
    ci.publish_file("notes", &a_file()).await.assert_created();
    let listed = server.admin().get("api-keys").await.assert_ok().text();
    let audit = server.admin().get("audit").await.assert_ok().text();
    let in_terminal = server.run(&["key", "list", "--json"]);
    let stopped = server.stop().await;
    assert!(stopped.success());

    for text in [&key, &key_of_terminal] {
        let secret = secret_of(text);
        for place in [&listed, &audit, in_terminal.assert_success(), &server.log()] {
            assert!(!place.contains(secret), "{place}");
        }
        for path in server.files_below("") {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{path} holds a key");
        }
    }
}

#[tokio::test]
async fn a_key_made_in_a_terminal_stands_alone_on_standard_output() {
    let server = TestServer::start().await;
    let made = server.run(&["key", "create", "--name", "ci", "--type", "upload"]);
    let key = made.assert_success();
    assert_eq!(made.stdout, format!("{key}\n"));
    assert_eq!(key.len(), 62);
    assert!(
        made.stderr.contains("made the upload key ci (id "),
        "{}",
        made.stderr
    );
    assert!(!made.stderr.contains(secret_of(key)), "{}", made.stderr);
    let ci = server.with_key(Some(key));
    ci.publish_file("notes", &a_file()).await.assert_created();
}

#[tokio::test]
async fn a_key_revoked_through_http_is_dead_at_once_also_on_an_open_connection() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let request = format!(
            "GET /api/v1/artefacts HTTP/1.1\r\nHost: registry\r\nx-api-key: {}\r\n\r\n",
            ci.key()
        );
        let mut connection = Connection::open(&server);
        connection
            .send(&request)
            .read_answer()
            .assert_says(200, "results");

        let revocation = format!("api-keys/{}", ci.key_id());
        server.admin().delete(&revocation).await.assert_no_content();

        let answer = connection.send(&request).read_answer();
        answer.assert_says(401, "\"code\":\"key_invalid\"");
        let again = server.admin().delete(&revocation).await;
        again.assert_problem(404, "not_found");
        let listed = server.admin().get_json("api-keys").await;
        assert_eq!(listed["results"].as_array().unwrap().len(), 1, "{listed}");
    }
}

#[tokio::test]
async fn a_key_revoked_in_a_terminal_is_dead_at_once() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    ci.publish_file("notes", &a_file()).await.assert_created();
    server.run(&["key", "revoke", ci.key_id()]).assert_success();
    let refused = ci.publish_file("notes", &a_file()).await;
    refused.assert_problem(401, "key_invalid");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"cellier\""
    );

    let again = server.run(&["key", "revoke", ci.key_id()]);
    assert!(again.assert_failure(1).contains("there is no such key"));
    let nonsense = server.run(&["key", "revoke", "ci"]);
    assert!(
        nonsense
            .assert_failure(2)
            .contains("`cellier key list` shows the ids")
    );
}

#[tokio::test]
async fn a_key_works_until_it_expires_and_never_after() {
    let server = TestServer::start().await;
    let lasting = server
        .upload_key("lasting")
        .expires_at("2099-01-01T00:00:00Z");
    let lasting = lasting.create().await;
    lasting
        .publish_file("notes", &a_file())
        .await
        .assert_created();

    let made = server.run(&[
        "key",
        "create",
        "--name",
        "short",
        "--type",
        "upload",
        "--expires",
        "200ms",
    ]);
    let short = server.with_key(Some(made.assert_success()));
    eventually("the key expires", async || {
        short.get("artefacts").await.status() == 401
    })
    .await;
    let refused = short.publish_file("late", &a_file()).await;
    refused
        .assert_problem(401, "key_invalid")
        .assert_detail("expired");
    server
        .admin()
        .get("artefacts/late")
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn the_last_use_of_a_key_is_kept_without_a_write_for_each_request() {
    for mut server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let listed = async |server: &TestServer| {
            let keys = server.admin().get_json("api-keys").await;
            let results = keys["results"].as_array().unwrap().clone();
            results.into_iter().find(|key| key["name"] == "ci").unwrap()
        };
        assert_eq!(listed(&server).await.get("lastUsedAt"), None);

        let before = server.metrics().await.statements("commit");
        for _ in 0..50 {
            ci.get("artefacts").await.assert_ok();
        }
        let written = server.metrics().await.statements("commit") - before;
        assert!(written <= 1.0, "{written} transactions for 50 requests");

        assert!(server.stop().await.success());
        server.restart().await;
        let last_use = listed(&server).await["lastUsedAt"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(last_use.ends_with('Z'), "{last_use}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_made_is_refused_with_the_field_that_is_wrong() {
    let server = TestServer::start().await;
    let long = "x".repeat(101);
    for (field, code, wanted) in [
        ("type", "bad_body", json!({"type": "root", "name": "x"})),
        ("type", "bad_body", json!({"name": "x"})),
        ("name", "bad_body", json!({"type": "upload"})),
        (
            "name",
            "bad_key_request",
            json!({"type": "upload", "name": ""}),
        ),
        (
            "name",
            "bad_key_request",
            json!({"type": "upload", "name": long}),
        ),
        (
            "name",
            "bad_key_request",
            json!({"type": "upload", "name": "two\nlines"}),
        ),
        (
            "scope",
            "bad_body",
            json!({"type": "upload", "name": "x", "scope": "y"}),
        ),
        (
            "allowedName",
            "bad_key_request",
            json!({"type": "upload", "name": "x", "allowedName": "a*b"}),
        ),
        (
            "allowedFormat",
            "bad_key_request",
            json!({"type": "upload", "name": "x", "allowedFormat": "npn"}),
        ),
        (
            "allowedCategory",
            "unknown_category",
            json!({"type": "upload", "name": "x", "allowedCategory": "tiles"}),
        ),
        (
            "expiresAt",
            "bad_key_request",
            json!({"type": "upload", "name": "x", "expiresAt": "tomorrow"}),
        ),
        (
            "expiresAt",
            "bad_key_request",
            json!({"type": "upload", "name": "x", "expiresAt": "2001-01-01T00:00:00Z"}),
        ),
        (
            "allowedName",
            "bad_key_request",
            json!({"type": "admin", "name": "x", "allowedName": "y"}),
        ),
    ] {
        let status = if code == "unknown_category" { 422 } else { 400 };
        let refused = server.admin().post_json("api-keys", &wanted).await;
        refused.assert_problem(status, code).assert_detail(field);
    }
    let keys = server.admin().get_json("api-keys").await;
    assert_eq!(keys["results"].as_array().unwrap().len(), 1, "{keys}");
}

#[tokio::test]
async fn an_upload_in_flight_when_its_key_is_revoked_is_not_published() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let form = RawForm::of_file("notes.txt", &vec![b'x'; 100_000]);
        let body = form.body();
        let mut upload = Connection::open(&server);
        upload
            .send(form.head(&ci, "artefacts/file/notes"))
            .send(&body[..50_000]);
        eventually("the upload is staged", async || {
            !server.files_below("blobs/staging").is_empty()
        })
        .await;

        let revocation = format!("api-keys/{}", ci.key_id());
        server.admin().delete(&revocation).await.assert_no_content();
        let answer = upload.send(&body[50_000..]).read_answer();
        answer.assert_says(
            401,
            "the key was revoked or expired, or the session ended, while the upload was under way",
        );
        server
            .admin()
            .get("artefacts/notes")
            .await
            .assert_problem(404, "not_found");
        assert_eq!(server.files_below("blobs"), Vec::<String>::new());
    }
}

#[tokio::test]
async fn many_keys_are_listed_page_by_page() {
    let server = TestServer::start().await;
    for number in 0..24 {
        server.upload_key(&format!("ci-{number}")).create().await;
    }
    let first = server.admin().get_json("api-keys?limit=20").await;
    let cursor = first["next"].as_str().unwrap();
    let second = server
        .admin()
        .get_json(&format!("api-keys?limit=20&cursor={cursor}"))
        .await;
    assert_eq!(second.get("next"), None);
    let names: Vec<_> = [&first, &second]
        .into_iter()
        .flat_map(|page| page["results"].as_array().unwrap())
        .map(|key| key["name"].as_str().unwrap().to_owned())
        .collect();
    let newest_first = (0..24).rev().map(|number| format!("ci-{number}"));
    assert_eq!(
        names,
        newest_first.chain(["boss".to_owned()]).collect::<Vec<_>>()
    );
    let bad = server.admin().get("api-keys?cursor=nonsense").await;
    bad.assert_problem(400, "bad_cursor");
}
