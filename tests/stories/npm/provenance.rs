//! Where a package comes from, as a statement that is published with it.
//!
//! npm itself checks a statement with hosts of the internet before it sends it, so these requests are made by hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_tests::{Actor, Answer, Package, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::{packument, path_of};

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PREDICATE: &str = "https://slsa.dev/provenance/v1";

/// A bundle with a statement about a package whose tarball has this SHA-512.
fn bundle(name: &str, sha512: &str) -> Value {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha512": sha512}}],
        "predicateType": PREDICATE,
        "predicate": {"buildDefinition": {}, "runDetails": {}},
    });
    json!({
        "mediaType": BUNDLE,
        "verificationMaterial": {"certificate": {"rawBytes": "AAAA"}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": STANDARD.encode(statement.to_string()),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{"sig": "AAAA", "keyid": ""}],
        },
    })
}

async fn publish(who: &Actor, package: &Package, bundle: &Value) -> Answer {
    let mut body = package.publish_body();
    let text = bundle.to_string();
    let attachment = format!("{}-{}.sigstore", package.name(), package.version());
    body["_attachments"][attachment] =
        json!({"content_type": BUNDLE, "data": text, "length": text.len()});
    let request = who.request(Method::PUT, &path_of(package.name()));
    request.json(&body).send().await
}

fn sha512(package: &Package) -> String {
    let digest = Sha512::digest(package.tarball());
    digest
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[tokio::test]
async fn a_statement_about_the_tarball_is_kept_and_given_to_whoever_asks() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let package = Package::new("@acme/widget", "1.0.0");
    let bundle = bundle("pkg:npm/%40acme/widget@1.0.0", &sha512(&package));
    publish(&admin, &package, &bundle).await.assert_status(201);
    let dist = packument(&admin, "@acme/widget").await["versions"]["1.0.0"]["dist"].clone();
    assert_eq!(
        dist["attestations"]["provenance"]["predicateType"], PREDICATE,
        "{dist}"
    );
    let url = dist["attestations"]["url"].as_str().expect("an address");
    let path = url
        .strip_prefix(&server.url())
        .expect("an address of this server");
    let given = admin.get_json(path).await;
    assert_eq!(
        given["attestations"][0]["predicateType"], PREDICATE,
        "{given}"
    );
    assert_eq!(given["attestations"][0]["bundle"], bundle, "{given}");
    server.anonymous().get(path).await.assert_status(404);
}

#[tokio::test]
async fn a_statement_about_something_else_is_refused_with_the_package() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let package = Package::new("@acme/widget", "1.0.0");
    let other = sha512(&Package::new("@acme/widget", "1.0.1"));
    let right = sha512(&package);
    for (name, digest) in [
        ("pkg:npm/%40acme/widget@1.0.0", &other),
        ("pkg:npm/%40acme/gadget@1.0.0", &right),
        ("pkg:npm/%40acme/widget@1.0.1", &right),
    ] {
        let refused = publish(&admin, &package, &bundle(name, digest)).await;
        assert!(
            (400..500).contains(&refused.status()),
            "{name}: {}",
            refused.text()
        );
        assert!(refused.json()["error"].is_string(), "{}", refused.text());
    }
    let refused = publish(&admin, &package, &json!("no bundle")).await;
    assert!((400..500).contains(&refused.status()), "{}", refused.text());
    server.assert_empty().await;
}
