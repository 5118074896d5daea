//! How outcomes are worded.

use cellier_format_npm::Npm;
use cellier_sdk::{
    Body, Finding, Format as _, Method, Outcome, Performed, Refusal, Response, TokenView, Version,
};
use serde_json::{Value, json};

use super::request;

fn respond(method: Method, path: &str, outcome: &Outcome) -> (u16, Value, Response) {
    let response = Npm.respond(&request(method, path), outcome);
    let Body::Bytes(bytes) = &response.body else {
        panic!("{response:?}");
    };
    let body = serde_json::from_slice(bytes).unwrap();
    (response.status, body, response)
}

fn performed(method: Method, path: &str, performed: Performed) -> (u16, Value) {
    let (status, body, _) = respond(method, path, &Outcome::Performed(vec![performed]));
    (status, body)
}

fn refusal(status: u16, code: &str, detail: &str) -> Refusal {
    Refusal {
        status,
        code: code.to_owned(),
        detail: detail.to_owned(),
        version: None,
        findings: Vec::new(),
    }
}

fn refused(method: Method, path: &str, refusal: Refusal) -> (u16, Value, Response) {
    respond(method, path, &Outcome::Refused(refusal))
}

#[test]
fn what_is_published_is_created_and_what_was_published_is_there() {
    let published = |already_there| Performed::Published {
        name: "widget".to_owned(),
        version: Version::semver("1.0.0").unwrap().0,
        already_there,
    };
    let (status, body) = performed(Method::Put, "widget", published(false));
    assert_eq!(status, 201);
    assert_eq!(
        body,
        json!({ "ok": "published", "success": true, "id": "widget@1.0.0" })
    );
    let (status, body) = performed(Method::Put, "widget", published(true));
    assert_eq!((status, &body["success"]), (200, &json!(true)));
}

#[test]
fn whatever_else_is_done_is_told_as_yarn_looks_for_it() {
    let tag = "-/package/widget/dist-tags/next";
    for (method, status) in [(Method::Put, 201), (Method::Delete, 200)] {
        let done = performed(method, tag, Performed::Done);
        assert_eq!(done, (status, json!({ "ok": true, "success": true })));
    }
}

#[test]
fn a_token_is_given_in_the_way_that_it_was_asked_for() {
    let issued = || Performed::TokenIssued {
        token: "cel_x".to_owned(),
        view: TokenView {
            id: "0197a5c0".to_owned(),
            name: "ci".to_owned(),
            short: "00000000".to_owned(),
            read_only: true,
            only: None,
            created_at: "2026-01-02T03:04:05Z".to_owned(),
            expires_at: Some("2026-02-02T03:04:05Z".to_owned()),
        },
    };
    let (status, body) = performed(Method::Put, "-/user/org.couchdb.user:ada", issued());
    assert_eq!((status, &body["token"]), (201, &json!("cel_x")));
    assert_eq!(body["ok"], "you are signed in as ada");
    let (status, body) = performed(Method::Post, "-/npm/v1/tokens", issued());
    assert_eq!(status, 201);
    assert_eq!(
        body,
        json!({
            "token": "cel_x", "key": "0197a5c0", "id": "0197a5c0", "name": "ci", "readonly": true,
            "cidr_whitelist": null,
            "created": "2026-01-02T03:04:05Z", "updated": "2026-01-02T03:04:05Z",
            "expires": "2026-02-02T03:04:05Z",
        })
    );
}

#[test]
fn a_sign_in_in_a_browser_has_two_addresses_and_the_secret_is_in_the_query() {
    let begun = Performed::WebLoginBegun {
        url: "https://registry.example.com/login?request=abc".to_owned(),
        id: "a b&c".to_owned(),
    };
    let (status, body) = performed(Method::Post, "-/v1/login", begun);
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({
            "loginUrl": "https://registry.example.com/login?request=abc",
            "doneUrl": "https://registry.example.com/npm/-/v1/done?id=a%20b%26c",
        })
    );
}

#[test]
fn other_bytes_of_a_published_version_are_refused_as_tools_that_publish_know_it() {
    let detail =
        "widget@1.0.0 is published with other bytes; versions never change, publish a new one";
    let mut conflict = refusal(409, "version_exists", detail);
    conflict.version = Some("1.0.0".to_owned());
    let (status, body, _) = refused(Method::Put, "widget", conflict);
    assert_eq!(status, 403);
    assert_eq!(body["code"], "EPUBLISHCONFLICT");
    assert_eq!(
        body["error"],
        format!("You cannot publish over the previously published versions: 1.0.0. {detail}")
    );
}

#[test]
fn a_stale_revision_is_a_conflict_and_says_what_to_do() {
    let stale = refusal(409, "outdated", "the package has another revision");
    let (status, body, _) = refused(Method::Put, "widget/-rev/1-x", stale);
    assert_eq!(status, 409);
    let error = body["error"].as_str().unwrap();
    assert!(error.ends_with("run the command again"), "{error}");
}

#[test]
fn a_refusal_tells_its_findings_in_the_one_sentence_that_npm_prints() {
    let mut refusal = refusal(422, "refused", "refused with 2 findings");
    refusal.findings = vec![
        Finding::error("NPM052", "the body holds 2 versions").fix("publish one at a time"),
        Finding::warning("NPM030", "no licence is named"),
    ];
    let (status, body, _) = refused(Method::Put, "widget", refusal);
    assert_eq!(status, 422);
    assert_eq!(
        body["error"],
        "NPM052: the body holds 2 versions (publish one at a time)"
    );
    assert_eq!(body["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn who_needs_a_token_and_who_has_a_wrong_password_is_told_apart() {
    let needed = || refusal(401, "key_missing", "a key is needed");
    let (_, body, response) = refused(Method::Put, "widget", needed());
    assert_eq!(
        response
            .headers
            .iter()
            .filter(|(name, _)| name == "www-authenticate")
            .count(),
        0,
        "the host has one"
    );
    let error = body["error"].as_str().unwrap();
    assert!(error.contains("npm login"), "{error}");
    let path = "-/user/org.couchdb.user:ada";
    let (_, body, response) = refused(Method::Put, path, needed());
    let challenge = (
        "www-authenticate".to_owned(),
        "Basic realm=\"npm\"".to_owned(),
    );
    assert!(response.headers.contains(&challenge));
    assert_eq!(body["error"], "a key is needed");
}

#[test]
fn npm_asks_for_the_password_itself_where_there_is_no_page() {
    let not_there = refusal(
        501,
        "not_implemented",
        "the server does not know its address",
    );
    let (status, _, _) = refused(Method::Post, "-/v1/login", not_there);
    assert_eq!(status, 500);
    let unavailable = refusal(503, "unavailable", "the registry cannot do this right now");
    let (status, _, _) = refused(Method::Put, "widget", unavailable);
    assert_eq!(status, 503);
}

#[test]
fn nothing_of_a_stranger_upsets_a_terminal() {
    let hostile = refusal(400, "bad_text", "\u{1b}[31mred\r\n\u{202e}txet");
    let (_, body, _) = refused(Method::Put, "widget", hostile);
    assert_eq!(body["error"], "[31mredtxet");
}
