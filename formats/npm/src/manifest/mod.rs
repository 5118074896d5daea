//! `package/package.json`, read once and strictly.

mod dependencies;
pub(crate) mod json;
mod license;
mod registry;

use cellier_sdk::{Dependency, Finding, Name, Version};
use serde_json::{Map, Value};

pub(crate) use self::dependencies::KINDS;
pub(crate) use self::registry::RegistryKeys;
use crate::findings::Findings;
use crate::{codes, names};

/// The scripts that run on the machine of whoever installs.
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// What a manifest says.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// All of it, as it was written.
    pub(crate) whole: Map<String, Value>,
    /// Its name, if it is one.
    pub(crate) name: Option<Name>,
    /// Its version, if it is one.
    pub(crate) version: Option<Version>,
    /// Its licence.
    pub(crate) license: Option<String>,
    /// What it needs.
    pub(crate) dependencies: Vec<Dependency>,
    /// What it says of itself to the registry.
    pub(crate) registry: RegistryKeys,
}

/// Reads a manifest. Nothing comes back only where there is no object to read from.
pub(crate) fn read(bytes: &[u8], findings: &mut Findings) -> Option<Manifest> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if text.len() < bytes.len() {
        let message = "package.json starts with a byte order mark, which is not JSON";
        findings.push(codes::MANIFEST_AMBIGUOUS.error(message));
    }
    let whole = object(text, findings)?;
    Some(Manifest {
        name: name(&whole, findings),
        version: version(&whole, findings),
        license: license::read(&whole, findings),
        dependencies: dependencies::read(&whole, findings),
        registry: registry::read(&whole, findings),
        whole,
    })
}

impl Manifest {
    /// A field that is a text.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.whole.get(field)?.as_str()
    }

    /// A field that is an object.
    pub(crate) fn object(
        &self,
        field: &str,
        findings: &mut Findings,
    ) -> Option<Map<String, Value>> {
        match self.whole.get(field)? {
            Value::Object(object) => Some(object.clone()),
            Value::Null => None,
            _ => {
                findings.push(ignored(field, "an object"));
                None
            }
        }
    }

    /// The programs that it installs, by name. A single one is called like the package.
    pub(crate) fn programs(&self, findings: &mut Findings) -> Option<Map<String, Value>> {
        match self.text("bin") {
            Some(program) => {
                let name = self.name.as_ref().map_or("", Name::unscoped);
                Some(Map::from_iter([(name.to_owned(), program.into())]))
            }
            None => self.object("bin", findings),
        }
    }

    /// The scripts that run when it is installed, by name.
    ///
    /// npm adds one of its own where there is a `binding.gyp` and no script of the package's is in its place.
    pub(crate) fn install_scripts(&self, has_gyp_file: bool) -> Map<String, Value> {
        let command = |script: &str| {
            let command = self.whole.get("scripts")?.get(script)?.as_str()?;
            (!command.is_empty()).then(|| (script.to_owned(), command.into()))
        };
        let mut scripts: Map<String, Value> =
            INSTALL_SCRIPTS.into_iter().filter_map(command).collect();
        let replaces_build = scripts.contains_key("preinstall") || scripts.contains_key("install");
        let wants_build = self.whole.get("gypfile") != Some(&Value::Bool(false));
        if has_gyp_file && wants_build && !replaces_build {
            scripts.insert("install".to_owned(), "node-gyp rebuild".into());
        }
        scripts
    }
}

fn object(text: &[u8], findings: &mut Findings) -> Option<Map<String, Value>> {
    let (value, mistakes) = match json::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = format!("package.json is not JSON: {error}");
            findings.push(codes::MANIFEST_NOT_JSON.error(message));
            return None;
        }
    };
    for mistake in mistakes {
        findings.push(codes::MANIFEST_AMBIGUOUS.error(format!("package.json: {mistake}")));
    }
    let Value::Object(whole) = value else {
        let message = "package.json holds something else than an object";
        findings.push(codes::MANIFEST_NOT_JSON.error(message));
        return None;
    };
    Some(whole)
}

fn name(whole: &Map<String, Value>, findings: &mut Findings) -> Option<Name> {
    let message = match whole.get("name") {
        None => "package.json has no name".to_owned(),
        Some(Value::String(name)) => match names::naming().parse(name) {
            Ok(name) => return Some(name),
            Err(error) => format!("the name of package.json: {error}"),
        },
        Some(_) => "the name of package.json is not a text".to_owned(),
    };
    findings.push(codes::INVALID_NAME.error(message));
    None
}

fn version(whole: &Map<String, Value>, findings: &mut Findings) -> Option<Version> {
    let message = match whole.get("version") {
        None => "package.json has no version".to_owned(),
        Some(Value::String(version)) => match Version::semver(version) {
            Ok((version, _)) => return Some(version),
            Err(error) => format!("the version of package.json: {error}"),
        },
        Some(_) => "the version of package.json is not a text".to_owned(),
    };
    findings.push(codes::INVALID_VERSION.error(message));
    None
}

/// A field that npm would not understand either.
fn ignored(field: &str, expected: &str) -> Finding {
    let message = format!("the field {field} of package.json is ignored: it is not {expected}");
    codes::FIELD_IGNORED.warning(message)
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Inspection;
    use serde_json::json;

    use super::*;

    fn read_value(value: &Value) -> (Option<Manifest>, Vec<String>) {
        read_text(&serde_json::to_vec(value).unwrap())
    }

    fn read_text(text: &[u8]) -> (Option<Manifest>, Vec<String>) {
        let mut findings = Findings::default();
        let manifest = read(text, &mut findings);
        let findings = match findings.conclude(Inspection::new()) {
            Ok(inspection) => inspection.findings,
            Err(rejection) => rejection.into_findings(),
        };
        (
            manifest,
            findings.into_iter().map(|found| found.code).collect(),
        )
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let (_, codes) =
            read_text(b"\xef\xbb\xbf{\"name\":\"A\",\"version\":\"v1\",\"x\":1,\"x\":2}");
        assert_eq!(
            codes,
            [
                codes::MANIFEST_AMBIGUOUS.id,
                codes::MANIFEST_AMBIGUOUS.id,
                codes::INVALID_NAME.id,
                codes::INVALID_VERSION.id,
                codes::LICENSE_MISSING.id,
            ]
        );
    }

    #[test]
    fn build_metadata_is_part_of_a_version_and_sloppy_versions_are_none() {
        let of = |version: &str| {
            let manifest = json!({ "name": "a", "version": version, "license": "MIT" });
            read_value(&manifest)
        };
        let (manifest, codes) = of("1.2.3-beta.1+build.7");
        assert_eq!(
            manifest.unwrap().version.unwrap().as_str(),
            "1.2.3-beta.1+build.7"
        );
        assert!(codes.is_empty());
        for sloppy in [
            "v1.2.3", "=1.2.3", "1.2", "1.2.3.4", " 1.2.3", "01.2.3", "latest", "",
        ] {
            assert_eq!(of(sloppy).1, [codes::INVALID_VERSION.id], "{sloppy:?}");
        }
    }

    #[test]
    fn a_manifest_that_is_no_object_is_refused() {
        for text in [&b"[]"[..], b"null", b"\"x\"", b"not json", b""] {
            assert_eq!(read_text(text).1, [codes::MANIFEST_NOT_JSON.id]);
        }
    }

    #[test]
    fn a_single_program_is_called_like_the_package() {
        let manifest = json!({ "name": "@acme/tool", "version": "1.0.0", "bin": "cli.js" });
        let programs = read_value(&manifest)
            .0
            .unwrap()
            .programs(&mut Findings::default());
        assert_eq!(Value::from(programs), json!({ "tool": "cli.js" }));
    }

    #[test]
    fn install_scripts_are_those_that_npm_runs_for_others() {
        let scripts = |manifest: &Value, has_gyp_file| {
            let manifest = read_value(manifest).0.unwrap();
            Value::from(manifest.install_scripts(has_gyp_file))
        };
        let manifest = json!({ "scripts": { "test": "x", "prepare": "x", "postinstall": "y" } });
        assert_eq!(scripts(&manifest, false), json!({ "postinstall": "y" }));
        let implied = json!({ "postinstall": "y", "install": "node-gyp rebuild" });
        assert_eq!(scripts(&manifest, true), implied);
        let declined = json!({ "gypfile": false });
        assert_eq!(scripts(&declined, true), json!({}));
        let replaced = json!({ "scripts": { "preinstall": "z" } });
        assert_eq!(scripts(&replaced, true), json!({ "preinstall": "z" }));
    }
}
