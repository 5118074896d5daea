//! What a client says of a package, compared with what is in its tarball.
//!
//! A client sends a manifest beside the tarball, and other registries show that one: a package can then look harmless and
//! install something else. Here everything that is shown comes from the tarball, and a manifest that disagrees with it in
//! name, version or dependencies is refused, so that nobody is misled about what they have published either.
//!
//! Clients do rewrite a manifest in ways that mean the same: they put optional dependencies among the others or take them
//! out there, leave out empty lists, and spell the address of a repository in another way. None of that is a difference.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::findings::Findings;
use crate::{codes, text};

/// Most differences that are told.
const MOST_TOLD: usize = 10;

const DEPENDENCIES: &str = "dependencies";
const OPTIONAL: &str = "optionalDependencies";
const PEER: &str = "peerDependencies";
const DEVELOPMENT: &str = "devDependencies";

/// Finds in what a claimed manifest differs from the one in the tarball. Nothing was claimed of an upload that came by
/// another way than npm's protocol.
pub(crate) fn compare(
    claimed: &Map<String, Value>,
    found: &Map<String, Value>,
    findings: &mut Findings,
) {
    if claimed.is_empty() {
        return;
    }
    let mut differences = Vec::new();
    for field in ["name", "version"] {
        let (said, is) = (claimed.get(field), found.get(field));
        if said.is_some_and(|said| Some(said) != is) {
            differences.push(format!(
                "{field} is {} in the request and {} in the tarball",
                shown(said),
                shown(is)
            ));
        }
    }
    for kind in [DEPENDENCIES, OPTIONAL, PEER] {
        compare_kind(kind, &of(claimed, kind), &of(found, kind), &mut differences);
    }
    // What is needed for development installs nothing anywhere, and some clients leave it out.
    let development = of(claimed, DEVELOPMENT);
    if !development.is_empty() {
        let found = of(found, DEVELOPMENT);
        compare_kind(DEVELOPMENT, &development, &found, &mut differences);
    }
    let left_out = differences.len().saturating_sub(MOST_TOLD);
    for difference in differences.into_iter().take(MOST_TOLD) {
        findings.push(codes::MANIFEST_DIFFERS.error(difference));
    }
    if left_out > 0 {
        let message = format!("{left_out} more differences are not listed");
        findings.push(codes::MANIFEST_DIFFERS.error(message));
    }
}

/// The dependencies of a kind, by name. Those that are optional count as dependencies too: npm lists them twice or once.
fn of<'a>(manifest: &'a Map<String, Value>, kind: &str) -> BTreeMap<&'a str, &'a str> {
    let fields = if kind == DEPENDENCIES {
        &[DEPENDENCIES, OPTIONAL][..]
    } else {
        &[kind]
    };
    let objects = fields
        .iter()
        .filter_map(|field| manifest.get(*field)?.as_object());
    let entries = objects.flatten();
    entries
        .filter_map(|(name, requirement)| Some((name.as_str(), requirement.as_str()?.trim())))
        .collect()
}

fn compare_kind(
    kind: &str,
    claimed: &BTreeMap<&str, &str>,
    found: &BTreeMap<&str, &str>,
    differences: &mut Vec<String>,
) {
    for (name, said) in claimed {
        let found = found.get(name);
        let name = text::quote(name);
        match found {
            Some(is) if is_same(said, is) => {}
            Some(is) => differences.push(format!(
                "{kind} → {name} is {} in the request and {} in the tarball",
                text::quote(said),
                text::quote(is)
            )),
            None => differences.push(format!("{kind} → {name} is not in the tarball")),
        }
    }
    for name in found.keys().filter(|name| !claimed.contains_key(*name)) {
        let name = text::quote(name);
        differences.push(format!("{kind} → {name} is only in the tarball"));
    }
}

/// Whether two requirements mean the same. A range has to be the same text; the address of something outside the registry
/// has many spellings, and clients choose among them.
fn is_same(said: &str, is: &str) -> bool {
    said == is || (is_address(said) && is_address(is))
}

/// Whether a requirement is the address of something outside the registry, such as a repository.
fn is_address(requirement: &str) -> bool {
    let is_alias = requirement.starts_with("npm:");
    !is_alias && requirement.contains([':', '/'])
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "missing".to_owned(),
        Some(Value::String(text)) => text::quote(text),
        Some(_) => "no text".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Inspection;
    use serde_json::json;

    use super::*;

    fn differences(claimed: &Value, found: &Value) -> Vec<String> {
        let mut findings = Findings::default();
        let (claimed, found) = (claimed.as_object().unwrap(), found.as_object().unwrap());
        compare(claimed, found, &mut findings);
        let concluded = findings.conclude(Inspection::new());
        let found = concluded.map_or_else(cellier_sdk::Rejection::into_findings, |_| Vec::new());
        assert!(
            found
                .iter()
                .all(|one| one.code == codes::MANIFEST_DIFFERS.id)
        );
        found.into_iter().map(|one| one.message).collect()
    }

    #[test]
    fn what_clients_rewrite_without_changing_it_is_no_difference() {
        let found = json!({
            "name": "widget", "version": "1.0.0",
            "dependencies": { "ms": "^2.1.3", "left": "acme/left" },
            "optionalDependencies": { "fsevents": "^2" },
            "devDependencies": { "mocha": "*" }, "peerDependencies": {},
        });
        for claimed in [
            json!({}),
            found.clone(),
            json!({
                "name": "widget", "version": "1.0.0",
                "dependencies": { "ms": "^2.1.3", "left": "github:acme/left", "fsevents": "^2" },
                "optionalDependencies": { "fsevents": "^2" },
            }),
        ] {
            assert_eq!(differences(&claimed, &found), [""; 0], "{claimed}");
        }
    }

    #[test]
    fn every_difference_is_told_with_both_sides() {
        let found = json!({
            "name": "widget", "version": "1.0.0",
            "dependencies": { "ms": "^2.1.3", "debug": "4" },
        });
        let claimed = json!({
            "name": "wodget", "version": "1.0.1",
            "dependencies": { "ms": "*", "evil": "npm:worse@1" },
            "devDependencies": { "mocha": "*" },
        });
        assert_eq!(
            differences(&claimed, &found),
            [
                r#"name is "wodget" in the request and "widget" in the tarball"#,
                r#"version is "1.0.1" in the request and "1.0.0" in the tarball"#,
                r#"dependencies → "evil" is not in the tarball"#,
                r#"dependencies → "ms" is "*" in the request and "^2.1.3" in the tarball"#,
                r#"dependencies → "debug" is only in the tarball"#,
                r#"devDependencies → "mocha" is not in the tarball"#,
            ]
        );
    }

    #[test]
    fn a_range_never_stands_for_an_address_nor_an_alias_for_a_package() {
        let found = json!({ "dependencies": { "ms": "^2.1.3" } });
        for said in ["git+https://example.com/ms", "acme/ms", "npm:evil@^2.1.3"] {
            let claimed = json!({ "dependencies": { "ms": said } });
            assert_eq!(differences(&claimed, &found).len(), 1, "{said}");
        }
    }

    #[test]
    fn a_flood_of_differences_is_counted() {
        let many: Map<_, _> = (0..500).map(|n| (format!("d{n}"), json!("*"))).collect();
        let told = differences(&json!({ "dependencies": many }), &json!({}));
        assert_eq!(told.len(), MOST_TOLD + 1);
        assert_eq!(told[MOST_TOLD], "490 more differences are not listed");
    }
}
