//! `package-lock.json` and `npm-shrinkwrap.json` from npm 7 on (`lockfileVersion` 2 and 3).

use std::collections::{BTreeMap, BTreeSet};

use cellier_sdk::{Document, Pin};
use serde::Deserialize;

use super::digests;

/// The folder below which packages are installed.
const FOLDER: &str = "node_modules/";

/// What a lockfile says of one place in the tree.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Locked {
    /// The name, where the folder has another.
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    in_bundle: bool,
}

/// Every package once, however often it stands in the tree.
pub(super) fn document(packages: BTreeMap<String, Locked>) -> Document {
    let mut document = Document::default();
    let mut seen = BTreeSet::new();
    for (path, locked) in packages {
        match pin(&path, locked) {
            Kind::Pin(pin) => {
                let digests: Vec<_> = pin
                    .digests
                    .iter()
                    .map(cellier_sdk::Digest::to_integrity)
                    .collect();
                if seen.insert((pin.name.clone(), pin.version.clone(), digests)) {
                    document.pins.push(pin);
                }
            }
            Kind::Local => document.local.push(path),
            Kind::Covered => {}
        }
    }
    document
}

enum Kind {
    Pin(Pin),
    /// A folder, a link, or something of a version control system.
    Local,
    /// The project itself, or part of another package's tarball.
    Covered,
}

fn pin(path: &str, locked: Locked) -> Kind {
    if path.is_empty() || locked.in_bundle {
        return Kind::Covered;
    }
    let from_registry = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    let is_local = locked.link || !locked.resolved.as_deref().is_none_or(from_registry);
    let folder = path.rsplit_once(FOLDER).map(|(_, name)| name);
    match (folder, locked.version) {
        (Some(folder), Some(version)) if !is_local => Kind::Pin(Pin {
            name: locked.name.unwrap_or_else(|| folder.to_owned()),
            version,
            digests: digests(locked.integrity.as_deref().unwrap_or_default()),
            source: locked.resolved,
        }),
        _ => Kind::Local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(packages: &serde_json::Value) -> Document {
        let lockfile =
            json!({"name": "site", "lockfileVersion": 3, "requires": true, "packages": packages});
        super::super::read(&serde_json::to_vec(&lockfile).unwrap()).unwrap()
    }

    #[test]
    fn every_package_of_a_registry_is_a_pin_once() {
        let sha512 = format!("sha512-{}==", "A".repeat(86));
        let ms = json!({"version": "2.1.3", "resolved": "https://r/ms/-/ms-2.1.3.tgz", "integrity": sha512, "license": "MIT"});
        let document = read(&json!({
            "": {"name": "site", "version": "1.0.0", "dependencies": {"ms": "^2"}},
            "node_modules/ms": ms,
            "node_modules/debug/node_modules/ms": ms,
            "node_modules/@acme/widget": {"version": "1.0.0", "integrity": sha512},
            "node_modules/alias": {"name": "real", "version": "3.0.0"},
        }));
        let pins: Vec<_> = document
            .pins
            .iter()
            .map(|pin| format!("{}@{} {}", pin.name, pin.version, pin.digests.len()))
            .collect();
        assert_eq!(pins, ["@acme/widget@1.0.0 1", "real@3.0.0 0", "ms@2.1.3 1"]);
        assert_eq!(document.local, [""; 0]);
        assert_eq!(
            document.pins[2].source.as_deref(),
            Some("https://r/ms/-/ms-2.1.3.tgz")
        );
    }

    #[test]
    fn what_no_registry_vouches_for_is_told_and_what_another_tarball_holds_is_not() {
        let document = read(&json!({
            "node_modules/linked": {"resolved": "packages/linked", "link": true},
            "packages/linked": {"name": "linked", "version": "1.0.0"},
            "node_modules/git": {"version": "1.0.0", "resolved": "git+ssh://git@example.com/x.git#abc"},
            "node_modules/file": {"version": "1.0.0", "resolved": "file:../x.tgz"},
            "node_modules/a/node_modules/b": {"version": "1.0.0", "inBundle": true},
        }));
        assert_eq!(document.pins, []);
        assert_eq!(document.local.len(), 4, "{:?}", document.local);
    }
}
