//! The exam that every format with a protocol has to pass.

use cellier_format_npm::Npm;
use cellier_sdk::testkit::{Conformance, FakeArtefact, FakeRegistry};
use cellier_sdk::{Caller, TokenView, WebLogin};
use serde_json::json;

use super::shelf::{ABBREVIATED, get, get_with, manifest, published, with_tool};

fn registry() -> FakeRegistry {
    let attested = json!([{ "predicateType": "https://slsa.dev/provenance/v1", "bundle": {} }]);
    let attested =
        published(&manifest("attested", "1.0.0-rc.1")).metadata("attestations", attested);
    let token = TokenView {
        id: "1".to_owned(),
        name: "laptop".to_owned(),
        short: "cel_a1b2".to_owned(),
        read_only: true,
        only: None,
        created_at: "2026-01-02T03:04:05Z".to_owned(),
        expires_at: None,
    };
    with_tool()
        .with_artefact(FakeArtefact::new("attested").version(attested))
        .with_artefact(FakeArtefact::new("empty"))
        .with_caller(Caller::signed_in("ada"))
        .with_token(token)
        .with_web_login("secret", WebLogin::Waiting)
        .with_pages_of(1)
}

#[test]
fn the_protocol_keeps_to_the_contract() {
    [
        "",
        "@acme%2ftool",
        "@acme/tool",
        "@acme%2ftool/1.0.0",
        "@acme%2ftool/stable",
        "@acme/tool/-/tool-1.1.0.tgz",
        "attested",
        "attested/latest",
        "empty",
        "-/package/@acme%2ftool/dist-tags",
        "-/package/attested/dist-tags",
        "-/package/@acme/tool/visibility",
        "-/package/@acme/tool/collaborators",
        "-/npm/v1/attestations/attested@1.0.0-rc.1",
        "-/npm/v1/attestations/@acme%2ftool@1.0.0",
        "-/npm/v1/keys",
        "-/npm/v1/tokens",
        "-/npm/v1/user",
        "-/ping",
        "-/whoami",
        "-/v1/search?text=tool&size=2",
        "-/v1/search?text=keywords:geo+not:deprecated",
        "-/v1/done?id=secret",
        "-/v1/done?id=other",
        "-/user/org.couchdb.user:ada",
        "-/_view/starredByUser",
        "-/org/acme/team",
        "-/stage",
    ]
    .into_iter()
    .map(get)
    .chain([get_with("@acme%2ftool", "accept", ABBREVIATED)])
    .fold(
        Conformance::of(Npm)
            .golden("tests/golden")
            .registry(registry()),
        Conformance::read,
    )
    .check();
}
