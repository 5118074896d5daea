//! The bytes of a version, which the host streams.

use cellier_sdk::testkit::FakeRegistry;
use cellier_sdk::{Body, Failure, Hold, Registry as _};

use super::shelf::{answer, failure, get, header, manifest, tarball, with_tool};

fn size(registry: &FakeRegistry, path: &str) -> u64 {
    let answer = answer(registry, &get(path));
    assert_eq!(answer.hold, Hold::Immutable);
    assert_eq!(header(&answer, "content-type"), Some("application/gzip"));
    let Body::Blob {
        digest,
        range: None,
        encoding: None,
    } = answer.body
    else {
        panic!("not a whole blob: {answer:?}");
    };
    registry.open(digest).unwrap().size()
}

#[test]
fn a_tarball_is_found_however_its_scope_is_written() {
    let registry = with_tool();
    let expected = tarball(&manifest("@acme/tool", "1.0.0")).len() as u64;
    for path in [
        "@acme/tool/-/tool-1.0.0.tgz",
        "@acme%2ftool/-/tool-1.0.0.tgz",
        "@acme/tool/-/@acme/tool-1.0.0.tgz",
        "@acme%2ftool/-/@acme%2ftool-1.0.0.tgz",
    ] {
        assert_eq!(size(&registry, path), expected, "{path}");
    }
}

#[test]
fn a_tarball_has_a_version_and_no_tag_or_range_in_its_name() {
    let registry = with_tool();
    for file in [
        "tool-latest.tgz",
        "tool-stable.tgz",
        "tool-1.tgz",
        "tool-^1.0.0.tgz",
        "tool-1.0.0.zip",
        "tool-9.9.9.tgz",
        "other-1.0.0.tgz",
        "tool-.tgz",
    ] {
        let path = format!("@acme/tool/-/{file}");
        assert!(
            matches!(failure(&registry, &path), Failure::NotFound),
            "{file}"
        );
    }
}
