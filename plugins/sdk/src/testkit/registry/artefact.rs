//! What is in a registry in memory.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::stored::{digest, integrity};
use crate::{
    ArtefactView, DigestAlgorithm, FileView, LanguageTag, LocalizedText, MediaType, Sha256,
    Version, VersionView,
};

/// The time at which everything in a registry in memory has happened.
const THEN: &str = "2026-01-02T03:04:05Z";

/// An artefact of a [`FakeRegistry`](super::FakeRegistry).
#[derive(Clone, Debug)]
#[must_use]
pub struct FakeArtefact {
    name: String,
    category: Option<String>,
    title: LocalizedText,
    tags: Vec<(String, String)>,
    public: bool,
    owners: Vec<String>,
    versions: Vec<FakeVersion>,
}

impl FakeArtefact {
    /// An artefact of this name, without a version.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            category: None,
            title: LocalizedText::default(),
            tags: Vec::new(),
            public: false,
            owners: Vec::new(),
            versions: Vec::new(),
        }
    }

    /// With a version. The one that is added last is the newest.
    pub fn version(mut self, version: FakeVersion) -> Self {
        self.versions.push(version);
        self
    }

    /// With a tag that names a version.
    pub fn tag(mut self, tag: &str, version: &str) -> Self {
        self.tags.push((tag.to_owned(), version.to_owned()));
        self
    }

    /// Seen by everybody.
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// With an account that owns it.
    pub fn owner(mut self, account: &str) -> Self {
        self.owners.push(account.to_owned());
        self
    }

    /// With a category.
    pub fn category(mut self, category: &str) -> Self {
        self.category = Some(category.to_owned());
        self
    }

    /// With a title in one language.
    ///
    /// # Panics
    ///
    /// If the language is not a BCP 47 tag or the title is too long: it is written, not computed.
    pub fn title(mut self, language: &str, title: &str) -> Self {
        let language: LanguageTag = language
            .parse()
            .expect("a title's language is a BCP 47 tag");
        self.title
            .set(language, title)
            .expect("a title has at most 2000 characters");
        self
    }

    pub(in crate::testkit) fn name(&self) -> &str {
        &self.name
    }

    /// Its versions, the newest first.
    pub(in crate::testkit) fn newest_first(&self) -> Vec<&FakeVersion> {
        self.versions.iter().rev().collect()
    }

    /// The version that a selector means: an exact one, a tag, or what a range matches.
    pub(super) fn select(&self, selector: &str) -> Option<&FakeVersion> {
        let exact = |text: &str| self.versions.iter().find(|version| version.text == text);
        if let Some(version) = exact(selector) {
            return Some(version);
        }
        if let Some((_, text)) = self.tags.iter().find(|(tag, _)| tag == selector) {
            return exact(text);
        }
        if selector == "latest" {
            return self.latest();
        }
        let range = semver::VersionReq::parse(selector).ok()?;
        let matches = |version: &&FakeVersion| {
            let parsed = semver::Version::parse(&version.text);
            !version.yanked && parsed.is_ok_and(|parsed| range.matches(&parsed))
        };
        self.versions.iter().rev().find(matches)
    }

    fn latest(&self) -> Option<&FakeVersion> {
        self.versions.iter().rev().find(|version| !version.yanked)
    }

    pub(super) fn view(&self) -> ArtefactView {
        let latest = self
            .latest()
            .map(|version| ("latest".to_owned(), version.view_text()));
        let by_hand = self
            .tags
            .iter()
            .filter_map(|(tag, version)| Some((tag.clone(), Version::opaque(version).ok()?)));
        ArtefactView {
            name: self.name.clone(),
            revision: self.versions.len() as u64,
            category: self.category.clone(),
            title: self.title.clone(),
            description: LocalizedText::default(),
            tags: latest.into_iter().chain(by_hand).collect(),
            public: self.public,
            owners: self.owners.clone(),
            created_at: THEN.to_owned(),
            updated_at: THEN.to_owned(),
        }
    }
}

/// A version of a [`FakeArtefact`].
#[derive(Clone, Debug)]
#[must_use]
pub struct FakeVersion {
    text: String,
    metadata: Map<String, Value>,
    files: Vec<File>,
    published_by: Option<String>,
    yanked: bool,
    deprecated: Option<String>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    variant: Option<String>,
    media_type: MediaType,
    bytes: Arc<[u8]>,
    /// Large files are shown many times, so this is computed once.
    sha256: Sha256,
}

/// A version as it is shown, with the blobs that were shown with it.
pub(super) struct Shown {
    pub(super) view: VersionView,
    pub(super) blobs: Vec<(Sha256, Arc<[u8]>)>,
}

impl FakeVersion {
    /// A version without a file.
    ///
    /// # Panics
    ///
    /// If the text cannot be a version: it is written, not computed.
    pub fn new(text: &str) -> Self {
        Version::opaque(text).expect("a text that can be a version");
        Self {
            text: text.to_owned(),
            metadata: Map::new(),
            files: Vec::new(),
            published_by: None,
            yanked: false,
            deprecated: None,
        }
    }

    /// With a file.
    ///
    /// # Panics
    ///
    /// If the media type is none: it is written, not computed.
    pub fn file(self, name: &str, media_type: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.variant(name, None, media_type, bytes)
    }

    /// With a file that something tells from the version's other files, such as an architecture.
    ///
    /// # Panics
    ///
    /// If the media type is none: it is written, not computed.
    pub fn variant(
        mut self,
        name: &str,
        variant: Option<&str>,
        media_type: &str,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        let bytes = bytes.as_ref();
        self.files.push(File {
            name: name.to_owned(),
            variant: variant.map(str::to_owned),
            media_type: media_type.parse().expect("a media type"),
            bytes: bytes.into(),
            sha256: digest(bytes),
        });
        self
    }

    /// With an entry of metadata, as the format's own inspection would have given it.
    pub fn metadata(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.to_owned(), value.into());
        self
    }

    /// With all metadata of an inspection.
    pub(in crate::testkit) fn all_metadata(mut self, metadata: &Map<String, Value>) -> Self {
        self.metadata.clone_from(metadata);
        self
    }

    /// Published by somebody whom the caller may know.
    pub fn published_by(mut self, name: &str) -> Self {
        self.published_by = Some(name.to_owned());
        self
    }

    /// Yanked.
    pub fn yanked(mut self) -> Self {
        self.yanked = true;
        self
    }

    /// Deprecated, with what its users are told.
    pub fn deprecated(mut self, message: &str) -> Self {
        self.deprecated = Some(message.to_owned());
        self
    }

    pub(in crate::testkit) fn text(&self) -> &str {
        &self.text
    }

    pub(in crate::testkit) fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    fn view_text(&self) -> Version {
        Version::opaque(&self.text).expect("it was checked when the version was made")
    }

    pub(super) fn show(&self, digests: &[DigestAlgorithm]) -> Shown {
        let blobs: Vec<_> = self
            .files
            .iter()
            .map(|file| (file.sha256, Arc::clone(&file.bytes)))
            .collect();
        let files = self.files.iter().map(|file| FileView {
            name: file.name.clone(),
            variant: file.variant.clone(),
            media_type: file.media_type.clone(),
            size: file.bytes.len() as u64,
            sha256: file.sha256,
            integrity: integrity(file.sha256, &file.bytes, digests),
        });
        let view = VersionView {
            version: self.view_text(),
            metadata: self.metadata.clone(),
            files: files.collect(),
            published_at: THEN.to_owned(),
            published_by: self.published_by.clone(),
            yanked: self.yanked,
            deprecated: self.deprecated.clone(),
        };
        Shown { view, blobs }
    }
}
