//! Signing in and out, and what others try with a browser's cookie.

use std::time::{Duration, Instant};

use cellier_tests::{
    Actor, Answer, PASSWORD, Setup, TestServer, Upload, both_databases_with_people,
};
use reqwest::Method;
use serde_json::json;

async fn sign_in(who: &Actor, name: &str, password: &str) -> Answer {
    let credentials = json!({"name": name, "password": password});
    who.post_json("session", &credentials).await
}

#[tokio::test]
async fn signing_in_sets_a_cookie_that_no_script_and_no_other_site_can_use() {
    let mut server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let answer = sign_in(&server.anonymous(), "anna", PASSWORD).await;
    let cookie = answer.assert_created().header("set-cookie");
    assert!(cookie.starts_with("cellier="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json()["user"], "anna");

    server
        .restart_with(|setup| setup.set("server.public_url", "https://registry.example.com"))
        .await;
    let answer = sign_in(&server.anonymous(), "anna", PASSWORD).await;
    let cookie = answer.assert_created().header("set-cookie");
    assert!(cookie.starts_with("__Host-cellier="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let browser = server
        .anonymous()
        .with_cookie(cookie.split(';').next().unwrap());
    browser.get("session").await.assert_ok();

    server
        .restart_with(|setup| setup.set("server.public_url", "http://registry.example.com"))
        .await;
    let answer = sign_in(&server.anonymous(), "anna", PASSWORD).await;
    assert!(
        answer
            .assert_created()
            .header("set-cookie")
            .starts_with("cellier=")
    );
    assert!(
        server.log().contains("is plain HTTP"),
        "the operator is told"
    );
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_the_same_way() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    server.organization("acme", &[]).await;
    let expected = sign_in(&server.anonymous(), "anna", "wrong horse battery").await;
    expected.assert_problem(401, "sign_in_failed");
    for (name, password) in [("nobody", PASSWORD), ("acme", PASSWORD), ("No One", "")] {
        let refused = sign_in(&server.anonymous(), name, password).await;
        refused.assert_problem(401, "sign_in_failed");
        assert_eq!(
            refused.without_request_id(),
            expected.without_request_id(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn guessing_gets_slower_and_slower_and_is_on_record() {
    let server = Setup::new()
        .cheap_passwords()
        .set("server.trusted_proxies", "[\"127.0.0.1\"]")
        .start()
        .await;
    server.with_user("anna").await;
    server.with_user("bert").await;
    let from = async |address: &str, name: &str, password: &str| {
        let credentials = json!({"name": name, "password": password});
        let request = server.anonymous().request(Method::POST, "session");
        request
            .header("x-forwarded-for", address)
            .json(&credentials)
            .send()
            .await
    };
    let mut wrong = 0;
    let refused = loop {
        let answer = from("192.0.2.1", "anna", "wrong horse battery").await;
        if answer.status() != 401 {
            break answer;
        }
        wrong += 1;
    };
    assert!((5..=8).contains(&wrong), "{wrong}");
    refused.assert_problem(429, "too_many_attempts");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    let elsewhere = from("2001:db8::1", "bert", PASSWORD).await;
    elsewhere.assert_created();

    // Waiting helps, and nobody is locked out.
    let started = Instant::now();
    loop {
        let answer = from("192.0.2.1", "anna", PASSWORD).await;
        if answer.status() == 201 {
            break;
        }
        answer.assert_problem(429, "too_many_attempts");
        assert!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let audit = server
        .admin()
        .get_json("audit?action=session.create&object=anna")
        .await;
    let events = audit["results"].as_array().unwrap();
    let refused: Vec<_> = events
        .iter()
        .filter(|event| event["outcome"] == "wrong_password")
        .collect();
    assert_eq!(
        refused.len(),
        wrong,
        "one for each guess, none for those that waited"
    );
    assert_eq!(refused[0]["address"], "192.0.2.1");
}

/// What a page of another site can have a visitor's browser send.
#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_the_cookie_of_its_visitor() {
    let server = Setup::new()
        .cheap_passwords()
        .set("server.public_url", "http://registry.example.com")
        .start()
        .await;
    let anna = server.with_user("anna").await;
    server.grant("user", "anna", &json!([{}])).await;
    let own = format!("http://{}", server.address());
    for (site, origin, allowed) in [
        (Some("same-origin"), None, true),
        (Some("none"), None, true),
        (Some("same-site"), None, false),
        (Some("cross-site"), None, false),
        (
            Some("cross-site"),
            Some("http://registry.example.com"),
            false,
        ),
        (None, Some("http://registry.example.com"), true),
        (None, Some(own.as_str()), true),
        (None, Some("http://evil.example"), false),
        (None, Some("https://registry.example.com"), false),
        (None, Some("null"), false),
        (None, None, false),
    ] {
        let with = |request: cellier_tests::Request| {
            request
                .instead("sec-fetch-site", site)
                .instead("origin", origin)
        };
        let upload = Upload::new("map.bin", "a map");
        let requests = [
            anna.request(Method::POST, "artefacts/file/map")
                .form(&upload),
            anna.request(Method::PUT, "artefacts/file/raw/versions/1")
                .bytes("a map"),
            anna.request(Method::POST, "api-keys").json(
                &json!({"type": "read", "name": "k", "owner": {"type": "user", "id": "anna"}}),
            ),
        ];
        for request in requests {
            let answer = with(request).send().await;
            if allowed {
                assert!(
                    answer.status() < 300,
                    "{site:?} {origin:?}: {}",
                    answer.text()
                );
            } else {
                answer.assert_problem(403, "cross_site");
            }
        }
        let read = with(anna.request(Method::GET, "artefacts")).send().await;
        read.assert_ok();
    }
    // Nor can it sign its visitor in as somebody else.
    let credentials = json!({"name": "anna", "password": PASSWORD});
    let foreign = server
        .anonymous()
        .request(Method::POST, "session")
        .header("sec-fetch-site", "cross-site")
        .json(&credentials);
    foreign.send().await.assert_problem(403, "cross_site");
    let as_form = server
        .anonymous()
        .request(Method::POST, "session")
        .web_form(&[("name", "anna"), ("password", PASSWORD)]);
    as_form.send().await.assert_problem(415, "not_json");
}

#[tokio::test]
async fn a_cookie_beside_a_key_is_one_credential_too_many_unless_it_is_worth_nothing() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let key = server.admin().key().to_owned();
    let both = async || {
        let request = anna.request(Method::GET, "artefacts");
        request.header("x-api-key", &key).send().await
    };
    both().await.assert_problem(400, "two_credentials");
    anna.delete("session").await.assert_no_content();
    both().await.assert_ok();
}

#[tokio::test]
async fn a_session_that_has_ended_is_told_so_and_its_cookie_is_taken_back() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let signed_out = anna.delete("session").await;
    let gone = signed_out.assert_no_content().header("set-cookie");
    assert_eq!(gone, "cellier=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    let nonsense = server.anonymous().with_cookie("cellier=nonsense");
    for browser in [&anna, &nonsense] {
        for path in ["session", "artefacts", "artefacts/file/x"] {
            let answer = browser.get(path).await;
            answer.assert_problem(401, "session_ended");
            assert_eq!(answer.header("set-cookie"), gone);
        }
    }
    server
        .anonymous()
        .get("session")
        .await
        .assert_problem(401, "session_missing");
    sign_in(&anna, "anna", PASSWORD).await.assert_created();
}

#[tokio::test]
async fn people_see_and_end_their_sessions_and_a_new_password_ends_all_others() {
    for mut server in both_databases_with_people().await {
        let here = server.with_user("anna").await;
        let elsewhere = server.anonymous().sign_in("anna", PASSWORD).await;
        let bert = server.with_user("bert").await;
        let sessions = here.get_json("sessions").await;
        let sessions = sessions["results"].as_array().unwrap();
        assert_eq!(sessions.len(), 2);
        let current: Vec<_> = sessions.iter().map(|one| &one["current"]).collect();
        assert_eq!(current, [&json!(false), &json!(true)], "newest first");
        assert_eq!(sessions[0]["address"], "127.0.0.1");

        let path = format!("sessions/{}", sessions[0]["id"].as_str().unwrap());
        bert.delete(&path).await.assert_problem(404, "not_found");
        bert.get("sessions?user=anna")
            .await
            .assert_problem(403, "not_allowed");
        here.delete(&path).await.assert_no_content();
        here.delete(&path).await.assert_problem(404, "not_found");
        elsewhere
            .get("session")
            .await
            .assert_problem(401, "session_ended");
        server.restart().await;
        here.get("session").await.assert_ok();

        let elsewhere = server.anonymous().sign_in("anna", PASSWORD).await;
        let path = "users/anna/password";
        let change = |current: &str, new: &str| json!({"current": current, "password": new});
        let wrong = change("wrong horse battery", "another horse battery");
        here.put_json(path, &wrong)
            .await
            .assert_problem(403, "wrong_password");
        let weak = change(PASSWORD, "123456789012");
        here.put_json(path, &weak)
            .await
            .assert_problem(422, "weak_password");
        let right = change(PASSWORD, "another horse battery");
        bert.put_json(path, &right)
            .await
            .assert_problem(403, "not_allowed");
        here.put_json(path, &right).await.assert_no_content();
        here.get("session").await.assert_ok();
        elsewhere
            .get("session")
            .await
            .assert_problem(401, "session_ended");
        sign_in(&server.anonymous(), "anna", PASSWORD)
            .await
            .assert_problem(401, "sign_in_failed");

        let of_bert = server.admin().get_json("sessions?user=bert").await;
        let id = of_bert["results"][0]["id"].as_str().unwrap().to_owned();
        let ended = server.admin().delete(&format!("sessions/{id}")).await;
        ended.assert_no_content();
        bert.get("session")
            .await
            .assert_problem(401, "session_ended");
    }
}

#[tokio::test]
async fn a_key_has_no_session_and_does_nothing_in_person() {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    let upload = server.upload_key("ci").create().await;
    for who in [server.admin(), upload] {
        who.get("session")
            .await
            .assert_problem(401, "session_missing");
        who.get("sessions").await.assert_problem(403, "not_allowed");
        who.delete("session")
            .await
            .assert_problem(403, "not_allowed");
    }
}

#[tokio::test]
async fn neither_a_password_nor_a_token_is_written_anywhere() {
    let mut server = Setup::new()
        .cheap_passwords()
        .set("log.level", "trace")
        .start()
        .await;
    let anna = server.with_user("anna").await;
    let token = anna.cookie().split_once('=').unwrap().1.to_owned();
    anna.get("artefacts").await.assert_ok();
    sign_in(&server.anonymous(), "anna", "my other password")
        .await
        .assert_problem(401, "sign_in_failed");
    server.stop().await;
    let mut kept = server.log().into_bytes();
    for file in server.files_below(".") {
        kept.extend(std::fs::read(file).unwrap());
    }
    let holds = |secret: &str| {
        kept.windows(secret.len())
            .any(|window| window == secret.as_bytes())
    };
    for secret in [PASSWORD, "my other password", token.as_str()] {
        assert!(!holds(secret), "{secret}");
    }
    assert!(holds("$argon2id$"), "the database was looked at");
}

#[tokio::test]
async fn many_who_sign_in_at_once_wait_their_turn_or_are_told_to() {
    let server = TestServer::start().await;
    let attempts: Vec<_> = (0..100)
        .map(|number| {
            let who = server.anonymous();
            tokio::spawn(async move { sign_in(&who, &format!("user-{number}"), PASSWORD).await })
        })
        .collect();
    let mut told = std::collections::BTreeMap::new();
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        *told.entry(code).or_insert(0) += 1;
    }
    let known = ["busy", "sign_in_failed", "too_many_attempts"];
    assert!(
        told.keys().all(|code| known.contains(&code.as_str())),
        "{told:?}"
    );
    server.anonymous().get("/readyz").await.assert_ok();
}
