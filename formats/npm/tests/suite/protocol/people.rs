//! Who asks, what is said about no package, and what this registry has not.

use cellier_format_npm::Npm;
use cellier_sdk::testkit::FakeRegistry;
use cellier_sdk::{
    Caller, Failure, Format as _, Hold, Method, Request, TokenView, Translation, WebLogin,
};
use serde_json::json;

use super::shelf::{answer, failure, get, header, json_of, read, registry};

fn signed_in() -> FakeRegistry {
    registry().with_caller(Caller::signed_in("ada"))
}

#[test]
fn who_asks_is_answered_to_those_who_have_a_credential() {
    let ada = json!({ "username": "ada" });
    assert_eq!(read(&signed_in(), "-/whoami"), ada);
    let key = registry().with_caller(Caller::named("ci"));
    assert_eq!(read(&key, "-/whoami"), json!({ "username": "ci" }));
    for path in [
        "-/whoami",
        "-/npm/v1/tokens",
        "-/npm/v1/user",
        "-/user/org.couchdb.user:ada",
    ] {
        let failure = failure(&registry(), path);
        assert!(matches!(failure, Failure::CredentialNeeded), "{path}");
    }
    assert_eq!(answer(&signed_in(), &get("-/whoami")).hold, Hold::No);
}

#[test]
fn tokens_are_listed_without_their_text() {
    let token = TokenView {
        id: "k1".to_owned(),
        name: "laptop".to_owned(),
        short: "cel_a1b2".to_owned(),
        read_only: true,
        only: None,
        created_at: "2026-01-02T03:04:05Z".to_owned(),
        expires_at: Some("2027-01-02T03:04:05Z".to_owned()),
    };
    let listed = read(&signed_in().with_token(token), "-/npm/v1/tokens");
    let object = &listed["objects"][0];
    assert_eq!(object["key"], "k1");
    assert_eq!(object["token"], "cel_a1b2");
    assert_eq!(object["name"], "laptop");
    assert_eq!(object["readonly"], true);
    assert_eq!(object["expires"], "2027-01-02T03:04:05Z");
    assert_eq!(
        listed["urls"],
        json!({}),
        "npm looks for the next page here"
    );
}

#[test]
fn an_account_is_what_npm_needs_to_name_an_owner() {
    let account = read(&signed_in(), "-/user/org.couchdb.user:grace");
    assert_eq!(account["name"], "grace");
    assert_eq!(account["email"], "");
    let profile = read(&signed_in(), "-/npm/v1/user");
    assert_eq!(profile["name"], "ada");
    assert_eq!(profile["tfa"], json!(null));
}

#[test]
fn a_client_waits_until_somebody_has_signed_in() {
    let done = WebLogin::Done {
        token: "cel_secret".to_owned(),
    };
    let registry = registry()
        .with_web_login("one", WebLogin::Waiting)
        .with_web_login("two", done);
    let waiting = answer(&registry, &get("-/v1/done?id=one"));
    assert_eq!(waiting.status, 202);
    assert_eq!(header(&waiting, "retry-after"), Some("2"));
    assert_eq!(json_of(&waiting), json!({}), "npm reads it as JSON");
    let token = json!({ "token": "cel_secret" });
    let done = answer(&registry, &get("-/v1/done?id=two"));
    assert_eq!((done.status, done.hold), (200, Hold::No));
    assert_eq!(json_of(&done), token);
    for path in ["-/v1/done?id=three", "-/v1/done"] {
        assert_eq!(answer(&registry, &get(path)).status, 404, "{path}");
    }
}

#[test]
fn keys_are_listed_in_the_words_of_npm() {
    let keys = read(&registry(), "-/npm/v1/keys");
    let key = json!({
        "expires": null, "keyid": "SHA256:fake", "keytype": "ecdsa-sha2-nistp256",
        "scheme": "ecdsa-sha2-nistp256", "key": "ZmFrZQ==",
    });
    assert_eq!(keys, json!({ "keys": [key] }));
    let unsigned = answer(&FakeRegistry::new(), &get("-/npm/v1/keys"));
    assert_eq!(
        unsigned.status, 404,
        "which clients take as: nothing is signed"
    );
}

#[test]
fn a_client_that_asks_for_advisories_is_told_that_there_are_none() {
    for path in [
        &["-", "npm", "v1", "security", "advisories", "bulk"][..],
        &["-", "npm", "v1", "security", "audits"],
        &["-", "npm", "v1", "security", "audits", "quick"],
    ] {
        let request = Request::new(Method::Post, path.iter().copied());
        let body = br#"{"ms":["2.1.3"]}"#.to_vec();
        let translation = Npm.translate(&request, &body, &registry()).unwrap();
        let Translation::Answer(answer) = translation else {
            panic!("nothing is to be changed");
        };
        assert_eq!((answer.status, json_of(&answer)), (200, json!({})));
    }
}

#[test]
fn a_ping_is_answered_and_nobody_has_starred_anything() {
    assert_eq!(read(&registry(), "-/ping"), json!({}));
    assert_eq!(read(&registry(), "-/ping?write=true"), json!({}));
    assert_eq!(
        read(&registry(), "-/_view/starredByUser"),
        json!({ "rows": [] })
    );
}

#[test]
fn what_this_registry_has_not_is_refused_in_a_sentence() {
    for path in [
        "-/org/acme/user",
        "-/team/acme/core/package",
        "-/user/ada/package",
        "-/stage",
        "-/package/tool/trust",
        "-/npm/v1/hooks",
    ] {
        let refused = answer(&registry(), &get(path));
        assert_eq!(refused.status, 404, "{path}");
        let sentence = json_of(&refused)["error"].to_string();
        assert!(sentence.contains("this registry"), "{path}: {sentence}");
    }
}
