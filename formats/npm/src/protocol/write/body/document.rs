//! The document as a whole.

use std::ops::Range;

use cellier_sdk::{ReadAt, ReadAtExt as _};
use serde_json::Value;

use super::attachments::{self, Attachment};
use super::scanner::Scanner;
use super::small::{self, not_a_request};
use super::{LONGEST_WORD, Trouble};
use crate::text;

/// Most bytes of the text of a deprecation, as it stands in the document.
const LONGEST_NOTICE: u64 = 16 * 1024;

/// What a client has written of a package, without what nobody asks about.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The names that it gives itself: `_id` and `name`.
    pub(crate) names: Vec<String>,
    /// The revision that the client has seen.
    pub(crate) revision: Option<String>,
    /// Tags and the versions that they are to name.
    pub(crate) tags: Vec<(String, String)>,
    /// Its versions, if it speaks of versions.
    pub(crate) versions: Option<Vec<VersionPart>>,
    /// Its owners by name, if it speaks of them.
    pub(crate) owners: Option<Vec<String>>,
    /// Whether it speaks of those who have given it a star.
    pub(crate) has_stars: bool,
    /// What is attached.
    pub(crate) attachments: Vec<Attachment>,
}

/// A version in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VersionPart {
    /// Which version.
    pub(crate) version: String,
    /// Where its manifest is.
    pub(crate) manifest: Range<u64>,
    /// What the document says of its deprecation.
    pub(crate) deprecation: Deprecation,
}

/// What a document says of a version's deprecation. The texts stay where they are until somebody asks: there may be
/// thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deprecation {
    /// It is not deprecated.
    No,
    /// It is, and this is the text, in JSON and with its quotes.
    Text(Range<u64>),
}

impl Deprecation {
    /// What users are to be told, if anything.
    pub(crate) fn read(&self, body: &dyn ReadAt) -> Result<Option<String>, Trouble> {
        let Self::Text(range) = self else {
            return Ok(None);
        };
        let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let quoted = body.read_range(range.start, length)?;
        match small::parse(&quoted, "a deprecation")? {
            Value::String(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            _ => Ok(None),
        }
    }
}

impl Document {
    /// Reads a document.
    pub(crate) fn read(body: &dyn ReadAt) -> Result<Self, Trouble> {
        let mut document = Self::default();
        let mut scanner = Scanner::new(body);
        scanner.members("the body", |scanner, key| document.member(scanner, key))?;
        scanner.finish()?;
        Ok(document)
    }

    fn member(&mut self, scanner: &mut Scanner<'_>, key: &str) -> Result<(), Trouble> {
        match key {
            "_id" | "name" => self.names.extend(scanner.word_or_null(key)?),
            "_rev" => self.revision = scanner.word_or_null(key)?,
            "dist-tags" => self.tags = tags(scanner)?,
            "versions" => self.versions = Some(versions(scanner)?),
            "maintainers" => self.owners = owners(&scanner.value(key)?)?,
            "_attachments" => self.attachments = attachments::read(scanner)?,
            "users" => {
                scanner.skip_value(1)?;
                self.has_stars = true;
            }
            _ => scanner.skip_value(1)?,
        }
        Ok(())
    }

    /// The attachments whose bytes are in the document.
    pub(crate) fn attached(&self) -> impl Iterator<Item = &Attachment> {
        let has_data = |attachment: &&Attachment| attachment.data.is_some();
        self.attachments.iter().filter(has_data)
    }
}

fn tags(scanner: &mut Scanner<'_>) -> Result<Vec<(String, String)>, Trouble> {
    let mut tags = Vec::new();
    scanner.members("dist-tags", |scanner, tag| {
        let version = scanner.word(&format!("the tag {}", text::quote(tag)))?;
        tags.push((tag.to_owned(), version));
        Ok(())
    })?;
    Ok(tags)
}

fn versions(scanner: &mut Scanner<'_>) -> Result<Vec<VersionPart>, Trouble> {
    let mut versions = Vec::new();
    scanner.members("versions", |scanner, version| {
        let what = format!("the version {}", text::quote(version));
        scanner.token()?;
        let start = scanner.offset();
        let mut found = Deprecation::No;
        scanner.members(&what, |scanner, key| {
            if key == "deprecated" {
                found = deprecation(scanner, &what)?;
                return Ok(());
            }
            scanner.skip_value(3)
        })?;
        versions.push(VersionPart {
            version: version.to_owned(),
            manifest: start..scanner.offset(),
            deprecation: found,
        });
        Ok(())
    })?;
    Ok(versions)
}

fn deprecation(scanner: &mut Scanner<'_>, of: &str) -> Result<Deprecation, Trouble> {
    if scanner.token()? != b'"' {
        return match scanner.value("a deprecation")? {
            Value::Null | Value::Bool(false) => Ok(Deprecation::No),
            _ => Err(not_a_request(format!("the deprecation of {of} is not a text")).into()),
        };
    }
    let inner = scanner.skip_string()?;
    match inner.end - inner.start {
        0 => Ok(Deprecation::No),
        1..=LONGEST_NOTICE => Ok(Deprecation::Text(inner.start - 1..inner.end + 1)),
        _ => Err(not_a_request(format!("the deprecation of {of} is too long")).into()),
    }
}

/// The names of owners, each of which is an object with a `name`, or a text `name <email>` as in old manifests.
fn owners(value: &Value) -> Result<Option<Vec<String>>, Trouble> {
    let wrong = || not_a_request("maintainers is not a list of accounts with a name".to_owned());
    let list = match value {
        Value::Null => return Ok(None),
        Value::Array(list) => list,
        _ => return Err(wrong().into()),
    };
    let mut names = Vec::new();
    for owner in list {
        let name = match owner {
            Value::Object(owner) => owner.get("name").and_then(Value::as_str),
            Value::String(text) => text.split('<').next().map(str::trim),
            _ => None,
        };
        let is_name = |name: &&str| !name.is_empty() && name.len() <= LONGEST_WORD;
        let name = name.filter(is_name).ok_or_else(wrong)?;
        names.push(name.to_owned());
    }
    Ok(Some(names))
}
