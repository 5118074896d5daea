//! What the host lends a format while it answers.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{LocalizedText, MediaType, ReadAt, Settings, Sha256, Version};

/// A view of the registry, already narrowed to this format and to what the caller may see.
///
/// Calls block the format's thread, never the server. The host notes what was looked at: that is how it knows when an
/// answer is out of date.
pub trait Registry {
    /// One artefact, if there is one that the caller may see.
    fn artefact(&self, name: &str) -> io::Result<Option<ArtefactView>>;

    /// Artefacts by name, page by page; `after` is the [`Page::next`] of the page before.
    fn artefacts(&self, after: Option<&str>) -> io::Result<Page<ArtefactView>>;

    /// The versions of an artefact, newest first, page by page. Yanked ones are among them, deleted ones are not.
    fn versions(&self, name: &str, after: Option<&str>) -> io::Result<Page<VersionView>>;

    /// One version: an exact one, a tag, a line such as `1.2`, or a range.
    fn version(&self, name: &str, selector: &str) -> io::Result<Option<VersionView>>;

    /// The bytes of a file of an artefact that this view has shown.
    fn open(&self, digest: Sha256) -> io::Result<Box<dyn ReadAt>>;

    /// Who asks.
    fn caller(&self) -> &Caller;

    /// The operator's settings for this format.
    fn settings(&self) -> &Settings;

    /// Writes a line to the server's log.
    fn log(&self, message: &str);
}

/// The public facts about who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Caller {
    /// The name of the account or key, if there is one.
    pub name: Option<String>,
    /// Whether the caller presented no credential.
    pub anonymous: bool,
}

impl Caller {
    /// A caller with a credential of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            anonymous: false,
        }
    }

    /// A caller without a credential.
    pub fn anonymous() -> Self {
        Self {
            name: None,
            anonymous: true,
        }
    }
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<String>,
}

/// An artefact as a format sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtefactView {
    /// Its name.
    pub name: String,
    /// Counts every change of the artefact or its versions.
    pub revision: u64,
    /// Its category.
    pub category: Option<String>,
    /// Its title.
    pub title: LocalizedText,
    /// Its description.
    pub description: LocalizedText,
    /// Its tags and the versions they name, `latest` among them.
    pub tags: Vec<(String, Version)>,
    /// When it was made: RFC 3339, UTC.
    pub created_at: String,
    /// When it last changed: RFC 3339, UTC.
    pub updated_at: String,
}

/// A version as a format sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionView {
    /// The version.
    pub version: Version,
    /// What the format's own inspection said about it.
    pub metadata: Map<String, Value>,
    /// Its files.
    pub files: Vec<FileView>,
    /// When it was published: RFC 3339, UTC.
    pub published_at: String,
    /// Whether it is yanked.
    pub yanked: bool,
    /// The text of its deprecation, if it is deprecated.
    pub deprecated: Option<String>,
}

/// A file as a format sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// What tells it from the other files of the version, such as an architecture.
    pub variant: Option<String>,
    /// Its media type.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
    /// Its address.
    pub sha256: Sha256,
    /// Its digests in the form of Subresource Integrity.
    pub integrity: Vec<String>,
}
