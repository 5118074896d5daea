//! Packages with all their versions, in both forms.

use cellier_sdk::testkit::{FakeArtefact, FakeVersion};
use cellier_sdk::{Failure, Hold};
use serde_json::{Value, json};

use super::shelf::{
    ABBREVIATED, BASE, answer, failure, get, get_with, header, json_of, manifest, published, read,
    registry, with_tool,
};

fn abbreviated(registry: &cellier_sdk::testkit::FakeRegistry, path: &str) -> Value {
    json_of(&answer(registry, &get_with(path, "accept", ABBREVIATED)))
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_full_packument_has_what_npm_reads() {
    let registry = with_tool();
    let packument = read(&registry, "@acme%2ftool");
    assert_eq!(packument["_id"], "@acme/tool");
    assert_eq!(packument["_rev"], "2-cellier");
    assert_eq!(packument["name"], "@acme/tool");
    let tags = json!({ "latest": "1.1.0", "stable": "1.0.0" });
    assert_eq!(packument["dist-tags"], tags);
    assert_eq!(keys(&packument["versions"]), ["1.0.0", "1.1.0"]);
    assert_eq!(
        keys(&packument["time"]),
        ["created", "modified", "1.0.0", "1.1.0"]
    );
    assert_eq!(packument["time"]["1.0.0"], "2026-01-02T03:04:05Z");
    let owner = json!([{ "name": "ada", "email": "" }]);
    assert_eq!(packument["maintainers"], owner);
    assert_eq!(packument["description"], "A tool.");
    assert_eq!(packument["readme"], "# A tool");
    assert_eq!(packument["_attachments"], json!({}));
    assert_eq!(packument["users"], json!({}));
}

#[test]
fn a_version_is_the_manifest_in_its_tarball_and_what_the_registry_adds() {
    let registry = with_tool();
    let packument = read(&registry, "@acme%2ftool");
    let version = &packument["versions"]["1.0.0"];
    let own = manifest("@acme/tool", "1.0.0");
    for key in keys(&own).into_iter().filter(|key| *key != "bin") {
        assert_eq!(version[key], own[key], "{key}");
    }
    assert_eq!(version["bin"], json!({ "tool": "cli.js" }), "by its name");
    assert_eq!(version["_id"], "@acme/tool@1.0.0");
    assert_eq!(version["_npmUser"], json!({ "name": "ada", "email": "" }));
    assert_eq!(packument["versions"]["1.1.0"].get("_npmUser"), None);
    assert_eq!(version.get("deprecated"), None);
    assert_eq!(version.get("hasInstallScript"), None);
}

#[test]
fn the_bytes_of_a_version_are_named_with_their_digests_and_a_signature() {
    let registry = with_tool();
    let dist = &read(&registry, "@acme%2ftool")["versions"]["1.0.0"]["dist"];
    let tarball = format!("{BASE}/@acme/tool/-/tool-1.0.0.tgz");
    assert_eq!(dist["tarball"], tarball.as_str());
    let integrity = dist["integrity"].as_str().unwrap();
    assert!(integrity.starts_with("sha512-") && integrity.len() == 95);
    let shasum = dist["shasum"].as_str().unwrap();
    assert!(shasum.len() == 40 && shasum.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(dist["fileCount"], 2);
    assert!(dist["unpackedSize"].as_u64().unwrap() > 100);
    // The registry of the kit signs with a key that is none: its signature is the text in base64.
    let [signature] = dist["signatures"].as_array().unwrap().as_slice() else {
        panic!("one signature");
    };
    assert_eq!(signature["keyid"], "SHA256:fake");
    let registry = registry.clone();
    let expected = cellier_sdk::Registry::sign(&registry, &format!("@acme/tool@1.0.0:{integrity}"));
    let expected = expected.unwrap().unwrap().signature;
    assert_eq!(signature["sig"], expected.as_str());
}

#[test]
fn nothing_is_signed_where_the_registry_does_not_sign() {
    let registry = cellier_sdk::testkit::FakeRegistry::new()
        .with_artefact(FakeArtefact::new("tool").version(published(&manifest("tool", "1.0.0"))));
    let dist = &read(&registry, "tool")["versions"]["1.0.0"]["dist"];
    assert_eq!(dist.get("signatures"), None);
    assert_eq!(dist.get("shasum"), None, "it was not computed");
    assert!(dist["integrity"].as_str().unwrap().starts_with("sha256-"));
}

#[test]
fn an_abbreviated_packument_has_what_is_needed_to_install() {
    let registry = with_tool();
    let answer = answer(&registry, &get_with("@acme/tool", "accept", ABBREVIATED));
    let media_type = "application/vnd.npm.install-v1+json";
    assert_eq!(header(&answer, "content-type"), Some(media_type));
    assert_eq!(header(&answer, "vary"), Some("accept"));
    assert_eq!(answer.hold, Hold::UntilArtefactChanges);
    let packument = json_of(&answer);
    assert_eq!(
        keys(&packument),
        ["name", "modified", "dist-tags", "versions", "time"]
    );
    let version = &packument["versions"]["1.1.0"];
    let full = &read(&registry, "@acme/tool")["versions"]["1.1.0"];
    let has = [
        "name",
        "version",
        "dependencies",
        "peerDependenciesMeta",
        "engines",
        "os",
        "funding",
        "license",
        "bin",
        "dist",
    ];
    assert_eq!(keys(version), has);
    for key in has {
        assert_eq!(version[key], full[key], "{key}");
    }
}

#[test]
fn both_forms_are_told_apart_by_what_the_client_accepts_alone() {
    let registry = with_tool();
    let full = answer(&registry, &get("@acme%2ftool"));
    assert_eq!(header(&full, "content-type"), Some("application/json"));
    assert_eq!(header(&full, "vary"), Some("accept"));
    assert_eq!(full.hold, Hold::UntilArtefactChanges);
    let write = answer(&registry, &get("@acme%2ftool?write=true"));
    assert_eq!(json_of(&write), json_of(&full));
}

#[test]
fn what_a_package_says_cannot_pass_for_what_the_registry_says() {
    let mut forged = manifest("tool", "1.0.0");
    for key in [
        "dist",
        "deprecated",
        "hasInstallScript",
        "maintainers",
        "readme",
        "_id",
        "_rev",
        "_npmUser",
        "_hasShrinkwrap",
        "_attachments",
        "_resolved",
        "users",
    ] {
        forged[key] = json!({ "tarball": "https://evil.example/x.tgz", "forged": true });
    }
    let registry = registry().with_artefact(FakeArtefact::new("tool").version(published(&forged)));
    for packument in [read(&registry, "tool"), abbreviated(&registry, "tool")] {
        let text = packument.to_string();
        assert!(!text.contains("forged") && !text.contains("evil"), "{text}");
    }
    assert_eq!(
        read(&registry, "tool")["versions"]["1.0.0"]["_id"],
        "tool@1.0.0"
    );
}

#[test]
fn what_no_client_would_understand_is_left_out() {
    let mut odd = manifest("tool", "1.0.0");
    odd["dependencies"] = json!({ "ms": 2, "debug": "4" });
    odd["optionalDependencies"] = json!(["ms"]);
    odd["engines"] = json!("node 20");
    odd["bin"] = json!(7);
    let registry = registry().with_artefact(FakeArtefact::new("tool").version(published(&odd)));
    for packument in [read(&registry, "tool"), abbreviated(&registry, "tool")] {
        let version = &packument["versions"]["1.0.0"];
        assert_eq!(version["dependencies"], json!({ "debug": "4" }));
        for key in ["optionalDependencies", "engines", "bin"] {
            assert_eq!(version.get(key), None, "{key}");
        }
    }
}

#[test]
fn scripts_and_pinned_dependencies_are_told_in_both_forms() {
    let mut with_script = manifest("tool", "1.0.0");
    with_script["scripts"] = json!({ "postinstall": "node setup.js" });
    let version = published(&with_script).metadata("hasShrinkwrap", true);
    let registry = registry().with_artefact(FakeArtefact::new("tool").version(version));
    for packument in [read(&registry, "tool"), abbreviated(&registry, "tool")] {
        let version = &packument["versions"]["1.0.0"];
        assert_eq!(version["hasInstallScript"], true);
        assert_eq!(version["_hasShrinkwrap"], true);
    }
}

#[test]
fn a_deprecated_or_yanked_version_tells_so() {
    let version = |text: &str| published(&manifest("tool", text));
    let registry = registry().with_artefact(
        FakeArtefact::new("tool")
            .version(version("1.0.0").deprecated("use 2"))
            .version(version("1.1.0").yanked())
            .version(version("1.2.0").yanked().deprecated("it eats disks")),
    );
    for packument in [read(&registry, "tool"), abbreviated(&registry, "tool")] {
        let told = |version: &str| packument["versions"][version]["deprecated"].clone();
        assert_eq!(told("1.0.0"), "use 2");
        assert!(told("1.1.0").as_str().unwrap().contains("yanked"));
        assert_eq!(told("1.2.0"), "it eats disks");
        assert_eq!(packument["dist-tags"], json!({ "latest": "1.0.0" }));
    }
}

#[test]
fn a_package_of_prereleases_alone_has_a_latest_version_for_clients() {
    let version = |text: &str| published(&manifest("tool", text));
    let artefact = FakeArtefact::new("tool").version(version("1.0.0-a.1").yanked());
    let yanked = registry().with_artefact(artefact.clone());
    assert_eq!(read(&yanked, "tool")["dist-tags"], json!({}));
    assert_eq!(read(&yanked, "-/package/tool/dist-tags"), json!({}));
    let registry = registry().with_artefact(artefact.version(version("1.0.0-a.2")));
    let latest = json!({ "latest": "1.0.0-a.2" });
    assert_eq!(read(&registry, "tool")["dist-tags"], latest);
    assert_eq!(read(&registry, "-/package/tool/dist-tags"), latest);
}

#[test]
fn a_package_of_which_nothing_is_left_tells_that_it_was_unpublished() {
    let registry = registry().with_artefact(FakeArtefact::new("gone"));
    for packument in [read(&registry, "gone"), abbreviated(&registry, "gone")] {
        assert_eq!(packument["versions"], json!({}));
        assert_eq!(packument["dist-tags"], json!({}));
        let since = &packument["time"]["unpublished"]["time"];
        assert_eq!(since, "2026-01-02T03:04:05Z");
    }
}

#[test]
fn many_versions_come_page_by_page_and_in_their_order() {
    let versions = (0..250).map(|minor| published(&manifest("tool", &format!("1.{minor}.0"))));
    let tool = versions.fold(FakeArtefact::new("tool"), FakeArtefact::version);
    let registry = registry().with_artefact(tool).with_pages_of(7);
    let packument = read(&registry, "tool");
    let expected: Vec<_> = (0..250).map(|minor| format!("1.{minor}.0")).collect();
    assert_eq!(keys(&packument["versions"]), expected);
    assert_eq!(packument["dist-tags"]["latest"], "1.249.0");
}

#[test]
fn a_packument_that_no_answer_could_hold_is_refused_with_what_to_do() {
    let heavy = "x".repeat(900_000);
    let versions = (0..75).map(|minor| {
        let mut manifest = manifest("heavy", &format!("1.{minor}.0"));
        manifest["ballast"] = heavy.as_str().into();
        FakeVersion::new(&format!("1.{minor}.0"))
            .file("heavy.tgz", "application/gzip", "x")
            .metadata("manifest", manifest)
    });
    let artefact = versions.fold(FakeArtefact::new("heavy"), FakeArtefact::version);
    let registry = registry().with_artefact(artefact);
    let refused = answer(&registry, &get("heavy"));
    assert_eq!(refused.status, 413);
    let sentence = json_of(&refused)["error"].to_string();
    assert!(sentence.contains("abbreviated"), "{sentence}");
    let versions = &abbreviated(&registry, "heavy")["versions"];
    assert_eq!(versions.as_object().unwrap().len(), 75);
}

#[test]
fn another_spelling_of_a_name_is_another_package() {
    let registry = with_tool();
    for path in ["@acme/Tool", "@ACME%2ftool", "tool", "@acme%2fother"] {
        assert!(
            matches!(failure(&registry, path), Failure::NotFound),
            "{path}"
        );
    }
}

#[test]
fn what_was_attested_about_a_version_is_found_from_its_packument() {
    let bundle = json!({ "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json" });
    let attestations = json!([
        { "predicateType": "https://github.com/npm/attestation/tree/main/specs/publish/v0.1", "bundle": {} },
        { "predicateType": "https://slsa.dev/provenance/v1", "bundle": bundle },
    ]);
    let version =
        published(&manifest("@acme/tool", "1.0.0")).metadata("attestations", attestations.clone());
    let registry = registry().with_artefact(FakeArtefact::new("@acme/tool").version(version));
    let packument = read(&registry, "@acme%2ftool");
    let pointer = &packument["versions"]["1.0.0"]["dist"]["attestations"];
    let path = "-/npm/v1/attestations/@acme%2ftool@1.0.0";
    assert_eq!(pointer["url"], format!("{BASE}/{path}"));
    let provenance = json!({ "predicateType": "https://slsa.dev/provenance/v1" });
    assert_eq!(pointer["provenance"], provenance);
    assert_eq!(read(&registry, path)["attestations"], attestations);
    assert!(
        packument.to_string().matches("bundle").count() == 0,
        "not in the packument"
    );
}
