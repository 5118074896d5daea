//! Every client publishes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_format_npm::Npm;
use cellier_sdk::{Change, Format as _, Inspection, Method, NewFile, Payload, Rejection, Upload};
use serde_json::json;

use super::bodies::{CLIENTS, Package};
use super::{changes, refusal};

/// The one file that a body publishes, and the tags of its version.
fn published(package: &Package, body: &str) -> (NewFile, Vec<String>) {
    let mut changes = changes(Method::Put, &package.path(), body);
    let Some(Change::Publish {
        name,
        version,
        mut files,
        tags,
    }) = changes.pop()
    else {
        panic!("it publishes nothing");
    };
    assert!(changes.is_empty());
    assert_eq!((name.as_str(), files.len()), (package.name.as_str(), 1));
    assert_eq!(version.as_deref(), Some(package.version.as_str()));
    (files.remove(0), tags)
}

fn decode(file: &NewFile, body: &str) -> Vec<u8> {
    let Payload::Base64(range) = &file.payload else {
        panic!("not in base64: {:?}", file.payload);
    };
    let start = usize::try_from(range.start).unwrap();
    let end = usize::try_from(range.end).unwrap();
    STANDARD.decode(&body[start..end]).unwrap()
}

/// What becomes of a package whose client says so of it.
fn inspect(package: &Package, file: NewFile) -> Result<Inspection, Rejection> {
    let upload = Upload::new(&package.name).claims(file.claims);
    Npm.inspect(&upload, &package.tarball)
}

#[test]
fn every_client_publishes_with_and_without_a_scope() {
    for name in ["gadget", "@acme/gadget"] {
        let package = Package::new(name);
        for client in CLIENTS {
            let body = package.body(client);
            let (file, tags) = published(&package, &body);
            assert_eq!(file.name, "gadget-1.2.3.tgz", "{client}");
            assert_eq!(decode(&file, &body), package.tarball, "{client}");
            let mut expected: Vec<_> = file
                .expected
                .iter()
                .map(cellier_sdk::Digest::to_integrity)
                .collect();
            expected.retain(|digest| digest.starts_with("sha512"));
            assert_eq!(expected, [package.integrity()], "{client}");
            assert_eq!(file.expected.len(), 2, "{client}: sha1 and sha512");
            assert_eq!(tags, [""; 0], "latest moves by itself");
            let inspection = inspect(&package, file).unwrap();
            assert_eq!(inspection.name.as_deref(), Some(name));
        }
    }
}

#[test]
fn a_tag_of_its_own_names_the_version() {
    let mut package = Package::new("gadget");
    package.tag = "next".to_owned();
    let (_, tags) = published(&package, &package.body("npm"));
    assert_eq!(tags, ["next"]);
}

#[test]
fn a_large_tarball_is_found_wherever_it_lies() {
    let mut package = Package::new("gadget");
    package.tarball = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    for client in ["npm", "berry"] {
        let body = package.body(client);
        let (file, _) = published(&package, &body);
        assert!(decode(&file, &body) == package.tarball, "{client}");
    }
}

#[test]
fn a_manifest_that_disagrees_with_the_tarball_is_refused_with_the_difference() {
    let package = Package::new("gadget");
    let mut body = package.value();
    body["versions"]["1.2.3"]["dependencies"] = json!({ "ms": "^2.1.3", "left-pad": "1" });
    let (file, _) = published(&package, &body.to_string());
    let findings = inspect(&package, file).unwrap_err().into_findings();
    let told: Vec<_> = findings
        .iter()
        .map(|one| (one.code.as_str(), one.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [(
            "NPM058",
            r#"dependencies → "left-pad" is not in the tarball"#
        )]
    );
}

#[test]
fn a_tarball_of_another_package_is_refused_with_the_difference() {
    let mut package = Package::new("gadget");
    package.tarball = Package::new("gizmo").tarball;
    let (file, _) = published(&package, &package.body("npm"));
    let findings = inspect(&package, file).unwrap_err().into_findings();
    assert_eq!(findings[0].code, "NPM058");
    assert!(
        findings[0].message.contains(r#""gizmo" in the tarball"#),
        "{}",
        findings[0].message
    );
}

#[test]
fn an_upload_by_another_way_than_the_protocol_claims_nothing() {
    let package = Package::new("gadget");
    let inspection = Npm
        .inspect(&Upload::new("gadget"), &package.tarball)
        .unwrap();
    assert_eq!(inspection.findings, []);
}

#[test]
fn whoever_publishes_to_the_path_of_another_package_is_told() {
    let body = Package::new("gadget").body("npm");
    assert_eq!(refusal(Method::Put, "gizmo", &body), ["NPM051"]);
}
