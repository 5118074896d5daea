//! Cookies, passwords and pages of other sites.

use std::collections::BTreeMap;

use cellier_tests::{Actor, NewKey, PASSWORD, Setup, TestServer};
use reqwest::Method;
use serde_json::json;

use super::{Attempt, attempt};

async fn server_with_people() -> TestServer {
    Setup::new().cheap_passwords().start().await
}

#[tokio::test]
async fn no_text_passes_for_the_cookie_of_a_session() {
    let server = server_with_people().await;
    let anna = server.with_user("anna").await;
    let token = anna.cookie().trim_start_matches("cellier=").to_owned();
    let sessions = anna.get_json("sessions").await;
    let id = sessions["results"][0]["id"].as_str().unwrap().to_owned();
    let cut = token[..token.len() - 1].to_owned();
    let swapped: String = token
        .chars()
        .map(|sign| match sign {
            sign if sign.is_ascii_lowercase() => sign.to_ascii_uppercase(),
            sign => sign.to_ascii_lowercase(),
        })
        .collect();
    let key = server.admin().key().to_owned();
    for (attempt, value) in [
        (
            attempt("a token that lacks its last character is a cookie"),
            cut,
        ),
        (
            attempt("a token with one character more is a cookie"),
            format!("{token}A"),
        ),
        (
            attempt("a token with its letters in the other case is a cookie"),
            swapped,
        ),
        (
            attempt("the identifier of a session, which lists show, is a cookie"),
            id,
        ),
        (attempt("an admin key is a cookie"), key),
        (
            attempt("a statement of SQL is a cookie"),
            "' OR '1'='1".to_owned(),
        ),
        (
            attempt("a token is a cookie in quotes"),
            format!("\"{token}\""),
        ),
    ] {
        let cookie = format!("cellier={value}");
        let browser = server.anonymous().with_cookie(&cookie);
        attempt.is_refused_with(&browser.get("session").await, &[401]);
    }
    let as_key = attempt("the token of a session is sent as a key, past the rules for pages");
    let stolen = server.with_key(Some(&token));
    as_key.is_refused_with(&stolen.get("artefacts").await, &[401]);
    let other_name = attempt("the token of a session is sent in a cookie of another name");
    let browser = server.anonymous().with_cookie(&format!("Cellier={token}"));
    other_name.is_refused_with(&browser.get("session").await, &[401]);
}

#[tokio::test]
async fn nobody_gives_a_browser_a_session_that_others_know() {
    let server = server_with_people().await;
    server.with_user("anna").await;
    let fixed =
        attempt("a cookie that the attacker chose becomes a session when its victim signs in");
    let chosen = format!("cellier={}", "A".repeat(43));
    let browser = server.anonymous().with_cookie(&chosen);
    let signed_in = browser.sign_in("anna", PASSWORD).await;
    fixed.fails(signed_in.cookie() != chosen, "the cookie is the old one");
    fixed.is_refused_with(&browser.get("session").await, &[401]);

    let kept = attempt("the session from before a second sign-in of the same browser goes on");
    let again = signed_in.sign_in("anna", PASSWORD).await;
    again.get("session").await.assert_ok();
    kept.is_refused_with(&signed_in.get("session").await, &[401]);
}

#[tokio::test]
async fn a_neighbour_in_the_same_domain_sets_no_cookie_of_ours() {
    let mut server = server_with_people().await;
    server.with_user("anna").await;
    server
        .restart_with(|setup| setup.set("server.public_url", "https://registry.example.com"))
        .await;
    let anna = server.anonymous().sign_in("anna", PASSWORD).await;
    anna.get("session").await.assert_ok();
    let token = anna.cookie().split_once('=').unwrap().1.to_owned();
    let tossed =
        attempt("a neighbour in the same domain sets the cookie under the name for plain HTTP");
    let browser = server.anonymous().with_cookie(&format!("cellier={token}"));
    tossed.is_refused_with(&browser.get("session").await, &[401]);
}

#[tokio::test]
async fn a_session_is_worth_what_its_user_is_worth_now() {
    let server = server_with_people().await;
    let admin = server.admin();
    let (anna, root) = (
        server.with_user("anna").await,
        server.with_user("root").await,
    );
    server.with_user("eve").await;
    for name in ["root", "eve"] {
        let raised = json!({"superadmin": true});
        let path = format!("users/{name}");
        admin.patch(&path, &raised).await.assert_ok();
    }
    root.get("api-keys").await.assert_ok();
    let lowered = json!({"superadmin": false});
    admin.patch("users/root", &lowered).await.assert_ok();
    let demoted = attempt("a superadmin who is none any more goes on in the old session");
    let key = json!({"type": "admin", "name": "evil"});
    demoted.is_refused_with(&root.post_json("api-keys", &key).await, &[403]);

    server.grant("user", "anna", &json!([])).await;
    let reader = NewKey::new(anna.clone(), "read", "k").owner("user", "anna");
    let reader = reader.create().await;
    reader.get("artefacts").await.assert_ok();
    admin.delete("users/anna").await.assert_no_content();
    let deleted = attempt("a user who was deleted goes on in the old session");
    deleted.is_refused_with(&anna.get("artefacts").await, &[401]);
    let by_key = attempt("a key that a user left behind is used after the user was deleted");
    by_key.is_refused_with(&reader.get("artefacts").await, &[401]);
}

/// What a page of another site could have a browser send, past a comparison that is less than exact.
const PAGES: [(Attempt, &str, &str); 8] = [
    (
        attempt("the origin of a page only begins as ours does"),
        "",
        "http://registry.example.com.evil.example",
    ),
    (
        attempt("the origin of a page only ends as ours does"),
        "",
        "http://evilregistry.example.com",
    ),
    (
        attempt("the origin of a page has our name as that of a user"),
        "",
        "http://registry.example.com@evil.example",
    ),
    (
        attempt("the origin of a page has another port"),
        "",
        "http://registry.example.com:8081",
    ),
    (
        attempt("the origin of a page has a dot behind our name"),
        "",
        "http://registry.example.com.",
    ),
    (
        attempt("the page says that it is of the same site, not of the same origin"),
        "same-site",
        "http://registry.example.com",
    ),
    (
        attempt("the page says where it is in a word that does not exist"),
        "same-origin, cross-site",
        "http://registry.example.com",
    ),
    (
        attempt("the page says nothing at all of where it is"),
        "",
        "",
    ),
];

#[tokio::test]
async fn no_page_of_another_site_passes_for_ours() {
    let server = Setup::new()
        .cheap_passwords()
        .set("server.public_url", "http://registry.example.com")
        .start()
        .await;
    let anna = server.with_user("anna").await;
    let given = |text: &'static str| (!text.is_empty()).then_some(text);
    for (attempt, site, origin) in PAGES {
        let request = anna.request(Method::DELETE, "session");
        let request = request.instead("sec-fetch-site", given(site));
        let answer = request.instead("origin", given(origin)).send().await;
        attempt.is_refused_with(&answer, &[403]);
    }
    let twice = attempt("a page says twice where it is, and one of the two is ours");
    let request = anna.request(Method::DELETE, "session");
    let answer = request.header("sec-fetch-site", "cross-site").send().await;
    twice.is_refused_with(&answer, &[403]);
    let key = json!({"type": "read", "name": "k", "owner": {"type": "user", "id": "anna"}});
    let simple = attempt("a page sends JSON as plain text, which needs no leave of ours");
    let request = anna.request(Method::POST, "api-keys");
    let request = request.instead("sec-fetch-site", Some("cross-site"));
    let request = request.header("content-type", "text/plain");
    let answer = request.bytes(key.to_string()).send().await;
    simple.is_refused_with(&answer, &[403, 415]);
    anna.get("session").await.assert_ok();
}

async fn sign_in_with(who: &Actor, body: &str) -> cellier_tests::Answer {
    let request = who.request(Method::POST, "session");
    let request = request.header("content-type", "application/json");
    request.bytes(body.to_owned()).send().await
}

/// Bodies, with `PASSWORD` where the right password goes.
const CREDENTIALS: [(Attempt, &str); 8] = [
    (
        attempt("somebody signs in with a name in capital letters"),
        r#"{"name": "ANNA", "password": "PASSWORD"}"#,
    ),
    (
        attempt("somebody signs in with a name and a space behind it"),
        r#"{"name": "anna ", "password": "PASSWORD"}"#,
    ),
    (
        attempt("somebody signs in with a name and a NUL behind it"),
        r#"{"name": "anna\u0000", "password": "PASSWORD"}"#,
    ),
    (
        attempt("somebody signs in with two names, of which the last is that of a superadmin"),
        r#"{"name": "anna", "name": "root", "password": "PASSWORD"}"#,
    ),
    (
        attempt("somebody signs in with a list of passwords"),
        r#"{"name": "anna", "password": ["PASSWORD", "x"]}"#,
    ),
    (
        attempt("somebody signs in with an operator of a database as password"),
        r#"{"name": "anna", "password": {"$ne": ""}}"#,
    ),
    (
        attempt("somebody signs in and asks for a right along with it"),
        r#"{"name": "anna", "password": "PASSWORD", "superadmin": true}"#,
    ),
    (
        attempt("somebody signs in as a user who has no password"),
        r#"{"name": "nopass", "password": ""}"#,
    ),
];

#[tokio::test]
async fn a_password_counts_for_its_name_alone() {
    let server = server_with_people().await;
    server.with_user("anna").await;
    let nopass = json!({"name": "nopass"});
    server
        .admin()
        .post_json("users", &nopass)
        .await
        .assert_created();
    for (attempt, body) in CREDENTIALS {
        let body = body.replace("PASSWORD", PASSWORD);
        let answer = sign_in_with(&server.anonymous(), &body).await;
        attempt.is_refused_with(&answer, &[400, 401]);
    }
}

#[tokio::test]
async fn many_guesses_at_once_are_no_way_round_the_wait() {
    let server = server_with_people().await;
    server.with_user("anna").await;
    let at_once = attempt("fifty passwords are guessed at the same moment");
    let guesses: Vec<_> = (0..50)
        .map(|number| {
            let who = server.anonymous();
            let guess = format!(r#"{{"name": "anna", "password": "guess number {number}"}}"#);
            tokio::spawn(async move { sign_in_with(&who, &guess).await.status() })
        })
        .collect();
    let mut statuses = BTreeMap::new();
    for guess in guesses {
        *statuses.entry(guess.await.unwrap()).or_insert(0) += 1;
    }
    let looked_at = statuses.get(&401).copied().unwrap_or(0);
    at_once.fails(looked_at <= 8, &format!("{statuses:?}"));
}

#[tokio::test]
async fn whoever_has_stolen_a_session_guesses_the_password_as_slowly_as_others() {
    let server = server_with_people().await;
    let anna = server.with_user("anna").await;
    let sideways = attempt("the password is guessed where it is changed, in a stolen session");
    let mut looked_at = 0;
    for number in 0..20 {
        let current = format!("guess number {number}");
        let wanted = json!({"current": current, "password": "another horse battery"});
        let answer = anna.put_json("users/anna/password", &wanted).await;
        sideways.is_refused_with(&answer, &[403, 429]);
        looked_at += u32::from(answer.status() == 403);
    }
    sideways.fails(looked_at <= 8, &format!("{looked_at} were looked at"));
}

#[tokio::test]
async fn nobody_writes_into_the_records_what_did_not_happen() {
    let server = server_with_people().await;
    let anna = server.with_user("anna").await;
    let credentials = json!({"name": "anna", "password": "wrong horse battery"});
    let elsewhere = attempt("who guesses has another address written into the audit trail");
    let request = server.anonymous().request(Method::POST, "session");
    let request = request
        .header("x-forwarded-for", "203.0.113.9")
        .header("x-real-ip", "203.0.113.9")
        .header("forwarded", "for=203.0.113.9");
    request.json(&credentials).send().await.assert_status(401);
    let audit = server.admin().get("audit?action=session.create").await;
    elsewhere.fails(!audit.text().contains("203.0.113.9"), &audit.text());

    let forged = attempt("a line break in a text begins a line of the log");
    let line = "x\nforged: everything is well";
    let credentials = json!({"name": line, "password": "wrong horse battery"});
    server.anonymous().post_json("session", &credentials).await;
    anna.get("artefacts?q=x%0Aforged:").await;
    anna.get("artefacts/file/x%0Aforged:").await;
    anna.get("/echo/x%0Aforged:/x").await;
    let log = server.log();
    let begins = |line: &str| line.trim_start().starts_with("forged:");
    forged.fails(!log.lines().any(begins), &log);

    let kept = attempt("a password in the place of the name stays in the records");
    let mistaken = json!({"name": "My Secret Horse", "password": ""});
    server.anonymous().post_json("session", &mistaken).await;
    let audit = server.admin().get("audit").await.text();
    let told = audit + &server.log();
    kept.fails(!told.contains("Secret Horse"), &told);
}

#[tokio::test]
async fn no_page_of_another_site_shows_ours_in_a_frame() {
    let server = server_with_people().await;
    for (attempt, path) in [
        (
            attempt("another site shows the page of the first start in a frame"),
            "/setup?token=x",
        ),
        (
            attempt("another site shows the description of the API in a frame"),
            "/api/docs",
        ),
    ] {
        let answer = server.anonymous().get(path).await;
        let policy = answer.header("content-security-policy");
        let framed = !policy.contains("frame-ancestors 'none'");
        attempt.fails(!framed, policy);
    }
}
