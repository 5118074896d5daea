//! What the publisher said about an upload, beside its bytes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Settings;

/// What the publisher said about an upload. Hints only: the content decides.
///
/// Every text has already passed the host's own checks of length and characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Upload {
    /// The name that the publisher wants to publish under.
    pub name: String,
    /// The version that the publisher named, where the content does not carry one.
    pub version: Option<String>,
    /// The category that the publisher claims.
    pub category: Option<String>,
    /// The name of the file as the publisher sent it, without folders.
    pub file_name: Option<String>,
    /// The media type as the publisher sent it.
    pub media_type: Option<String>,
    /// What a client of the format's own protocol says about the content, as the format's `translate` has put it into
    /// [`NewFile::claims`](crate::NewFile::claims): to be compared with the content, not believed.
    pub claims: Map<String, Value>,
    /// The operator's settings for this format, complete with defaults.
    pub settings: Settings,
}

impl Upload {
    /// An upload under this name, with nothing else said.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// With the version that the publisher named.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// With the category that the publisher claims.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// With the file name that the publisher sent.
    #[must_use]
    pub fn file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    /// With the media type that the publisher sent.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// With what a client of the format's own protocol says about the content.
    #[must_use]
    pub fn claims(mut self, claims: Map<String, Value>) -> Self {
        self.claims = claims;
        self
    }

    /// With the operator's settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }
}
