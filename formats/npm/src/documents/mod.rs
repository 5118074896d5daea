//! Documents of npm that somebody can check: lockfiles, packuments, and the list of a registry's keys.
//!
//! They are read on the machine of whoever checks, and may come from anybody: what is looked for is read, within limits,
//! and everything else is passed over.

mod keys;
mod lockfile;
mod packument;

use std::collections::BTreeMap;
use std::io::{self, BufReader};

use cellier_sdk::{Digest, DigestAlgorithm, Document, ReadAt, ReadAtExt as _, Rejection};
use serde::Deserialize;

use self::keys::Key;
use self::lockfile::Locked;
use self::packument::{Manifest, Published};
use crate::codes::{NOT_CHECKABLE, OLD_LOCKFILE};

/// The largest document that is read, in bytes: lockfiles have some, packuments of thousands of versions have more.
const LARGEST: u64 = 256 << 20;

/// Where a registry has its keys, below its mount.
pub(crate) const KEYS: &str = "-/npm/v1/keys";

/// Where it has what it tells of a package.
pub(crate) const PACKUMENT: &str = "{name}";

/// Any of them: which one it is shows by what it has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnyDocument {
    lockfile_version: Option<u32>,
    packages: Option<BTreeMap<String, Locked>>,
    keys: Option<Vec<Key>>,
    versions: Option<BTreeMap<String, Manifest>>,
    #[serde(default)]
    time: Published,
}

/// Reads a document.
pub(crate) fn read(document: &dyn ReadAt) -> Result<Document, Rejection> {
    if document.size() > LARGEST {
        let size = document.size();
        return Err(unknown(&format!(
            "it has {size} bytes, documents of npm have at most {LARGEST}"
        )));
    }
    let reader = BufReader::with_capacity(64 * 1024, document.reader());
    let any: AnyDocument = serde_json::from_reader(reader).map_err(|error| {
        if error.is_io() {
            Rejection::Unreadable(io::Error::from(error))
        } else {
            unknown(&format!("it is not the JSON of one: {error}"))
        }
    })?;
    match any {
        AnyDocument {
            packages: Some(packages),
            lockfile_version: Some(2..),
            ..
        } => Ok(lockfile::document(packages)),
        AnyDocument {
            lockfile_version: Some(version),
            ..
        } => Err(Rejection::invalid([OLD_LOCKFILE.error(format!(
            "the lockfile has the form {version}, which tells of too little"
        ))])),
        AnyDocument {
            versions: Some(versions),
            time,
            ..
        } => Ok(packument::document(versions, &time)),
        AnyDocument {
            keys: Some(keys), ..
        } => Ok(keys::document(keys)),
        _ => Err(unknown("it has nothing of what they have")),
    }
}

fn unknown(why: &str) -> Rejection {
    let why: String = why
        .chars()
        .filter(|character| !character.is_control())
        .take(300)
        .collect();
    let message = format!("the file is no lockfile, packument or list of keys of npm: {why}");
    Rejection::not_this_format(NOT_CHECKABLE.error(message))
}

/// The digests of an integrity, which may have several; those by algorithms that are known.
fn digests(integrity: &str) -> Vec<Digest> {
    let each = integrity.split_ascii_whitespace();
    let known = each.filter_map(|text| Digest::from_integrity(text).ok());
    // SHA-1 proves nothing where there is something better, and little where there is not.
    known
        .filter(|digest| digest.algorithm() != DigestAlgorithm::Sha1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        let findings = read(&text.as_bytes().to_vec()).unwrap_err().into_findings();
        findings[0].code.clone()
    }

    #[test]
    fn what_is_none_of_them_is_refused_with_why() {
        for text in [
            "",
            "{}",
            "[]",
            "# yarn lockfile v1",
            "{\"keys\": 1}",
            "{\"versions\": []}",
            "{\"packages\": {}}",
        ] {
            assert_eq!(code(text), NOT_CHECKABLE.id, "{text}");
        }
        assert_eq!(code(&"[".repeat(100_000)), NOT_CHECKABLE.id);
        let old = "{\"lockfileVersion\": 1, \"dependencies\": {}}";
        assert_eq!(code(old), OLD_LOCKFILE.id);
    }

    #[test]
    fn a_digest_that_proves_nothing_is_none() {
        let sha512 = format!("sha512-{}==", "A".repeat(86));
        let sha1 = format!("sha1-{}=", "A".repeat(27));
        assert_eq!(digests(&format!("{sha1} {sha512}")).len(), 1);
        assert_eq!(digests(&sha1), []);
        assert_eq!(digests("md5-x sha512"), []);
    }
}
