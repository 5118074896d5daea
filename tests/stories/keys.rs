//! Keys: how they are made, sent, limited, revoked and kept secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_tests::{
    Actor, Connection, Package, RawForm, Setup, TestServer, Upload, both_databases, eventually,
};
use reqwest::Method;
use serde_json::json;

/// The part of a key's text that is secret.
fn secret_of(key: &str) -> &str {
    &key["cel_12345678_".len()..]
}

/// A file like any other.
fn a_file() -> Upload {
    Upload::new("notes.txt", "some words")
}

/// Wrong keys until the server has had enough of this client.
async fn present_wrong_keys(client: &Actor, as_client: &str) {
    for _ in 0..20 {
        let wrong = client.request(Method::GET, "artefacts");
        let wrong = wrong
            .header("x-api-key", "cel_wrong")
            .header("x-forwarded-for", as_client);
        wrong.send().await.assert_problem(401, "key_invalid");
    }
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
async fn what_lies_outside_a_scope_is_refused_with_the_name_of_the_scope() {
    let server = TestServer::start().await;
    let key = || server.upload_key("ci");
    let of_name = key().allowed_name("@acme/Widget").create().await;
    let of_prefix = key().allowed_name("@acme/*").create().await;
    let of_format = key().allowed_format("npm").create().await;
    let of_category = key().allowed_category("maplibre-style").create().await;
    let package = |name: &str| Package::new(name, "1.0.0");

    for refused in [
        of_name.publish_package(&package("@acme/widget2")).await,
        of_prefix
            .publish_package(&package("@acme-evil/widget"))
            .await,
        of_prefix.publish_file("acme", &a_file()).await,
    ] {
        refused
            .assert_problem(403, "scope")
            .assert_detail("allowedName");
    }
    let refused = of_format.publish_file("notes", &a_file()).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedFormat");
    let refused = of_category.publish_file("notes", &a_file()).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedCategory");

    let everything = server.admin().get_json("artefacts").await;
    assert_eq!(everything["count"], 0, "{everything}");
    assert_eq!(server.files_below("blobs"), Vec::<String>::new());

    of_name
        .publish_package(&package("@acme/widget"))
        .await
        .assert_created();
    of_prefix
        .publish_package(&package("@acme/gadget"))
        .await
        .assert_created();
    of_format
        .publish_package(&package("plain"))
        .await
        .assert_created();
    let style = Upload::new("style.json", "{}").text("category", "maplibre-style");
    of_category
        .publish_file("streets", &style)
        .await
        .assert_created();
}

#[tokio::test]
async fn all_scopes_of_a_key_must_fit() {
    let server = TestServer::start().await;
    let narrow = server.upload_key("ci").allowed_name("@acme/*");
    let narrow = narrow.allowed_format("npm").allowed_category("application");
    let ci = narrow.create().await;
    let package = Package::new("@acme/widget", "1.0.0");
    let refused = ci.publish_package(&package).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedCategory");
    let package = package.manifest("registry", json!({"category": "application"}));
    ci.publish_package(&package).await.assert_created();
}

#[tokio::test]
async fn a_read_key_reads_what_lies_within_its_scope_and_changes_nothing() {
    let server = TestServer::start().await;
    for name in ["terrain", "secrets"] {
        let published = server.admin().publish_file(name, &a_file()).await;
        published.assert_created();
    }
    let reader = server
        .read_key("viewer")
        .allowed_name("terrain*")
        .create()
        .await;
    let fetched = reader.get("artefacts/file/terrain/download").await;
    assert_eq!(fetched.assert_ok().text(), "some words");
    let hidden = reader.get("artefacts/file/secrets/download").await;
    hidden.assert_problem(404, "not_found");

    let published = reader.publish_file("terrain", &a_file()).await;
    published
        .assert_problem(403, "not_allowed")
        .assert_detail("an upload key is needed");
    let edited = reader
        .patch("artefacts/terrain", &json!({"public": true}))
        .await;
    edited
        .assert_problem(403, "not_allowed")
        .assert_detail("an admin key is needed");
    let yanked = reader.post("artefacts/file/terrain/versions/1/yank").await;
    yanked.assert_problem(403, "not_allowed");
}

#[tokio::test]
async fn an_upload_key_tags_and_yanks_within_its_scope_and_deletes_nothing() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci")
        .allowed_name("terrain")
        .create()
        .await;
    ci.publish_file("terrain", &a_file()).await.assert_created();
    server
        .admin()
        .publish_file("secrets", &a_file())
        .await
        .assert_created();

    let first = json!({"version": "1"});
    ci.put_json("artefacts/file/terrain/tags/stable", &first)
        .await
        .assert_ok();
    ci.post("artefacts/file/terrain/versions/1/yank")
        .await
        .assert_no_content();
    ci.post("artefacts/file/terrain/versions/1/restore")
        .await
        .assert_no_content();
    for path in [
        "artefacts/file/terrain",
        "artefacts/file/terrain/versions/1",
    ] {
        ci.delete(path).await.assert_problem(403, "not_allowed");
    }
    for path in [
        "artefacts/file/secrets",
        "artefacts/file/secrets/versions/1",
    ] {
        ci.delete(path).await.assert_problem(404, "not_found");
    }
    let tagged = ci
        .put_json("artefacts/file/secrets/tags/stable", &first)
        .await;
    tagged.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_key_may_be_sent_in_every_way_that_clients_know() {
    let server = TestServer::start().await;
    let key = server.admin().key().to_owned();
    let anyone = server.anonymous();
    let with_user = STANDARD.encode(format!("anyone:{key}"));
    let as_user = STANDARD.encode(format!("{key}:"));
    for (header, value) in [
        ("x-api-key", key.clone()),
        ("x-secret-key", key.clone()),
        ("authorization", format!("Bearer {key}")),
        ("authorization", format!("bearer {key}")),
        ("authorization", format!("Basic {with_user}")),
        ("authorization", format!("Basic {as_user}")),
    ] {
        let answer = anyone.get_with("api-keys", header, &value).await;
        answer.assert_ok();
    }
    anyone
        .get("api-keys")
        .await
        .assert_problem(401, "key_missing");
}

#[tokio::test]
async fn two_different_keys_in_a_request_are_refused_and_the_same_one_twice_is_fine() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let other = server.upload_key("ci").create().await;
    let bearer = |key: &str| format!("Bearer {key}");
    let refused = admin
        .get_with("api-keys", "authorization", &bearer(other.key()))
        .await;
    refused.assert_problem(400, "two_credentials");
    let refused = admin.get_with("api-keys", "x-api-key", other.key()).await;
    refused.assert_problem(400, "two_credentials");
    let twice = admin
        .get_with("api-keys", "authorization", &bearer(admin.key()))
        .await;
    twice.assert_ok();
}

#[tokio::test]
async fn a_credential_that_cannot_be_read_says_how_to_send_one() {
    let server = TestServer::start().await;
    let anyone = server.anonymous();
    for value in ["Digest username=\"x\"", "Basic %%%", "cel_without_a_scheme"] {
        let refused = anyone.get_with("artefacts", "authorization", value).await;
        refused
            .assert_problem(400, "bad_credential")
            .assert_detail("x-api-key: KEY");
    }
    let empty = anyone.get_with("artefacts", "x-api-key", "").await;
    empty
        .assert_problem(401, "key_missing")
        .assert_detail("is the secret set in this pipeline?");
}

#[tokio::test]
async fn a_key_in_a_url_is_refused_wherever_it_stands_there() {
    let server = TestServer::start().await;
    let key = server.admin().key().to_owned();
    let anyone = server.anonymous();
    let hidden = key.replacen("cel_", "cel%5F", 1);
    for query in [
        format!("key={key}"),
        format!("access_token={key}"),
        format!("q=a&x-api-key={key}&limit=1"),
        format!("token={hidden}"),
    ] {
        let refused = anyone.get(&format!("artefacts?{query}")).await;
        refused
            .assert_problem(400, "key_in_url")
            .assert_detail("revoke it");
    }
    let in_path = server.admin().delete(&format!("api-keys/{key}")).await;
    in_path.assert_problem(400, "key_in_url");
    assert!(!server.log().contains(secret_of(&key)), "{}", server.log());
}

#[tokio::test]
async fn words_that_only_begin_as_a_key_does_may_be_searched_for() {
    let server = TestServer::start().await;
    let named = server.admin().publish_file("cel_tools", &a_file()).await;
    named.assert_created();
    let found = server.admin().get_json("artefacts?q=cel_tools").await;
    assert_eq!(found["count"], 1, "{found}");
}

#[tokio::test]
async fn a_malformed_key_is_refused_without_asking_the_database() {
    let server = TestServer::start().await;
    let key = server.admin().key().to_owned();
    let asked = async || server.metrics().await.statements("look for a key");
    server.admin().get("api-keys").await.assert_ok();
    assert!(asked().await > 0.0);

    let before = asked().await;
    let cut = &key[..key.len() - 1];
    let mistyped = if key.ends_with('0') { "1" } else { "0" };
    for malformed in [
        "nonsense",
        cut,
        &format!("{cut}{mistyped}"),
        &format!("{key}0"),
    ] {
        let refused = server.with_key(Some(malformed)).get("api-keys").await;
        refused.assert_problem(401, "key_invalid");
    }
    assert!((asked().await - before).abs() < 0.5);
}

#[tokio::test]
async fn wrong_keys_are_throttled_by_address() {
    let server = TestServer::start().await;
    let anyone = server.anonymous();
    // No proxy is trusted here, so what the client claims about its address does not help it.
    present_wrong_keys(&anyone, "203.0.113.1").await;

    let waiting = server
        .admin()
        .get_with("api-keys", "x-forwarded-for", "203.0.113.2")
        .await;
    waiting.assert_problem(429, "too_many_wrong_keys");
    let seconds: u64 = waiting.header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
    anyone.get("artefacts").await.assert_ok();
    anyone.get("/healthz").await.assert_ok();
}

#[tokio::test]
async fn behind_a_trusted_proxy_wrong_keys_hurt_only_who_sent_them() {
    let setup = Setup::new().set("server.trusted_proxies", "[\"127.0.0.1\"]");
    let server = setup.start().await;
    present_wrong_keys(&server.anonymous(), "203.0.113.1").await;

    let from = async |address: &str| {
        server
            .admin()
            .get_with("api-keys", "x-forwarded-for", address)
            .await
    };
    from("203.0.113.1")
        .await
        .assert_problem(429, "too_many_wrong_keys");
    from("203.0.113.2").await.assert_ok();
    // What stands further left was written by the client itself.
    from("203.0.113.2, 203.0.113.1")
        .await
        .assert_problem(429, "too_many_wrong_keys");
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
async fn only_an_admin_key_makes_lists_and_revokes_keys() {
    let server = TestServer::start().await;
    let id = server
        .upload_key("victim")
        .create()
        .await
        .key_id()
        .to_owned();
    let path = format!("api-keys/{id}");
    let wanted = json!({"type": "admin", "name": "mine"});
    for (kind, who) in [
        ("upload", server.upload_key("ci").create().await),
        ("read", server.read_key("viewer").create().await),
    ] {
        for refused in [
            who.post_json("api-keys", &wanted).await,
            who.get("api-keys").await,
            who.delete(&path).await,
            who.get("audit").await,
        ] {
            refused.assert_problem(403, "not_allowed");
            refused.assert_detail(&format!(
                "a {kind} key may not do this, an admin key is needed"
            ));
        }
    }
    let anyone = server.anonymous();
    for refused in [
        anyone.post_json("api-keys", &wanted).await,
        anyone.get("api-keys").await,
        anyone.delete(&path).await,
    ] {
        refused.assert_problem(401, "key_missing");
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
        answer.assert_says(401, "revoked or expired while the upload was under way");
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
