//! What the registry signs, judged by the library with which npm judges it.

use cellier_tests::{NpmMachine, Package, TestServer};
use serde_json::json;

use super::{author, put, reader};

/// Reads a manifest with the keys of the registry, as `npm audit signatures` does. What it must refuse has a message of
/// its own in `code`.
const VERIFY: &str = r#"
const pacote = require(process.env.CLIENTS + '/node_modules/npm/node_modules/pacote')
const { readFileSync } = require('fs')
const registry = process.env.REGISTRY
const address = registry.replace(/^http:/, '')
const token = readFileSync('.npmrc', 'utf8').match(/_authToken=(.*)/)[1]
const main = async () => {
    const answer = await fetch(registry + '-/npm/v1/keys')
    const keys = (await answer.json()).keys.map(key => ({
        ...key, pemkey: `-----BEGIN PUBLIC KEY-----\n${key.key}\n-----END PUBLIC KEY-----`,
    }))
    if (process.argv[3] === 'without keys') keys.length = 0
    const manifest = await pacote.manifest(process.argv[2], {
        registry, verifySignatures: true, cache: '.pacote', preferOnline: true,
        [`${address}:_keys`]: keys, [`${address}:_authToken`]: token,
    })
    console.log(manifest._id, manifest._signatures.length, keys.length)
}
main().catch(error => { console.error(error.code, error.message); process.exit(1) })
"#;

#[tokio::test]
async fn the_library_of_npm_finds_every_signature_good_also_after_the_key_was_rotated() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("lib", &Package::new("@acme/widget", "1.0.0"));
    author.run("cd lib; npm publish").assert_success();
    let reader = reader(&server).await.file("verify.js", VERIFY);
    let verified = reader.run("node verify.js @acme/widget@1.0.0");
    assert_eq!(verified.assert_success(), "@acme/widget@1.0.0 1 1");
    let refused = reader.run("node verify.js @acme/widget@1.0.0 'without keys'");
    assert!(
        refused.assert_failure(1).contains("EMISSINGSIGNATUREKEY"),
        "{refused:?}"
    );

    server.run(&["signing-key", "rotate"]).assert_success();
    put(&server.admin(), &Package::new("@acme/widget", "2.0.0"))
        .await
        .assert_status(201);
    for version in ["1.0.0", "2.0.0"] {
        let verified = reader.run(&format!("node verify.js @acme/widget@{version}"));
        assert!(verified.assert_success().ends_with(" 2"), "{verified:?}");
    }
}

#[tokio::test]
async fn the_keys_have_the_form_in_which_npm_looks_for_them() {
    let server = TestServer::start().await;
    let keys = server.anonymous().get_json("/npm/-/npm/v1/keys").await;
    let key = &keys["keys"][0];
    assert_eq!(key["keytype"], "ecdsa-sha2-nistp256");
    assert_eq!(key["scheme"], "ecdsa-sha2-nistp256");
    assert_eq!(key["expires"], json!(null));
    assert!(
        key["keyid"]
            .as_str()
            .is_some_and(|id| id.starts_with("SHA256:")),
        "{keys}"
    );
}

/// Whoever changes a tarball on the way, or the digest of it, is found out.
#[tokio::test]
async fn what_was_changed_on_the_way_is_refused() {
    let server = TestServer::start().await;
    put(&server.admin(), &Package::new("widget", "1.0.0"))
        .await
        .assert_status(201);
    let proxy = cellier_tests::Proxy::start(&server, |asked, answer| {
        let text = String::from_utf8_lossy(&answer).into_owned();
        if asked.line().ends_with("/npm/widget") && text.contains("sha512-") {
            let at = answer
                .windows(7)
                .position(|seven| seven == b"sha512-")
                .expect("a digest")
                + 7;
            let mut forged = answer;
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            return forged;
        }
        answer
    });
    let key = server.read_key("reader").create().await;
    let machine = NpmMachine::at(&format!("{}/npm/", proxy.url()))
        .with_token(key.key())
        .file(
            "verify.js",
            VERIFY.replace(
                "preferOnline: true",
                "preferOnline: true, headers: {'accept-encoding': 'identity'}",
            ),
        );
    let refused = machine.run("node verify.js widget@1.0.0");
    assert!(
        refused.assert_failure(1).contains("EINTEGRITYSIGNATURE"),
        "{refused:?}"
    );
}
