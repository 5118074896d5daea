//! Credentials: how keys are sent, and what becomes of wrong ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_tests::{Actor, Setup, TestServer, Upload, key_of_another_registry};
use reqwest::Method;

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
    let guess = key_of_another_registry();
    for _ in 0..20 {
        let wrong = client.request(Method::GET, "artefacts");
        let wrong = wrong
            .header("x-api-key", &guess)
            .header("x-forwarded-for", as_client);
        wrong.send().await.assert_problem(401, "key_invalid");
    }
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
async fn a_text_that_is_no_key_is_no_guess() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let mut misspelt = key_of_another_registry();
    let last = misspelt.pop().unwrap();
    misspelt.push(if last == 'a' { 'b' } else { 'a' });
    for _ in 0..30 {
        for text in ["${SECRET_KEY}", misspelt.as_str()] {
            let refused = server.with_key(Some(text)).get("api-keys").await;
            refused.assert_problem(401, "key_invalid");
        }
    }
    admin.get("api-keys").await.assert_ok();
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
