//! Owners of a package.

use cellier_tests::{PASSWORD, Package};
use serde_json::json;

use super::packument;
use super::sign_in::{server_with_anna, signed_in};

#[tokio::test]
async fn whoever_publishes_first_owns_a_package_and_names_others() {
    let server = server_with_anna().await;
    let eve = server.with_user("eve").await;
    server.grant("user", "eve", &json!([{}])).await;
    let anna = signed_in(&server).package("lib", &Package::new("widget", "1.0.0"));
    anna.run("cd lib; npm publish").assert_success();
    let publish = |version: &str| {
        let package = Package::new("widget", version);
        let (eve, body) = (eve.clone(), package.upload());
        async move { eve.upload("artefacts/widget/versions", &body).await }
    };
    publish("2.0.0").await.assert_status(403);

    let named = anna.run("npm owner ls widget; npm owner add eve widget; npm owner ls widget");
    let named = named.assert_success();
    assert_eq!(named.matches("eve").count(), 2, "told, and listed: {named}");
    publish("2.0.0").await.assert_created();
    let owners = packument(&server.admin(), "widget").await["maintainers"].clone();
    assert_eq!(owners.as_array().map(Vec::len), Some(2), "{owners}");

    anna.run("npm owner rm eve widget").assert_success();
    publish("3.0.0").await.assert_status(403);
    let refused = anna.run("npm owner add nobody-of-this-name widget");
    assert_ne!(refused.code, Some(0), "{refused:?}");
    let refused = anna.run("npm owner rm anna widget");
    assert_ne!(refused.code, Some(0), "somebody stays: {refused:?}");
    assert!(!server.log().contains(PASSWORD));
}
