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
    ///
    /// Who may see an artefact may not always have its bytes: that is decided here, for this caller, and refused with
    /// [`io::ErrorKind::PermissionDenied`]. A format hands the error on in [`Failure::Unreadable`](crate::Failure), and the
    /// host refuses as it would refuse a download. So whatever a format makes of a file's bytes for a request, it opens the
    /// file for that request, even if it remembers all that it needs from another.
    fn open(&self, digest: Sha256) -> io::Result<Box<dyn ReadAt>>;

    /// Artefacts that have all the words of a text, or words that start so, in name, title or description, from a place in
    /// the list of them on. The best come first: the one whose name the text is, then those whose bytes changed last. Hosts
    /// look at some hundreds, no more. An empty text finds everything.
    fn search(&self, text: &str, from: usize, limit: usize) -> io::Result<Found> {
        let _ = (text, from, limit);
        Ok(Found::default())
    }

    /// Signs a text with the registry's key, so that a client can tell that it was this registry which said it: ECDSA on
    /// P-256 with SHA-256 (FIPS 186-5), in DER. The same text has the same signature for as long as the key is in use.
    /// `None` from a registry that does not sign for this format.
    fn sign(&self, text: &str) -> io::Result<Option<Signature>> {
        let _ = text;
        Ok(None)
    }

    /// The keys by which signatures can be checked, those no longer in use too.
    fn signing_keys(&self) -> io::Result<Vec<SigningKey>> {
        Ok(Vec::new())
    }

    /// The tokens of the caller.
    fn tokens(&self) -> io::Result<Vec<TokenView>> {
        Ok(Vec::new())
    }

    /// What came of a sign-in in a browser that was begun by
    /// [`Change::BeginWebLogin`](crate::Change::BeginWebLogin). Its token is given once.
    fn web_login(&self, id: &str) -> io::Result<WebLogin> {
        let _ = id;
        Ok(WebLogin::Unknown)
    }

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
    /// The account that the caller is or acts for, if it has one.
    pub account: Option<String>,
    /// Whether the caller presented no credential.
    pub anonymous: bool,
}

impl Caller {
    /// A caller with a credential of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            account: None,
            anonymous: false,
        }
    }

    /// Somebody who has signed in.
    pub fn signed_in(account: impl Into<String>) -> Self {
        let account = account.into();
        Self {
            name: Some(account.clone()),
            account: Some(account),
            anonymous: false,
        }
    }

    /// A caller without a credential.
    pub fn anonymous() -> Self {
        Self {
            name: None,
            account: None,
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
    /// Whether everybody may see it.
    pub public: bool,
    /// The accounts that own it, by name.
    pub owners: Vec<String>,
    /// When it was made: RFC 3339, UTC.
    pub created_at: String,
    /// When it last changed: RFC 3339, UTC.
    pub updated_at: String,
}

/// What a search has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The artefacts from the place asked for on.
    pub items: Vec<ArtefactView>,
    /// How many there are in all, as far as the host has counted.
    pub total: usize,
}

/// A signature of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// The identifier of the key: `SHA256:` and the digest of its DER form, in base64 without padding.
    pub key_id: String,
    /// The signature in DER, in base64.
    pub signature: String,
}

/// A key by which signatures of the registry can be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningKey {
    /// Its identifier.
    pub key_id: String,
    /// The public key as `SubjectPublicKeyInfo` (RFC 5280) in DER, in base64.
    pub public_key: String,
    /// Until when it signed (RFC 3339, UTC), if it does no more: later signatures by it are not the registry's.
    pub expires: Option<String>,
}

/// A token as its owner sees it: everything but its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// Its identifier.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How its text begins, as far as that is no secret.
    pub short: String,
    /// Whether it may only read.
    pub read_only: bool,
    /// The only name that it is good for, or the start of such names followed by `*`.
    pub only: Option<String>,
    /// When it was made: RFC 3339, UTC.
    pub created_at: String,
    /// When it stops working.
    pub expires_at: Option<String>,
}

/// What came of a sign-in in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WebLogin {
    /// There is none of this identifier, or its token has been given already.
    Unknown,
    /// Nobody has signed in yet.
    Waiting,
    /// Somebody has: their token, given this once.
    Done {
        /// The token.
        token: String,
    },
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
    /// Who published it, by the name of the account or key. Shown to those alone who are shown the owners.
    pub published_by: Option<String>,
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
