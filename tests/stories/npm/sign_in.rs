//! Signing in with a password, and with a page in a browser.

use cellier_tests::{NpmMachine, PASSWORD, Package, Setup, TestServer};
use serde_json::json;

use super::packument;

/// A server with somebody who may publish everything.
pub(super) async fn server_with_anna() -> TestServer {
    let server = Setup::new().cheap_passwords().start().await;
    server.with_user("anna").await;
    server.grant("user", "anna", &json!([{}])).await;
    server
}

/// npm asks for the name and the password one after the other; a line that comes before it asks is lost.
pub(super) fn legacy_login(password: &str) -> String {
    format!(
        r#"
        asked() {{ for _ in $(seq 600); do if grep -q "$1" asked; then return; fi; sleep 0.05; done; false; }}
        : >asked
        {{ asked Username && echo anna && asked Password && echo '{password}' && sleep 0.3; }} |
            npm login --auth-type=legacy >asked 2>asked.errors || {{ cat asked asked.errors >&2; false; }}
        "#
    )
}

/// A machine on which anna has signed in.
pub(super) fn signed_in(server: &TestServer) -> NpmMachine {
    let machine = NpmMachine::new(server);
    machine.run(&legacy_login(PASSWORD)).assert_success();
    machine
}

#[tokio::test]
async fn whoever_signs_in_with_a_password_publishes_and_signs_out() {
    let server = server_with_anna().await;
    let machine = signed_in(&server).package("lib", &Package::new("widget", "1.0.0"));
    let npmrc = machine.read(".npmrc");
    let (_, token) = npmrc.split_once("_authToken=").expect("a token");
    assert!(token.starts_with("cel_"), "{npmrc}");
    let done = machine.run("npm whoami; pnpm whoami; bun pm whoami; cd lib; npm publish");
    assert!(
        done.assert_success().starts_with("anna\nanna\nanna\n"),
        "{done:?}"
    );
    let told = packument(&server.admin(), "widget").await;
    assert_eq!(told["maintainers"][0]["name"], "anna", "{told}");
    assert_eq!(
        told["versions"]["1.0.0"]["_npmUser"]["name"], "anna",
        "{told}"
    );

    machine.run("cp .npmrc before; npm logout").assert_success();
    let refused = machine.run("cp before .npmrc; npm whoami");
    assert!(
        refused.assert_failure(1).contains("E401"),
        "the token is worthless: {refused:?}"
    );
    assert!(
        !server.log().contains(token.trim()),
        "no token is in the log"
    );
    assert!(
        !server.log().contains(PASSWORD),
        "no password is in the log"
    );
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_makes_no_account() {
    let server = server_with_anna().await;
    let machine = NpmMachine::new(&server);
    let refused = machine.run(&legacy_login("wrong horse battery"));
    assert!(refused.assert_failure(1).contains("E401"), "{refused:?}");
    assert!(!machine.read(".npmrc").contains("_authToken"));
    let stranger = legacy_login("an excellent password").replace("echo anna", "echo eve");
    let refused = NpmMachine::new(&server).run(&stranger);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    server.admin().get("users/eve").await.assert_status(404);
}

/// The page is filled in as a browser does while npm waits.
const WEB_LOGIN: &str = r#"
    npm login >said 2>&1 &
    for _ in $(seq 600); do if grep -q '/login?request=' said; then break; fi; sleep 0.05; done
    page=$(grep -o 'http://[^ ]*/login?request=[^ ]*' said | head -1)
    curl -sf "$page" | grep -c 'type=password'
    curl -sf -o /dev/null "${page%%\?*}" -H 'sec-fetch-site: same-origin' --data-urlencode "request=${page#*request=}" \
        --data-urlencode name=anna --data-urlencode "password=$PASSWORD"
    wait $! || { cat said >&2; false; }
    npm whoami
"#;

#[tokio::test]
async fn npm_signs_in_on_a_page_and_gets_its_token_once() {
    let server = server_with_anna().await;
    let machine = NpmMachine::new(&server);
    let done = machine.run(&format!("PASSWORD='{PASSWORD}'\n{WEB_LOGIN}"));
    assert_eq!(done.assert_success(), "1\nanna");
    let listed = machine.run("npm token list --json");
    let listed: serde_json::Value = serde_json::from_str(listed.assert_success()).unwrap();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
}
