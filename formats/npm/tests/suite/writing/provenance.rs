//! Where a package was built, sent along with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_sdk::{Change, Method};
use serde_json::{Value, json};

use super::bodies::{Package, hex, sha512};
use super::{changes, refusal};

const NAME: &str = "@acme/gadget-1.2.3.sigstore";
const BUNDLE_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";

fn statement(package: &Package) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "name": "pkg:npm/%40acme/gadget@1.2.3",
            "digest": { "sha512": hex(&sha512(&package.tarball)) },
        }],
        "predicateType": PREDICATE_TYPE,
        "predicate": { "buildDefinition": {}, "runDetails": {} },
    })
}

fn bundle(statement: &Value) -> Value {
    json!({
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": { "tlogEntries": [] },
        "dsseEnvelope": {
            "payload": STANDARD.encode(statement.to_string()),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{ "sig": "MEUCIQ==", "keyid": "" }],
        },
    })
}

/// npm's body with a bundle as it attaches one.
fn body(package: &Package, bundle: &Value) -> Value {
    let mut body = package.value();
    let text = bundle.to_string();
    body["_attachments"][NAME] = json!({
        "content_type": BUNDLE_TYPE,
        "data": text,
        "length": text.encode_utf16().count(),
    });
    body
}

fn refused(body: &Value) -> Vec<String> {
    refusal(Method::Put, "@acme%2fgadget", &body.to_string())
}

#[test]
fn a_provenance_of_the_tarball_is_kept_with_it_and_its_digest_is_expected() {
    let package = Package::new("@acme/gadget");
    let bundle = bundle(&statement(&package));
    let mut body = body(&package, &bundle);
    // Even where the client says nothing else of the digest.
    body["versions"]["1.2.3"]
        .as_object_mut()
        .unwrap()
        .remove("dist");
    let changes = changes(Method::Put, "@acme%2fgadget", &body.to_string());
    let [Change::Publish { files, .. }] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    let [file] = files.as_slice() else {
        panic!("{files:?}");
    };
    let kept = json!([{ "predicateType": PREDICATE_TYPE, "bundle": bundle }]);
    assert_eq!(file.metadata["attestations"], kept);
    let expected: Vec<_> = file
        .expected
        .iter()
        .map(cellier_sdk::Digest::to_integrity)
        .collect();
    assert_eq!(expected, [package.integrity()]);
}

#[test]
fn a_provenance_of_anything_else_is_refused() {
    let package = Package::new("@acme/gadget");
    let with = |path: &str, value: Value| {
        let mut statement = statement(&package);
        *statement.pointer_mut(path).unwrap() = value;
        refused(&body(&package, &bundle(&statement)))
    };
    assert_eq!(
        with("/subject/0/digest/sha512", "00".repeat(64).into()),
        ["NPM059"]
    );
    assert_eq!(with("/subject/0/digest/sha512", "x".into()), ["NPM059"]);
    for name in [
        "pkg:npm/gadget@1.2.3",
        "pkg:npm/@acme/gadget@1.2.3",
        "pkg:npm/%40acme/gadget@1.2.4",
    ] {
        assert_eq!(with("/subject/0/name", name.into()), ["NPM059"], "{name}");
    }
    assert_eq!(with("/subject", json!([])), ["NPM059"]);
    let twice = statement(&package)["subject"][0].clone();
    assert_eq!(with("/subject", json!([twice, twice])), ["NPM059"]);
    assert_eq!(with("/predicateType", json!(7)), ["NPM059"]);
}

#[test]
fn what_is_no_bundle_is_refused() {
    let package = Package::new("@acme/gadget");
    let good = bundle(&statement(&package));
    let with = |path: &str, value: Value| {
        let mut bundle = good.clone();
        *bundle.pointer_mut(path).unwrap() = value;
        refused(&body(&package, &bundle))
    };
    assert_eq!(with("/mediaType", "text/html".into()), ["NPM059"]);
    assert_eq!(with("/dsseEnvelope/payloadType", "x".into()), ["NPM059"]);
    assert_eq!(with("/dsseEnvelope/payload", "!".into()), ["NPM059"]);
    assert_eq!(with("/dsseEnvelope/payload", "YQ==".into()), ["NPM059"]);
    assert_eq!(with("/dsseEnvelope", Value::Null), ["NPM059"]);

    let attached = |change: &dyn Fn(&mut Value)| {
        let mut body = body(&package, &good);
        change(&mut body["_attachments"]);
        refused(&body)
    };
    let length = attached(&|all| all[NAME]["length"] = 1.into());
    assert_eq!(length, ["NPM055"]);
    let type_of = attached(&|all| all[NAME]["content_type"] = "text/plain".into());
    assert_eq!(type_of, ["NPM059"]);
    let twice = attached(&|all| {
        let again = all[NAME].clone();
        all["gadget-1.2.3.sigstore"] = again;
    });
    assert_eq!(twice, ["NPM059"]);
    let other_name = attached(&|all| {
        let moved = all.as_object_mut().unwrap().remove(NAME).unwrap();
        all["@acme/gadget-1.2.4.sigstore"] = moved;
    });
    assert_eq!(other_name, ["NPM059"]);
    let large = attached(&|all| {
        let text = "x".repeat(300 * 1024);
        all[NAME] = json!({ "data": text });
    });
    assert_eq!(large, ["NPM059"]);
    let alone = attached(&|all| {
        all.as_object_mut()
            .unwrap()
            .remove("@acme/gadget-1.2.3.tgz");
    });
    assert_eq!(alone, ["NPM053"]);
}
