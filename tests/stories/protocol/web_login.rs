//! Signing in with a browser for a program that has none.

use cellier_store::testing::TestPostgres;
use cellier_tests::{Actor, PASSWORD, Setup, Shell, TestServer, both_databases_with_people};
use reqwest::Method;

use super::signing_in::token_of;
use super::{assert_refused, get, post};

/// What a program gets that begins a sign-in: the address of the page, and by what to ask.
async fn begin(who: &Actor) -> (String, String) {
    let begun = post(who, "-/people", "web-login a <laptop> of anna").await;
    let text = begun.assert_ok().text();
    let (url, id) = text
        .trim()
        .strip_prefix("ok sign in at ")
        .and_then(|rest| rest.split_once(", then ask for "))
        .expect("an address and an identifier");
    (url.to_owned(), id.to_owned())
}

async fn ask(who: &Actor, id: &str) -> cellier_tests::Answer {
    get(who, &format!("-/web-login?id={id}")).await
}

/// Fills the form of a page in, as a browser does on the page itself.
async fn fill_in(server: &TestServer, page: &str, password: &str) -> cellier_tests::Answer {
    let (_, secret) = page.split_once("request=").expect("a secret");
    let fields = [
        ("request", secret),
        ("name", "anna"),
        ("password", password),
    ];
    let request = server.anonymous().request(Method::POST, "/login");
    request.web_form(&fields).send().await
}

#[tokio::test]
async fn a_program_begins_a_person_signs_in_on_the_page_and_the_program_gets_a_token_once() {
    for server in both_databases_with_people().await {
        server.with_user("anna").await;
        let program = server.anonymous();
        let (page, id) = begin(&program).await;
        assert!(page.starts_with(&format!("{}/login?request=", server.url())));
        ask(&program, &id).await.assert_status(202);

        let browser = Shell::new()
            .variable("PAGE", &page)
            .variable("URL", &server.url());
        let shown = browser.run(r#"curl -sf -D headers "$PAGE""#);
        let shown = shown.assert_success();
        assert!(
            shown.contains("<strong>a &lt;laptop&gt; of anna</strong>"),
            "{shown}"
        );
        assert!(shown.contains("for 90d"), "it tells for how long: {shown}");
        assert!(!shown.contains("<script"), "{shown}");
        let headers = std::fs::read_to_string(browser.path("headers")).unwrap();
        for expected in [
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "frame-ancestors 'none'",
        ] {
            assert!(headers.contains(expected), "{headers}");
        }
        assert!(!headers.contains("set-cookie"), "{headers}");

        let form = format!(
            r#"curl -s -o answer -w '%{{http_code}}' "$URL/login" -H "sec-fetch-site: same-origin" \
               --data-urlencode "request=${{PAGE#*request=}}" --data-urlencode name=anna \
               --data-urlencode "password={PASSWORD}""#
        );
        assert_eq!(browser.run(&form).assert_success(), "200");
        let answer = std::fs::read_to_string(browser.path("answer")).unwrap();
        assert!(answer.contains("now acts as anna"), "{answer}");
        assert_eq!(browser.run(&form).assert_success(), "404", "once");

        let given = ask(&program, &id).await;
        let anna = server.with_key(Some(token_of(&given.assert_ok().text())));
        assert_eq!(given.header("cache-control"), "no-store");
        assert_refused(&ask(&program, &id).await, 404, "not_found");
        let caller = get(&anna, "-/caller").await.assert_ok().text();
        assert!(caller.contains("account anna"), "{caller}");
        let listed = get(&anna, "-/tokens").await.text();
        assert!(listed.ends_with(" all * a <laptop> of anna\n"), "{listed}");

        let log = server.log();
        for secret in [&id, page.split_once("request=").unwrap().1, anna.key()] {
            assert!(!log.contains(secret), "a secret is in the log");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_and_guessing_gets_slower() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let (page, id) = begin(&server.anonymous()).await;
    for _ in 0..5 {
        let again = fill_in(&server, &page, "wrong horse battery").await;
        let text = again.assert_status(401).text();
        assert!(
            text.contains("the name or the password is not right"),
            "{text}"
        );
        assert!(text.contains("value=\"anna\""), "{text}");
        assert!(!text.contains("wrong horse"), "{text}");
        assert!(
            again.header("www-authenticate").is_empty(),
            "no dialog of the browser"
        );
    }
    let waits = fill_in(&server, &page, PASSWORD).await;
    waits.assert_status(429);
    assert!(!waits.header("retry-after").is_empty());
    ask(&server.anonymous(), &id).await.assert_status(202);
}

#[tokio::test]
async fn no_page_of_another_site_signs_its_visitor_in() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let (page, id) = begin(&server.anonymous()).await;
    let secret = page.split_once("request=").unwrap().1;
    let fields = [
        ("request", secret),
        ("name", "anna"),
        ("password", PASSWORD),
    ];
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = server.anonymous().request(Method::POST, "/login");
        let refused = request.header(name, value).web_form(&fields).send().await;
        refused.assert_problem(403, "cross_site");
    }
    ask(&server.anonymous(), &id).await.assert_status(202);
    for line in ["web-login another", "sign-in anna a password"] {
        let request = server.anonymous().request(Method::POST, "/echo/-/people");
        let request = request.header("sec-fetch-site", "cross-site");
        let refused = request.bytes(line).send().await;
        assert_refused(&refused, 403, "cross_site");
    }
    let more = [("request", secret), ("admin", "yes")];
    let request = server.anonymous().request(Method::POST, "/login");
    let refused = request.web_form(&more).send().await;
    refused.assert_problem(400, "bad_form");
    for wrong in ["", "x", &id] {
        let page = server
            .anonymous()
            .get(&format!("/login?request={wrong}"))
            .await;
        page.assert_status(404);
    }
}

#[tokio::test]
async fn it_does_not_matter_which_server_of_several_is_asked() {
    let database = TestPostgres::shared().new_database();
    let setup = || {
        Setup::new()
            .cheap_passwords()
            .set("database.url", &database)
    };
    let (one, other) = (setup().start().await, setup().start().await);
    one.with_user("anna").await;
    let (page, id) = begin(&one.anonymous()).await;
    ask(&other.anonymous(), &id).await.assert_status(202);
    fill_in(&other, &page, PASSWORD).await.assert_ok();
    let given = ask(&one.anonymous(), &id).await;
    let token = given.assert_ok().text();
    let anna = other.with_key(Some(token_of(&token)));
    get(&anna, "-/tokens").await.assert_ok();
    assert_refused(&ask(&other.anonymous(), &id).await, 404, "not_found");
}

#[tokio::test]
async fn a_program_whose_old_token_has_ended_begins_and_asks_all_the_same() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let line = format!("sign-in anna {PASSWORD}");
    let answer = post(&server.anonymous(), "-/people", line).await;
    let answer = answer.assert_ok().text();
    let old = server.with_key(Some(token_of(&answer)));
    post(&old, "-/people", format!("revoke {}", old.key()))
        .await
        .assert_ok();
    let (page, id) = begin(&old).await;
    for _ in 0..25 {
        ask(&old, &id).await.assert_status(202);
    }
    fill_in(&server, &page, PASSWORD).await.assert_ok();
    let given = ask(&old, &id).await;
    token_of(&given.assert_ok().text());
}

#[tokio::test]
async fn whoever_begins_many_without_signing_in_has_to_wait() {
    let server = Setup::new().cheap_passwords().start().await;
    for _ in 0..20 {
        begin(&server.anonymous()).await;
    }
    let refused = post(&server.anonymous(), "-/people", "web-login another").await;
    assert_refused(&refused, 429, "too_many_sign_ins");
    assert_eq!(refused.header("retry-after"), "60");
}
