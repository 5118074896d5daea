//! One version as clients read it: the manifest in the tarball, and what the registry adds.
//!
//! Everything that a package says of itself comes from its tarball. What the registry says (where the bytes are, whether
//! the version is deprecated, who published it) stands under keys that no package can fill.

use std::io;

use cellier_sdk::VersionView;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::dist::Dist;
use super::form::Form;
use super::json::Object;

/// What a version that is hidden tells those who ask for exactly it.
const YANKED: &str = "this version was yanked: whoever published it advises against it";

/// Keys that the registry fills. Others that start with `_` are left out as well: npm keeps what it knows itself under
/// such.
const OURS: [&str; 10] = [
    "name",
    "version",
    "bin",
    "deprecated",
    "dist",
    "hasInstallScript",
    "maintainers",
    "readme",
    "readmeFilename",
    "users",
];

/// Keys that hold texts by name. Whatever else is in them no client would understand; some of them stumble over it.
const TEXTS: [&str; 7] = [
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "peerDependencies",
    "acceptDependencies",
    "engines",
    "scripts",
];

/// What the abbreviated form has of a manifest.
const ABBREVIATED: [&str; 15] = [
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "acceptDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "engines",
    "os",
    "cpu",
    "libc",
    "directories",
    "funding",
    "license",
];

/// Writes a version.
pub(super) fn write(
    out: &mut Vec<u8>,
    name: &str,
    version: &VersionView,
    dist: &Dist<'_>,
    form: Form,
) -> io::Result<()> {
    let text = version.version.as_str();
    let mut object = Object::open(out);
    object.entry("name", name)?;
    object.entry("version", text)?;
    match form {
        Form::Full => {
            object.entry("_id", &format_args!("{name}@{text}"))?;
            for (key, value) in own(version).filter(|(key, _)| !is_ours(key)) {
                write_own(&mut object, key, value)?;
            }
            let publisher = version.published_by.as_deref();
            object.optional("_npmUser", publisher.map(Person::named).as_ref())?;
        }
        Form::Abbreviated => {
            let own = manifest(version);
            for key in ABBREVIATED {
                if let Some(value) = own.and_then(|own| own.get(key)) {
                    write_own(&mut object, key, value)?;
                }
            }
        }
    }
    object.optional("bin", version.metadata.get("bin"))?;
    object.optional("deprecated", deprecation(version))?;
    for (ours, theirs) in [
        ("hasInstallScript", "hasInstallScript"),
        ("hasShrinkwrap", "_hasShrinkwrap"),
    ] {
        let is_so = version.metadata.get(ours) == Some(&Value::Bool(true));
        object.optional(theirs, is_so.then_some(&true))?;
    }
    object.entry("dist", dist)?;
    object.close();
    Ok(())
}

/// The manifest in the tarball.
pub(super) fn manifest(version: &VersionView) -> Option<&Map<String, Value>> {
    version.metadata.get("manifest")?.as_object()
}

/// What those are told who use a version that they should not.
pub(in crate::protocol) fn deprecation(version: &VersionView) -> Option<&str> {
    let said = version.deprecated.as_deref();
    said.or(version.yanked.then_some(YANKED))
}

/// Somebody, in npm's words. Addresses are nobody's business here, and npm prints one for everybody.
#[derive(Serialize)]
pub(super) struct Person<'a> {
    name: &'a str,
    email: &'static str,
}

impl<'a> Person<'a> {
    pub(super) fn named(name: &'a str) -> Self {
        Self { name, email: "" }
    }
}

fn own(version: &VersionView) -> impl Iterator<Item = (&str, &Value)> {
    let own = manifest(version).into_iter().flatten();
    own.map(|(key, value)| (key.as_str(), value))
}

fn is_ours(key: &str) -> bool {
    key.starts_with('_') || OURS.contains(&key)
}

fn write_own(object: &mut Object<'_>, key: &str, value: &Value) -> io::Result<()> {
    if !TEXTS.contains(&key) {
        return object.entry(key, value);
    }
    object.optional(key, value.as_object().map(Texts).as_ref())
}

/// The texts of an object.
struct Texts<'a>(&'a Map<String, Value>);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter(|(_, value)| value.is_string()))
    }
}
