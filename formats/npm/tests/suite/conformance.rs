//! The exam that every format has to pass.

use cellier_format_npm::Npm;
use cellier_sdk::Upload;
use cellier_sdk::testkit::{Conformance, Sample};

use crate::support::Archive;

/// Everything that the format reads of a manifest, so that the kit can make each of it hostile.
const MANIFEST: &[u8] = br#"{
  "name": "@acme/tool", "version": "1.0.0-rc.1", "description": "A tool", "license": "MIT",
  "bin": { "tool": "cli.js" }, "engines": { "node": ">=20" }, "types": "index.d.ts",
  "scripts": { "postinstall": "node setup.js" }, "dependencies": { "ms": "^2.1.3" },
  "registry": { "category": "processing", "processingConfigSchema": { "type": "object" } }
}"#;

const LOCKFILE: &str = r#"{"name": "site", "lockfileVersion": 3, "packages": {
  "": {"name": "site", "version": "1.0.0"},
  "node_modules/ms": {"version": "2.1.3", "resolved": "https://registry.example.com/npm/ms/-/ms-2.1.3.tgz",
    "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="},
  "node_modules/linked": {"resolved": "linked", "link": true}
}}"#;

const PACKUMENT: &str = r#"{"name": "ms", "time": {"2.1.3": "2026-01-02T03:04:05.000Z"}, "versions": {
  "2.1.3": {"name": "ms", "version": "2.1.3", "dist": {
    "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "signatures": [{"keyid": "SHA256:a", "sig": "AAAA"}]}}
}}"#;

const KEYS: &str = r#"{"keys": [{"keyid": "SHA256:a", "keytype": "ecdsa-sha2-nistp256",
  "scheme": "ecdsa-sha2-nistp256", "key": "AAAA", "expires": null}]}"#;

#[test]
fn the_format_keeps_to_the_contract() {
    let tool = Archive::new()
        .file("package/package.json", MANIFEST)
        .file("package/README.md", b"# A tool");
    let unpacked = Archive::package().tar();
    Conformance::of(Npm)
        .golden("tests/golden")
        .sample(Sample::new("every key", tool.tgz()).said(Upload::new("@acme/tool")))
        .sample(Sample::new("an archive that is not packed", unpacked).of_another_format("NPM001"))
        .document(LOCKFILE)
        .document(PACKUMENT)
        .document(KEYS)
        .check();
}
