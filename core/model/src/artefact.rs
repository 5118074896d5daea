//! Artefacts, their versions and the files of those.

use std::collections::BTreeSet;
use std::fmt;

use cellier_sdk::{Digest, Finding, LocalizedText, MediaType, Name, OrderKey, Sha256, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::retention::RetentionPolicy;
use crate::{BlobKey, Id, Timestamp};

/// The id of a format, such as `npm`. Only a registered format makes one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FormatId(String);

impl FormatId {
    /// Takes the id of a described format, or of one that a stored artefact has.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FormatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FormatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The name of a stored artefact: it passed its format's rules when it was published.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ArtefactName(String);

impl ArtefactName {
    /// Takes a name as it was stored.
    pub fn stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which names are told apart: without regard to case.
    pub fn folded(&self) -> String {
        fold_name(&self.0)
    }
}

/// The form by which names are told apart: without regard to (ASCII) case.
pub fn fold_name(name: &str) -> String {
    name.to_ascii_lowercase()
}

impl From<Name> for ArtefactName {
    fn from(name: Name) -> Self {
        Self(name.as_str().to_owned())
    }
}

impl fmt::Display for ArtefactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ArtefactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// An account that may see a private artefact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountRef {
    /// Whether it is a user or an organization.
    #[serde(rename = "type")]
    pub kind: AccountKind,
    /// Its id.
    pub id: String,
}

/// The two kinds of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// A person.
    User,
    /// A group of people.
    Organization,
}

/// A named thing of one format.
#[derive(Clone, Debug, PartialEq)]
pub struct Artefact {
    /// Its identifier.
    pub id: Id<Artefact>,
    /// Its format.
    pub format: FormatId,
    /// Its name, unique within the format without regard to case.
    pub name: ArtefactName,
    /// What it is for.
    pub category: String,
    /// Its title.
    pub title: LocalizedText,
    /// Its description.
    pub description: LocalizedText,
    /// Whether everybody may see it.
    pub public: bool,
    /// Who may see it though it is private.
    pub private_access: Vec<AccountRef>,
    /// Who owns it: the person who published it first, and those who were named since. Nobody, if a key did.
    pub owners: Vec<AccountRef>,
    /// What is kept of its versions, if not what its format keeps.
    pub retention: Option<RetentionPolicy>,
    /// The version that `latest` names: the highest stable one that is neither yanked nor deleted.
    pub latest: Option<Version>,
    /// The size in bytes of the files of the version that the artefact shows: `latest`, or the newest if there is none.
    pub size: u64,
    /// Counts every change of the artefact and its versions.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// When its bytes last changed.
    pub data_updated_at: Timestamp,
    /// When it was deleted. A deleted artefact is seen by nobody; its versions stay as tombstones.
    pub deleted_at: Option<Timestamp>,
}

impl Artefact {
    /// The time of a change that is made now: a clock that was set back lets nothing happen before what has happened.
    pub fn time_of_change(&self, now: Timestamp) -> Timestamp {
        self.updated_at.max(now)
    }

    /// The accounts that it names, as owners or among those who may see it, in the form in which the catalogue indexes
    /// them.
    pub fn named_accounts(&self) -> BTreeSet<String> {
        let named = self.private_access.iter().chain(&self.owners);
        named.map(ToString::to_string).collect()
    }
}

/// A version of an artefact; immutable but for its state.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionRecord {
    /// Its identifier.
    pub id: Id<VersionRecord>,
    /// The artefact that it is a version of.
    pub artefact: Id<Artefact>,
    /// Its text.
    pub version: Version,
    /// Where it stands among the others.
    pub order: OrderKey,
    /// Whether it is stable: a prerelease is not.
    pub stable: bool,
    /// When it was published.
    pub published_at: Timestamp,
    /// Since when only the exact selector finds it.
    pub yanked_at: Option<Timestamp>,
    /// What users of it are told, if it is deprecated.
    pub deprecated: Option<String>,
    /// Since when nothing is left of it but the fact that it was there.
    pub deleted_at: Option<Timestamp>,
}

/// A file of a version; immutable.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRecord {
    /// Its identifier.
    pub id: Id<FileRecord>,
    /// The version that it is a file of.
    pub version: Id<VersionRecord>,
    /// Its name.
    pub name: FileName,
    /// What tells it from the version's other files, such as an architecture.
    pub variant: Option<Variant>,
    /// Its media type.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
    /// Where its bytes are.
    pub blob: BlobKey,
    /// Digests beside SHA-256 that its format asks for.
    pub digests: Vec<Digest>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who published it.
    pub uploaded_by: Uploader,
    /// What its format learnt from it.
    pub details: FileDetails,
}

impl FileRecord {
    /// The digest that addresses its bytes.
    pub fn sha256(&self) -> Sha256 {
        self.blob.sha256()
    }
}

/// What a format learnt from a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FileDetails {
    /// Its metadata.
    pub metadata: Map<String, Value>,
    /// Warnings and notices.
    pub findings: Vec<Finding>,
    /// Its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// What it needs of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<cellier_sdk::Dependency>,
}

/// A version together with its files.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The version.
    pub version: VersionRecord,
    /// Its files, in the order they were published; at least one unless the version is deleted.
    pub files: Vec<FileRecord>,
}

/// Who published a file. Kept with the file, because keys come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Uploader {
    /// `key`, `account`, `command-line` or `system`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The key's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    /// The part of the key that is not secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_id: Option<String>,
    /// The account's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// What tells the files of one version apart: 1 to 64 of letters, digits, `.`, `_` and `-`, such as `linux-arm64`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Variant(String);

impl Variant {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let starts_well = text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric());
        if starts_well && text.len() <= 64 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidText::new(
                text,
                "an architecture is 1 to 64 of A-Z a-z 0-9 . _ - and starts with a letter or digit",
            ))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A movable name for a version: 1 to 64 of letters, digits, `.`, `_` and `-`, starting with a letter.
///
/// What reads as a version or a range is refused, so that a selector is never ambiguous.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Tag(String);

impl Tag {
    /// The tag that moves by itself.
    pub const LATEST: &str = "latest";

    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let starts_well = text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic());
        let looks_like_version = text.strip_prefix(['v', 'V', 'x', 'X']).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|next: char| next.is_ascii_digit() || next == '.')
        });
        if starts_well && text.len() <= 64 && text.bytes().all(allowed) && !looks_like_version {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidText::new(
                text,
                "a tag is 1 to 64 of A-Z a-z 0-9 . _ -, starts with a letter and does not look like a version",
            ))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the tag that moves by itself.
    pub fn is_latest(&self) -> bool {
        self.0 == Self::LATEST
    }
}

/// What the users of a deprecated version are told: 1 to 1000 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice(String);

impl Notice {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let length = text.chars().take(1001).count();
        if (1..=1000).contains(&length) && !text.contains(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidText::new(
                text,
                "the text of a deprecation is 1 to 1000 characters without control characters",
            ))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a file: 1 to 255 bytes of any script, without path separators and control characters.
///
/// It is shown and offered for downloads. No path is ever made from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FileName(String);

impl FileName {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if cellier_sdk::is_safe_file_name(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidText::new(
                text,
                "a file name is 1 to 255 bytes without / \\ and control characters",
            ))
        }
    }

    /// Makes a file name of a client's text by leaving out what no name may have; `otherwise` if nothing is left.
    pub fn lenient(text: &str, otherwise: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let mut kept = String::new();
        for character in last.chars() {
            let mut candidate = kept.clone();
            candidate.push(character);
            if candidate.trim_matches('.').is_empty() || Self::parse(&candidate).is_ok() {
                kept = candidate;
            }
        }
        Self::parse(&kept).unwrap_or_else(|_nothing_left| Self(otherwise.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text breaks the rule of what it is meant to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is refused: {rule}")]
pub struct InvalidText {
    /// The first 128 characters of what was found.
    pub found: String,
    /// The rule.
    pub rule: &'static str,
}

impl InvalidText {
    pub(crate) fn new(found: &str, rule: &'static str) -> Self {
        Self {
            found: found.chars().take(128).collect(),
            rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_never_reads_as_a_version() {
        for good in ["latest", "beta", "next-11", "vnext", "stable.2", "x-ray"] {
            assert!(Tag::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "", "1", "1.x", "v1", "v1.2.3", "x", "X.1", "^1", "a/b", "a b", "béta", "-a",
        ] {
            assert!(Tag::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_notice_is_one_line_that_somebody_may_read() {
        assert!(Notice::parse("use widget2 instead").is_ok());
        assert!(Notice::parse(&"é".repeat(1000)).is_ok());
        for bad in ["", "a\nb", "\u{1b}[31m", &"é".repeat(1001)] {
            assert!(Notice::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_name_is_never_a_path() {
        for good in [
            "terrain.mbtiles",
            "Réunion (2026).pmtiles",
            ".npmrc",
            "\"quoted\".txt",
            "地図.mbtiles",
        ] {
            assert!(FileName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a\0b",
            "a\r\nb",
            "evil\u{202e}gpj.exe",
        ] {
            assert!(FileName::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            FileName::lenient("../../etc/pass\0wd", "file").as_str(),
            "passwd"
        );
        assert_eq!(FileName::lenient("..", "file").as_str(), "file");
    }
}
