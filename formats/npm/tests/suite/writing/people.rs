//! Signing in, and tokens.

use cellier_sdk::{Change, Format as _, Method, Translation};
use serde_json::json;

use super::{changes, refusal, registry, request};

#[test]
fn somebody_signs_in_with_a_password_that_the_client_asks_for() {
    let body = json!({
        "_id": "org.couchdb.user:ada", "name": "ada", "password": "correct horse", "type": "user",
        "roles": [], "date": "2026-11-23T10:00:00.000Z",
    });
    for path in [
        "-/user/org.couchdb.user:ada",
        "-/user/org.couchdb.user:ada/-rev/undefined",
    ] {
        let asked = changes(Method::Put, path, &body.to_string());
        let [Change::SignIn { account, password }] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!(
            (account.as_str(), password.as_str()),
            ("ada", "correct horse")
        );
    }
}

#[test]
fn a_sign_in_that_says_nothing_or_two_things_is_refused() {
    let path = "-/user/org.couchdb.user:ada";
    for bad in [
        json!({ "name": "ada" }),
        json!({ "name": "bo", "password": "x" }),
        json!({ "name": "ada", "password": "" }),
        json!({ "name": "ada", "password": 7 }),
        json!([]),
    ] {
        let found = refusal(Method::Put, path, &bad.to_string());
        assert_eq!(found, ["NPM050"], "{bad}");
    }
}

#[test]
fn somebody_signs_in_in_a_browser_and_the_page_tells_for_what() {
    for (agent, label) in [
        (
            Some("npm/11.19.1 node/v20.20.2 linux x64"),
            "npm sign-in of npm/11.19.1",
        ),
        (Some("<b>you won</b>"), "npm sign-in"),
        (None, "npm sign-in"),
    ] {
        let mut request = request(Method::Post, "-/v1/login");
        let header = agent.map(|agent| ("user-agent".to_owned(), agent.to_owned()));
        request.headers.extend(header);
        let body = b"{}".to_vec();
        let translated = cellier_format_npm::Npm.translate(&request, &body, &registry());
        let Ok(Translation::Changes(asked)) = translated else {
            panic!("{translated:?}");
        };
        let [Change::BeginWebLogin { label: found }] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!(found, label);
    }
}

#[test]
fn a_token_is_made_with_what_the_client_says_of_it() {
    let token = |body: serde_json::Value| {
        let asked = changes(Method::Post, "-/npm/v1/tokens", &body.to_string());
        match asked.as_slice() {
            [
                Change::IssueToken {
                    name,
                    password,
                    read_only,
                    days,
                    ..
                },
            ] => (name.clone(), password.clone(), *read_only, *days),
            other => panic!("{other:?}"),
        }
    };
    let new = token(json!({
        "name": "ci", "password": "p", "expires": 30, "packages_and_scopes_permission": "read-only",
        "bypass_2fa": true,
    }));
    assert_eq!(new, ("ci".to_owned(), Some("p".to_owned()), true, Some(30)));
    let old = token(json!({ "password": "p", "readonly": true, "cidr_whitelist": [] }));
    assert_eq!(
        old,
        ("npm token".to_owned(), Some("p".to_owned()), true, None)
    );
    let plain = token(json!({ "name": "ci", "packages_and_scopes_permission": "read-write" }));
    assert_eq!(plain, ("ci".to_owned(), None, false, None));
}

#[test]
fn a_token_is_limited_to_one_package_or_one_scope() {
    let only = |body: serde_json::Value| {
        let asked = changes(Method::Post, "-/npm/v1/tokens", &body.to_string());
        match asked.as_slice() {
            [Change::IssueToken { only, .. }] => only.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(only(json!({ "packages_all": true, "packages": [] })), None);
    let package = only(json!({ "packages": ["@acme/tool"] }));
    assert_eq!(package.as_deref(), Some("@acme/tool"));
    for scope in ["acme", "@acme"] {
        let scope = only(json!({ "scopes": [scope] }));
        assert_eq!(scope.as_deref(), Some("@acme/*"));
    }
}

#[test]
fn a_token_that_would_be_able_to_do_more_than_was_asked_for_is_not_made() {
    for (key, value) in [
        ("cidr_whitelist", json!(["10.0.0.0/8"])),
        ("packages", json!(["widget", "gadget"])),
        ("scopes", json!(["@acme", "@other"])),
        ("scopes", json!("acme")),
        ("packages", json!([7])),
        ("orgs", json!(["acme"])),
    ] {
        let body = json!({ "name": "ci", key: value }).to_string();
        let sentence = refusal(Method::Post, "-/npm/v1/tokens", &body);
        assert!(sentence[0].contains(key), "{sentence:?}");
    }
    let body = r#"{"packages_and_scopes_permission":"no-access"}"#;
    let sentence = refusal(Method::Post, "-/npm/v1/tokens", body);
    assert!(sentence[0].contains("read-only"), "{sentence:?}");
    for days in ["0", "-1", "\"x\"", "4294967296"] {
        let body = format!(r#"{{"expires":{days}}}"#);
        let found = refusal(Method::Post, "-/npm/v1/tokens", &body);
        assert_eq!(found, ["NPM050"], "{days}");
    }
}

#[test]
fn a_token_is_made_worthless_by_its_id_or_by_itself() {
    for (path, expected) in [
        ("-/npm/v1/tokens/token/0197a5c0", "0197a5c0"),
        ("-/user/token/cel_x", "cel_x"),
    ] {
        let asked = changes(Method::Delete, path, "");
        let [Change::RevokeToken { token }] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!(token, expected);
    }
}
