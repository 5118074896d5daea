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
        .check();
}
