//! Who sees what, and what the format itself never learns.

use cellier_tests::{TestServer, raw_request, sha256_hex};
use serde_json::json;

use super::{SPRING, assert_refused, get, post, provoked, put};

#[tokio::test]
async fn a_private_artefact_is_not_there_for_those_who_may_not_see_it() {
    let server = TestServer::start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let stranger = server
        .read_key("stranger")
        .allowed_name("other")
        .create()
        .await;
    for outsider in [server.anonymous(), stranger] {
        assert_refused(&get(&outsider, "season").await, 404, "not_found");
        assert_refused(
            &get(&outsider, "season/spring/a.echo").await,
            404,
            "not_found",
        );
        assert_eq!(get(&outsider, "").await.text(), "ok 0 artefacts\n");
    }
    let covered = server
        .read_key("reader")
        .allowed_name("season")
        .create()
        .await;
    assert_eq!(get(&covered, "season/spring/a.echo").await.text(), SPRING);
}

#[tokio::test]
async fn what_is_public_is_listed_for_everybody_and_its_bytes_ask_for_a_credential() {
    let server = TestServer::start().await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let public = admin
        .patch("artefacts/echo/season", &json!({"public": true}))
        .await;
    public.assert_ok();

    let anybody = server.anonymous();
    assert_eq!(
        get(&anybody, "season").await.assert_ok().text(),
        "ok 1 versions\nspring\n"
    );
    let bytes = get(&anybody, "season/spring/a.echo").await;
    assert_refused(&bytes, 401, "key_missing");
    assert_eq!(bytes.header("www-authenticate"), "Bearer realm=\"cellier\"");

    let stranger = server
        .read_key("stranger")
        .allowed_name("other")
        .create()
        .await;
    assert_refused(&get(&stranger, "season/spring/a.echo").await, 403, "scope");
}

#[tokio::test]
async fn who_may_not_publish_is_told_so_in_the_words_of_the_protocol() {
    let server = TestServer::start().await;
    let anonymous = put(&server.anonymous(), "season/spring/a.echo", SPRING).await;
    assert_refused(&anonymous, 401, "key_missing");
    assert!(!anonymous.header("www-authenticate").is_empty());

    let narrow = server
        .upload_key("narrow")
        .allowed_name("other")
        .create()
        .await;
    assert_refused(
        &put(&narrow, "season/spring/a.echo", SPRING).await,
        403,
        "scope",
    );
    let reader = server.read_key("reader").create().await;
    assert_refused(
        &put(&reader, "season/spring/a.echo", SPRING).await,
        403,
        "not_allowed",
    );
    let mistaken = server.with_key(Some("cel_00000000_wrong"));
    assert_refused(&get(&mistaken, "season").await, 401, "key_invalid");
    assert_eq!(get(&server.admin(), "").await.text(), "ok 0 artefacts\n");
}

#[tokio::test]
async fn nobody_without_a_credential_gets_a_large_body_as_far_as_the_disk() {
    let server = TestServer::start().await;
    let large = vec![b'x'; 2 << 20];
    let refused = post(&server.anonymous(), "-/count", large.clone()).await;
    assert_refused(&refused, 401, "key_missing");
    let counted = post(&server.admin(), "-/count", large).await;
    assert_eq!(counted.assert_ok().text(), "ok 1 words\n");
}

#[tokio::test]
async fn the_format_learns_neither_credentials_nor_what_host_the_client_asked() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let request = format!(
        "GET /echo/-/caller?a=b HTTP/1.1\r\nHost: evil.example\r\nx-api-key: {key}\r\n\
         x-secret-key: {key}\r\nauthorization: Bearer {key}\r\ncookie: session=1\r\n\
         x-forwarded-host: evil.example\r\nuser-agent: story\r\naccept: text/*\r\n\
         connection: close\r\n\r\n",
        key = ci.key(),
    );
    let answer = raw_request(&server, request);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let (_, body) = answer.text.split_once("\r\n\r\n").unwrap();
    let base = format!("base {}/echo", server.url());
    let expected = [
        "ok ci",
        &base,
        "header accept: text/*",
        "header user-agent: story",
        "query a: b",
    ];
    assert_eq!(body.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_blob_that_the_format_was_not_shown_is_not_sent_whoever_asks() {
    let server = provoked().await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let stolen = format!("-/steal/{}", sha256_hex(SPRING.as_bytes()));
    for thief in [server.anonymous(), admin.clone()] {
        assert_refused(&get(&thief, &stolen).await, 404, "not_found");
    }
    assert_refused(&get(&admin, "-/beyond/season").await, 404, "not_found");
}
