//! Where the bytes of a version are, and how to know that they are the right ones.

use std::io;

use cellier_sdk::{Digest, DigestAlgorithm, FileView, Registry, Signature, VersionView};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use super::attestations;

/// `dist` of a version.
pub(super) struct Dist<'a> {
    tarball: String,
    integrity: &'a str,
    shasum: Option<String>,
    metadata: [(&'static str, Option<&'a Value>); 2],
    signature: Option<Signature>,
    attestations: Option<attestations::Pointer<'a>>,
}

impl<'a> Dist<'a> {
    /// What is known of a version's tarball; `None` of a version without one.
    ///
    /// The registry signs the words `name@version:integrity`, as npm has it, so that a client can tell that this registry
    /// gave these bytes that name.
    pub(super) fn of(
        name: &str,
        version: &'a VersionView,
        base_url: &str,
        registry: &dyn Registry,
    ) -> io::Result<Option<Self>> {
        let Some(file) = tarball(version) else {
            return Ok(None);
        };
        let Some(integrity) = strongest(file) else {
            return Ok(None);
        };
        let text = version.version.as_str();
        let signature = registry.sign(&format!("{name}@{text}:{integrity}"))?;
        let known = |key| (key, version.metadata.get(key));
        Ok(Some(Self {
            tarball: url(name, text, base_url),
            integrity,
            shasum: sha1(file),
            metadata: [known("fileCount"), known("unpackedSize")],
            signature,
            attestations: attestations::Pointer::of(name, version, base_url),
        }))
    }
}

impl Serialize for Dist<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("integrity", self.integrity)?;
        if let Some(shasum) = &self.shasum {
            map.serialize_entry("shasum", shasum)?;
        }
        map.serialize_entry("tarball", &self.tarball)?;
        for (key, value) in self.metadata {
            if let Some(value) = value {
                map.serialize_entry(key, value)?;
            }
        }
        if let Some(attestations) = &self.attestations {
            map.serialize_entry("attestations", attestations)?;
        }
        if let Some(signature) = &self.signature {
            map.serialize_entry("signatures", &[Signed::of(signature)])?;
        }
        map.end()
    }
}

/// A signature in npm's words.
#[derive(Serialize)]
struct Signed<'a> {
    keyid: &'a str,
    sig: &'a str,
}

impl<'a> Signed<'a> {
    fn of(signature: &'a Signature) -> Self {
        Self {
            keyid: &signature.key_id,
            sig: &signature.signature,
        }
    }
}

/// The tarball among the files of a version.
pub(super) fn tarball(version: &VersionView) -> Option<&FileView> {
    let is_tarball = |file: &&FileView| file.media_type.essence() == crate::MEDIA_TYPE;
    let files = &version.files;
    files.iter().find(is_tarball).or_else(|| files.first())
}

/// The name of a tarball: `tool-1.0.0.tgz` of `@acme/tool`.
pub(super) fn file_name(name: &str, version: &str) -> String {
    format!("{}-{version}.tgz", unscoped(name))
}

/// The version in the name of a tarball.
pub(super) fn version_in<'a>(name: &str, file: &'a str) -> Option<&'a str> {
    let rest = file.strip_prefix(unscoped(name))?.strip_prefix('-')?;
    rest.strip_suffix(".tgz")
}

fn unscoped(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn url(name: &str, version: &str, base_url: &str) -> String {
    format!("{base_url}/{name}/-/{}", file_name(name, version))
}

/// SHA-512 if it is known, which it is of whatever was published as a package.
fn strongest(file: &FileView) -> Option<&str> {
    let of = |algorithm: &str| {
        file.integrity
            .iter()
            .find(|text| text.starts_with(algorithm))
    };
    of("sha512-").or_else(|| of("sha256-")).map(String::as_str)
}

/// SHA-1 in hexadecimal, for clients of long ago.
fn sha1(file: &FileView) -> Option<String> {
    let digests = file.integrity.iter();
    let mut digests = digests.filter_map(|text| Digest::from_integrity(text).ok());
    let sha1 = digests.find(|digest| digest.algorithm() == DigestAlgorithm::Sha1);
    sha1.map(|digest| digest.to_hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_tarball_holds_its_version() {
        for (name, version) in [
            ("tool", "1.0.0"),
            ("@acme/tool", "1.0.0-rc.1+build.7"),
            ("tool-1", "2.0.0"),
        ] {
            let file = file_name(name, version);
            assert_eq!(version_in(name, &file), Some(version), "{file}");
        }
        for file in ["tool-1.0.0.zip", "other-1.0.0.tgz", "tool1.0.0.tgz", ""] {
            assert_eq!(version_in("tool", file), None, "{file}");
        }
    }

    #[test]
    fn a_tarball_lies_below_its_package() {
        let base = "https://registry.example.com/npm";
        assert_eq!(
            url("@acme/tool", "1.0.0", base),
            "https://registry.example.com/npm/@acme/tool/-/tool-1.0.0.tgz"
        );
    }
}
