//! One version, and what is about a package alone.

use cellier_sdk::testkit::FakeArtefact;
use cellier_sdk::{Failure, Hold};
use serde_json::json;

use super::shelf::{answer, failure, get, json_of, manifest, published, read, registry, with_tool};

#[test]
fn a_version_is_found_by_number_tag_and_range() {
    let registry = with_tool();
    let packument = read(&registry, "@acme%2ftool");
    for (selector, version) in [
        ("1.0.0", "1.0.0"),
        ("stable", "1.0.0"),
        ("latest", "1.1.0"),
        ("^1.0.0", "1.1.0"),
    ] {
        let found = read(&registry, &format!("@acme/tool/{selector}"));
        assert_eq!(found, packument["versions"][version], "{selector}");
    }
    let held = answer(&registry, &get("@acme/tool/1.0.0")).hold;
    assert_eq!(held, Hold::UntilArtefactChanges, "it may be deprecated");
}

#[test]
fn a_version_that_is_not_there_is_told_from_a_package_that_is_not() {
    let registry = with_tool();
    let absent = answer(&registry, &get("@acme/tool/9.9.9"));
    assert_eq!(absent.status, 404);
    let sentence = json_of(&absent)["error"].to_string();
    assert!(sentence.contains("9.9.9"), "{sentence}");
    assert!(matches!(
        failure(&registry, "other/9.9.9"),
        Failure::NotFound
    ));
}

#[test]
fn the_latest_of_nothing_but_prereleases_is_the_newest() {
    let tool = FakeArtefact::new("tool")
        .version(published(&manifest("tool", "1.0.0-a.1")).yanked())
        .tag("beta", "1.0.0-a.1");
    let registry = registry().with_artefact(tool);
    assert_eq!(answer(&registry, &get("tool/latest")).status, 404);
    assert_eq!(read(&registry, "tool/beta")["version"], "1.0.0-a.1");
}

#[test]
fn tags_visibility_and_owners_are_listed() {
    let registry = with_tool();
    for name in ["@acme%2ftool", "@acme/tool"] {
        let of = |what: &str| read(&registry, &format!("-/package/{name}/{what}"));
        let tags = json!({ "latest": "1.1.0", "stable": "1.0.0" });
        assert_eq!(of("dist-tags"), tags);
        assert_eq!(of("visibility"), json!({ "public": false }));
        assert_eq!(of("collaborators"), json!({ "ada": "write" }));
    }
    let path = "-/package/other/dist-tags";
    assert!(matches!(failure(&registry, path), Failure::NotFound));
}

#[test]
fn a_version_without_attestations_says_so() {
    let registry = with_tool();
    for version in ["1.0.0", "latest", "9.9.9"] {
        let path = format!("-/npm/v1/attestations/@acme%2ftool@{version}");
        assert_eq!(answer(&registry, &get(&path)).status, 404, "{version}");
    }
}
