//! What a format learnt from an upload.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Finding, LocalizedText, OrderKey};

/// What a format learnt from an upload that it takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Inspection {
    /// The artefact's name, where the content carries one. The host refuses an upload under another name.
    pub name: Option<String>,
    /// The artefact's version, where the content carries one. A tileset's own `version` row, say, is metadata.
    pub version: Option<String>,
    /// Where the version stands among the others; only for [`Versioning::Opaque`](crate::Versioning::Opaque).
    pub order: Option<OrderKey>,
    /// What the artefact is for, where the content says so.
    pub category: Option<String>,
    /// The title that the content carries.
    pub title: LocalizedText,
    /// The description that the content carries.
    pub description: LocalizedText,
    /// The licence, as an SPDX expression where it is one.
    pub license: Option<String>,
    /// The media type of the content.
    pub media_type: Option<String>,
    /// The name that a downloaded file should have, if the format has a custom.
    pub file_name: Option<String>,
    /// Everything else worth keeping: a JSON object of at most 1 MiB.
    pub metadata: Map<String, Value>,
    /// What this version needs of others.
    pub dependencies: Vec<Dependency>,
    /// Warnings and notices. (Errors go into a [`Rejection`](crate::Rejection).)
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// Most bytes that [`Inspection::metadata`] may have as JSON text: 1 MiB.
    pub const METADATA_LIMIT: usize = 1 << 20;

    /// Nothing learnt yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With the name that the content carries.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With the version that the content carries.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// With the place of the version among the others.
    #[must_use]
    pub fn order(mut self, order: OrderKey) -> Self {
        self.order = Some(order);
        self
    }

    /// With a category.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// With a licence.
    #[must_use]
    pub fn license(mut self, license: impl Into<String>) -> Self {
        self.license = Some(license.into());
        self
    }

    /// With a media type.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// With the name that a downloaded file should have.
    #[must_use]
    pub fn file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    /// With one more entry of metadata.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// With one more dependency.
    #[must_use]
    pub fn dependency(mut self, dependency: Dependency) -> Self {
        self.dependencies.push(dependency);
        self
    }

    /// With one more finding.
    #[must_use]
    pub fn finding(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }
}

/// Something that a version needs of another artefact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The other artefact's name in the same ecosystem.
    pub name: String,
    /// Which versions will do, in the ecosystem's own words.
    pub requirement: String,
    /// What the dependency is for in the ecosystem's own words: `dependencies`, `peerDependencies`, `build` …
    pub kind: String,
}
