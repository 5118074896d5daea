//! A package is one artefact, whichever way it came.

use cellier_tests::{NpmMachine, Package, TestServer};
use serde_json::{Value, json};

use super::{author, packument, put};

fn widget() -> Package {
    Package::new("@acme/widget", "1.0.0")
        .manifest("dependencies", json!({"gadget": "^2.0.0"}))
        .manifest("bin", json!({"widget": "index.js"}))
        .manifest("engines", json!({"node": ">=20"}))
        .manifest("keywords", json!(["maps"]))
}

/// What must not depend on the way: everything but identifiers, times, and whose key it was.
fn described(answer: &Value) -> Value {
    let version = &answer["version"];
    let mut kept = json!({});
    for member in [
        "sha256",
        "integrity",
        "size",
        "version",
        "fileName",
        "mediaType",
        "metadata",
        "findings",
    ] {
        kept[member] = version[member].clone();
    }
    kept
}

#[tokio::test]
async fn npm_publish_and_curl_make_the_same_artefact() {
    let (by_npm, by_curl) = (TestServer::start().await, TestServer::start().await);
    let machine = author(&by_npm).await.package("lib", &widget());
    machine.run("cd lib; npm publish").assert_success();
    let job = NpmMachine::new(&by_curl).package("lib", &widget());
    // The two commands of the guide for CI.
    let script = format!(
        r#"cd lib; npm pack --silent; curl -sf -X POST "{}/api/v1/artefacts/@acme%2Fwidget/versions" \
           -H "x-api-key: {}" -F file=@acme-widget-1.0.0.tgz"#,
        by_curl.url(),
        by_curl.admin().key()
    );
    job.run(&script).assert_success();

    let mut shown = Vec::new();
    for server in [&by_npm, &by_curl] {
        let admin = server.admin();
        let artefact = admin.get_json("artefacts/npm/@acme%2Fwidget").await;
        let version = admin
            .get_json("artefacts/npm/@acme%2Fwidget/versions/1.0.0")
            .await;
        assert!(version["metadata"].is_object(), "{version}");
        let mut told = packument(&admin, "@acme/widget").await;
        let manifest = &mut told["versions"]["1.0.0"];
        for member in ["signatures", "tarball"] {
            let dist = manifest["dist"].as_object_mut().expect("a dist");
            assert!(dist.remove(member).is_some(), "{member}");
        }
        manifest
            .as_object_mut()
            .expect("a manifest")
            .remove("_npmUser");
        let manifest = manifest.clone();
        let category = artefact["category"].clone();
        shown.push(json!({"version": described(&json!({"version": version})), "manifest": manifest, "category": category}));
    }
    assert_eq!(shown[0], shown[1]);
}

#[tokio::test]
async fn what_npm_published_curl_publishes_again_and_the_other_way_round() {
    let server = TestServer::start().await;
    let machine = author(&server).await.package("lib", &widget());
    let upload = format!(
        r#"curl -s -o answer -w '%{{http_code}}' -X POST "{}/api/v1/artefacts/@acme%2Fwidget/versions" \
           -H "x-api-key: {}" -F file=@acme-widget-1.0.0.tgz"#,
        server.url(),
        server.admin().key()
    );
    let twice = machine.run(&format!(
        "cd lib; npm publish >/dev/null; npm pack --silent >/dev/null; {upload}"
    ));
    assert_eq!(
        twice.assert_success(),
        "200",
        "the same bytes: {}",
        machine.read("lib/answer")
    );
    let listed = server.admin().get_json("artefacts?format=npm").await;
    assert_eq!(listed["count"], 1, "{listed}");

    let (admin, gadget) = (server.admin(), Package::new("gadget", "1.0.0"));
    admin.publish_package(&gadget).await.assert_created();
    let again = put(&admin, &gadget).await;
    assert!(matches!(again.status(), 200 | 201), "{}", again.text());
    let told = packument(&admin, "gadget").await;
    let versions = told["versions"].as_object().expect("versions");
    assert_eq!(versions.len(), 1, "{told}");
}
