//! What a package needs of others.

use cellier_sdk::Dependency;
use serde_json::{Map, Value};

use super::ignored;
use crate::findings::Findings;
use crate::{codes, limits, text};

/// The fields that name other packages, in the order in which they are shown.
pub(crate) const KINDS: [&str; 4] = [
    "dependencies",
    "optionalDependencies",
    "peerDependencies",
    "devDependencies",
];

/// All dependencies of all kinds.
pub(super) fn read(manifest: &Map<String, Value>, findings: &mut Findings) -> Vec<Dependency> {
    let mut all = Vec::new();
    for kind in KINDS {
        let Some(field) = manifest.get(kind) else {
            continue;
        };
        match field {
            Value::Object(dependencies) => {
                for (name, requirement) in dependencies {
                    all.extend(dependency(kind, name, requirement, findings));
                }
            }
            Value::Array(none) if none.is_empty() => {}
            _ => findings.push(ignored(kind, "an object of name and version range")),
        }
    }
    if all.len() > limits::DEPENDENCIES {
        let message = format!(
            "package.json names {} dependencies, at most {} are allowed",
            all.len(),
            limits::DEPENDENCIES
        );
        findings.push(codes::TOO_MANY_DEPENDENCIES.error(message));
        all.clear();
    }
    all
}

fn dependency(
    kind: &str,
    name: &str,
    requirement: &Value,
    findings: &mut Findings,
) -> Option<Dependency> {
    let Some(requirement) = requirement.as_str() else {
        let field = format!("{kind} → {}", text::quote(name));
        findings.push(ignored(&field, "a version range"));
        return None;
    };
    Some(Dependency {
        name: name.to_owned(),
        requirement: requirement.to_owned(),
        kind: kind.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Inspection;
    use serde_json::json;

    use super::*;

    #[test]
    fn dependencies_keep_their_kind_and_their_order() {
        let manifest = json!({
            "devDependencies": { "mocha": "*" },
            "dependencies": { "ms": "^2.1.3", "debug": "~4" },
            "peerDependencies": [],
        });
        let mut findings = Findings::default();
        let all = read(manifest.as_object().unwrap(), &mut findings);
        let all: Vec<_> = all
            .iter()
            .map(|one| {
                (
                    one.kind.as_str(),
                    one.name.as_str(),
                    one.requirement.as_str(),
                )
            })
            .collect();
        assert_eq!(
            all,
            [
                ("dependencies", "ms", "^2.1.3"),
                ("dependencies", "debug", "~4"),
                ("devDependencies", "mocha", "*"),
            ]
        );
        assert_eq!(findings.conclude(Inspection::new()).unwrap().findings, []);
    }

    #[test]
    fn what_npm_would_ignore_is_ignored_with_a_word() {
        let manifest = json!({ "dependencies": { "ms": 2, "debug": "4" }, "devDependencies": "x" });
        let mut findings = Findings::default();
        assert_eq!(read(manifest.as_object().unwrap(), &mut findings).len(), 1);
        let inspection = findings.conclude(Inspection::new()).unwrap();
        let messages: Vec<_> = inspection
            .findings
            .iter()
            .map(|found| &found.message)
            .collect();
        assert_eq!(
            messages,
            [
                r#"the field dependencies → "ms" of package.json is ignored: it is not a version range"#,
                "the field devDependencies of package.json is ignored: it is not an object of name and version range",
            ]
        );
    }

    #[test]
    fn too_many_dependencies_are_refused() {
        let many: Map<_, _> = (0..=limits::DEPENDENCIES)
            .map(|number| (format!("d{number}"), json!("*")))
            .collect();
        let manifest = json!({ "dependencies": many });
        let mut findings = Findings::default();
        read(manifest.as_object().unwrap(), &mut findings);
        let refused = findings.conclude(Inspection::new()).unwrap_err();
        assert_eq!(
            refused.into_findings()[0].code,
            codes::TOO_MANY_DEPENDENCIES.id
        );
    }
}
