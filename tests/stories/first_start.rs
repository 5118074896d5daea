//! The first superadmin: the link that the first start prints, and the page that it leads to.

use cellier_tests::{Answer, PASSWORD, Setup, TestServer, both_databases_with_people};
use reqwest::Method;
use serde_json::json;

/// The token of the last set-up link that the server has printed.
pub(crate) fn setup_token(server: &TestServer) -> Option<String> {
    let log = server.log();
    let (_, after) = log.rsplit_once("/setup?token=")?;
    Some(after.split_whitespace().next()?.to_owned())
}

pub(crate) async fn complete(server: &TestServer, token: &str, name: &str) -> Answer {
    let fields = [
        ("token", token),
        ("name", name),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let request = server.anonymous().request(Method::POST, "/setup");
    request.web_form(&fields).send().await
}

#[tokio::test]
async fn the_link_that_the_first_start_prints_makes_the_first_superadmin_once() {
    for mut server in both_databases_with_people().await {
        let token = setup_token(&server).expect("a link");
        let anonymous = server.anonymous();
        let page = anonymous.get(&format!("/setup?token={token}")).await;
        let text = page.assert_ok().text();
        assert!(
            text.contains("<form method=post action=\"/setup\""),
            "{text}"
        );
        assert!(!text.contains("<script"), "{text}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'none'")
        );

        let made = complete(&server, &token, "root").await;
        let cookie = made.assert_created().header("set-cookie").to_owned();
        let root = anonymous.with_cookie(cookie.split(';').next().unwrap());
        let who = root.get_json("session").await;
        assert_eq!(
            who,
            json!({"user": "root", "superadmin": true, "organizations": []})
        );
        assert_eq!(root.get_json("users").await["results"][0]["name"], "root");

        complete(&server, &token, "eve").await.assert_status(404);
        let page = anonymous.get(&format!("/setup?token={token}")).await;
        page.assert_status(404);
        server.restart().await;
        assert_eq!(
            setup_token(&server).as_deref(),
            Some(token.as_str()),
            "no new link is printed"
        );
        root.get("session").await.assert_ok();
    }
}

#[tokio::test]
async fn every_start_replaces_the_link_and_the_json_log_has_none() {
    let mut server = Setup::new().set("log.format", "json").start().await;
    let old = setup_token(&server).expect("a link");
    server.restart().await;
    let new = setup_token(&server).expect("another link");
    assert_ne!(old, new);
    server
        .anonymous()
        .get(&format!("/setup?token={new}"))
        .await
        .assert_ok();
    complete(&server, &old, "eve").await.assert_status(404);
    for line in server.log().lines().filter(|line| line.starts_with('{')) {
        assert!(!line.contains(&new) && !line.contains(&old), "{line}");
    }
}

#[tokio::test]
async fn a_form_that_is_refused_is_shown_again_with_the_reason_and_what_was_typed() {
    let server = Setup::new().cheap_passwords().start().await;
    let token = setup_token(&server).expect("a link");
    let post = async |fields: &[(&str, &str)]| {
        let request = server.anonymous().request(Method::POST, "/setup");
        request.web_form(fields).send().await
    };
    for (name, password, again, says) in [
        (
            "Ro\"ot",
            PASSWORD,
            PASSWORD,
            "the name of an account is 1 to 64",
        ),
        ("root", "short", "short", "a password has 12 to 1024 bytes"),
        (
            "root",
            PASSWORD,
            "something else",
            "the two passwords differ",
        ),
        (
            "root",
            "password1234",
            "password1234",
            "the first that anybody would try",
        ),
    ] {
        let fields = [
            ("token", token.as_str()),
            ("name", name),
            ("password", password),
            ("again", again),
        ];
        let answer = post(&fields).await;
        let text = answer.assert_status(422).text();
        assert!(text.contains(says), "{text}");
        let shown = name.replace('"', "&quot;");
        assert!(
            text.contains(&format!("name=name value=\"{shown}\"")),
            "{text}"
        );
        assert!(!text.contains(PASSWORD), "a password is not sent back");
    }
    post(&[("other", "x")])
        .await
        .assert_problem(400, "bad_form");
    let huge = "x".repeat(20_000);
    post(&[("name", &huge)])
        .await
        .assert_problem(413, "too_large");
    let request = server.anonymous().request(Method::POST, "/setup");
    let foreign = request.header("sec-fetch-site", "cross-site");
    foreign.send().await.assert_problem(403, "cross_site");
    complete(&server, &token, "root").await.assert_created();
}
