//! Clients of a protocol sign in, and keep what they get.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_tests::{Actor, PASSWORD, Setup, TestServer, both_databases_with_people};
use reqwest::Method;
use serde_json::json;

use super::{SPRING, assert_refused, get, post, put};

/// The token of an answer `ok token …`.
pub(super) fn token_of(text: &str) -> &str {
    text.trim().strip_prefix("ok token ").expect("a token")
}

async fn sign_in(server: &TestServer, who: &Actor, name: &str) -> Actor {
    let answer = post(who, "-/people", format!("sign-in {name} {PASSWORD}")).await;
    server.with_key(Some(token_of(&answer.assert_ok().text())))
}

#[tokio::test]
async fn a_client_signs_in_and_publishes_with_what_its_user_may() {
    for server in both_databases_with_people().await {
        server.with_user("anna").await;
        let publish = json!([{"name": "sea*"}]);
        server.grant("user", "anna", &publish).await;
        let anna = sign_in(&server, &server.anonymous(), "anna").await;
        let caller = get(&anna, "-/caller").await.assert_ok().text();
        assert!(caller.starts_with("ok anna\naccount anna\n"), "{caller}");
        put(&anna, "season/spring/a.echo", SPRING)
            .await
            .assert_created();
        let denied = put(&anna, "other/spring/a.echo", SPRING).await;
        assert_refused(&denied, 403, "publish_not_granted");
        let owners = get(&anna, "-/owners/season").await;
        assert_eq!(owners.assert_ok().text(), "ok private, owned by: anna\n");

        let listed = get(&anna, "-/tokens").await.assert_ok().text();
        assert!(listed.starts_with("ok 1 tokens\n"), "{listed}");
        assert!(listed.ends_with(" all * echo sign-in\n"), "{listed}");
        let keys = anna.get_json("api-keys").await;
        assert_eq!(keys["results"][0]["type"], "user");
        assert!(keys["results"][0]["expiresAt"].is_string());
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_guessing_gets_slower() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let nobody = server.anonymous();
    for _ in 0..5 {
        let wrong = post(&nobody, "-/people", "sign-in anna wrong horse battery").await;
        assert_refused(&wrong, 401, "sign_in_failed");
    }
    let waits = post(&nobody, "-/people", format!("sign-in anna {PASSWORD}")).await;
    assert_refused(&waits, 429, "too_many_attempts");
    assert!(!waits.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_client_signs_in_though_it_still_sends_a_key_that_works_no_more() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let old = sign_in(&server, &server.anonymous(), "anna").await;
    let id = get(&old, "-/tokens").await.text();
    let id = id.lines().nth(1).unwrap().split(' ').next().unwrap();
    post(&old, "-/people", format!("revoke {id}"))
        .await
        .assert_ok();

    // More often than wrong keys may come: this one was right once, and is no guess.
    for _ in 0..25 {
        assert_refused(&get(&old, "-/caller").await, 401, "key_invalid");
    }
    let refused = put(&old, "season/spring/a.echo", SPRING).await;
    assert_refused(&refused, 401, "key_invalid");
    let refused = post(&old, "-/people", "token ci all").await;
    assert_refused(&refused, 401, "key_invalid");
    let refused = post(&old, "-/count", "one two").await;
    assert_refused(&refused, 401, "key_invalid");
    let anna = sign_in(&server, &old, "anna").await;
    get(&anna, "-/caller").await.assert_ok();
}

#[tokio::test]
async fn a_client_that_sends_name_and_password_along_signs_in_with_them_and_does_nothing_else() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let basic = format!("Basic {}", STANDARD.encode(format!("anna:{PASSWORD}")));
    let ask = async |method: Method, path: &str, body: &str| {
        let request = server.anonymous().request(method, &format!("/echo/{path}"));
        let request = request.header("authorization", &basic);
        request.bytes(body.to_owned()).send().await
    };
    let line = format!("sign-in anna {PASSWORD}");
    let signed_in = ask(Method::POST, "-/people", &line).await;
    let anna = server.with_key(Some(token_of(&signed_in.assert_ok().text())));
    get(&anna, "-/caller").await.assert_ok();
    let wrong = ask(Method::POST, "-/people", "sign-in anna wrong horse battery").await;
    assert_refused(&wrong, 401, "sign_in_failed");

    let no_key = ask(Method::GET, "-/caller", "").await;
    assert_refused(&no_key, 401, "key_invalid");
    let no_key = ask(Method::POST, "-/people", "token ci all").await;
    assert_refused(&no_key, 401, "key_invalid");
    let no_key = ask(Method::PUT, "season/spring/a.echo", SPRING).await;
    assert_refused(&no_key, 401, "key_invalid");
}

#[tokio::test]
async fn somebody_gives_away_tokens_that_may_less_and_takes_them_back() {
    for server in both_databases_with_people().await {
        server.with_user("anna").await;
        server
            .grant("user", "anna", &json!([{"name": "season"}]))
            .await;
        let anna = sign_in(&server, &server.anonymous(), "anna").await;
        let people = async |who: &Actor, line: &str| post(who, "-/people", line).await;
        let token = people(&anna, "token ci read 7").await.assert_ok().text();
        let reader = server.with_key(Some(token_of(&token)));
        put(&anna, "season/spring/a.echo", SPRING)
            .await
            .assert_created();
        get(&reader, "season/spring/a.echo").await.assert_ok();
        let denied = put(&reader, "season/summer/a.echo", "echo summer 2027\n").await;
        assert_refused(&denied, 403, "token_limited");
        let begets = people(&reader, "token other all").await;
        assert_refused(&begets, 403, "token_limited");
        let own = get(&reader, "-/tokens").await.text();
        assert!(own.starts_with("ok 1 tokens\n"), "only itself: {own}");

        let few = people(&anna, "token few all 7 oth*")
            .await
            .assert_ok()
            .text();
        let few = server.with_key(Some(token_of(&few)));
        let denied = put(&few, "season/summer/a.echo", "echo summer 2027\n").await;
        assert_refused(&denied, 404, "not_found");
        let listed = get(&few, "-/tokens").await.text();
        assert!(listed.ends_with(" all oth* few\n"), "{listed}");
        let bad = people(&anna, "token few all 7 *th*").await;
        assert_refused(&bad, 400, "bad_text");

        let too_long = people(&anna, "token ci all 91").await;
        assert_refused(&too_long, 400, "bad_key_request");
        let wrong = people(&anna, "confirmed-token ci wrong horse battery").await;
        assert_refused(&wrong, 401, "sign_in_failed");
        let right = people(&anna, &format!("confirmed-token ci {PASSWORD}")).await;
        right.assert_ok();
        assert_eq!(get(&anna, "-/tokens").await.text().lines().count(), 5);

        let revoked = people(&anna, &format!("revoke {}", reader.key())).await;
        revoked.assert_ok();
        assert_refused(&get(&reader, "-/tokens").await, 401, "key_invalid");
        let again = people(&anna, &format!("revoke {}", reader.key())).await;
        assert_refused(&again, 404, "not_found");
        let nobody = people(&server.anonymous(), "token ci all").await;
        assert_refused(&nobody, 401, "key_missing");
    }
}

#[tokio::test]
async fn a_key_in_a_path_does_not_get_into_the_log() {
    let server = TestServer::start().await;
    let key = server.admin().key().to_owned();
    server
        .anonymous()
        .get(&format!("/echo/-/user/{key}"))
        .await
        .assert_status(404);
    let log = server.log();
    assert!(log.contains("/echo/-/user/cel_"), "{log}");
    assert!(!log.contains(&key));
}
