//! Tokens that somebody makes, lists and revokes with npm.

use cellier_tests::{NpmMachine, PASSWORD, Package};
use serde_json::Value;

use super::sign_in::{server_with_anna, signed_in};

#[tokio::test]
async fn a_token_is_made_listed_used_and_revoked() {
    let server = server_with_anna().await;
    let anna = signed_in(&server);
    let create = |more: &str| {
        let made = anna.run(&format!(
            "npm token create --json --password '{PASSWORD}' {more}"
        ));
        let made: Value = serde_json::from_str(made.assert_success()).expect("JSON");
        made["token"].as_str().expect("a token").to_owned()
    };
    let (token, read_only) = (
        create("--name ci"),
        create("--name reader --packages-and-scopes-permission read-only"),
    );
    let listed = anna.run("npm token list --json");
    let listed: Value = serde_json::from_str(listed.assert_success()).expect("JSON");
    let tokens = listed.as_array().expect("a list");
    assert_eq!(tokens.len(), 3, "with that of the sign-in: {listed}");
    assert!(
        !listed.to_string().contains(&token),
        "a token is shown once"
    );
    let named = |name: &str| tokens.iter().find(|one| one["name"] == name).expect(name);
    assert_eq!(named("reader")["readonly"], true, "{listed}");
    assert_eq!(named("ci")["readonly"], false, "{listed}");

    let package = Package::new("widget", "1.0.0");
    let reader = NpmMachine::new(&server)
        .with_token(&read_only)
        .package("lib", &package);
    let refused = reader.run("npm whoami; cd lib; npm publish");
    assert!(refused.assert_failure(1).contains("E403"), "{refused:?}");
    let ci = NpmMachine::new(&server)
        .with_token(&token)
        .package("lib", &package);
    ci.run("npm whoami; cd lib; npm publish").assert_success();

    let id = named("ci")["id"].as_str().expect("an identifier");
    anna.run(&format!("npm token revoke {id}")).assert_success();
    let refused = ci.run("npm whoami");
    assert!(refused.assert_failure(1).contains("E401"), "{refused:?}");
    anna.run(&format!("npm token revoke {read_only}"))
        .assert_success();
    let refused = reader.run("npm whoami");
    assert!(refused.assert_failure(1).contains("E401"), "{refused:?}");
    anna.run("npm whoami").assert_success();
}

#[tokio::test]
async fn a_wrong_password_makes_no_token() {
    let server = server_with_anna().await;
    let anna = signed_in(&server);
    let refused = anna.run("npm token create --name ci --password 'wrong horse battery'");
    assert_ne!(refused.code, Some(0), "{refused:?}");
    let listed = anna.run("npm token list --parseable");
    assert_eq!(
        listed.assert_success().lines().count(),
        2,
        "a head and one token: {listed:?}"
    );
}
