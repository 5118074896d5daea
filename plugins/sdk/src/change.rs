//! What a write of an ecosystem's own protocol means, and what became of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Digest, Finding, LocalizedText, Response, TokenView, Version};

/// What a format makes of a write.
#[derive(Clone, Debug)]
pub enum Translation {
    /// Changes, which the core performs all together or not at all.
    Changes(Vec<Change>),
    /// Nothing is to be changed: the answer at once.
    Answer(Box<Response>),
}

/// One change that a write asks for. The core authorises each and performs all of a list in one transaction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// Publish a version.
    Publish {
        /// The artefact's name.
        name: String,
        /// The version, where the format's versions are not counted by the core.
        version: Option<String>,
        /// Its files; each is inspected by this format like any other upload.
        files: Vec<NewFile>,
        /// Tags to set on it.
        tags: Vec<String>,
    },
    /// Let a tag name a version.
    Tag {
        /// The artefact's name.
        name: String,
        /// The tag.
        tag: String,
        /// The version.
        version: String,
    },
    /// Remove a tag.
    Untag {
        /// The artefact's name.
        name: String,
        /// The tag.
        tag: String,
    },
    /// Mark versions as deprecated, or no longer so. Those that say so already stay as they are.
    Deprecate {
        /// The artefact's name.
        name: String,
        /// The versions. One change may name thousands: clients deprecate whole ranges.
        versions: Vec<String>,
        /// What users are told; `None` lifts the deprecation.
        message: Option<String>,
    },
    /// Hide a version from every selector but the exact one, or show it again.
    Yank {
        /// The artefact's name.
        name: String,
        /// The version.
        version: String,
        /// Whether it is to be hidden.
        yanked: bool,
    },
    /// Delete a version, or the whole artefact; tombstones stay.
    Unpublish {
        /// The artefact's name.
        name: String,
        /// The version; all of them if `None`.
        version: Option<String>,
    },
    /// Say who owns an artefact.
    SetOwners {
        /// The artefact's name.
        name: String,
        /// Accounts by name.
        owners: Vec<String>,
    },
    /// Change what is shown of an artefact.
    SetMetadata {
        /// The artefact's name.
        name: String,
        /// A new title.
        title: Option<LocalizedText>,
        /// A new description.
        description: Option<LocalizedText>,
    },
    /// Go on only if an artefact still has this revision; none has revision 0, and so has one that the caller may not see.
    /// Refused with 409 and the code `outdated` otherwise, also when it changes before the rest is performed. It is looked at
    /// before any other change is made, wherever it stands among them.
    Expect {
        /// The artefact's name.
        name: String,
        /// The revision that the client saw.
        revision: u64,
    },
    /// Say whether everybody may see an artefact.
    SetAccess {
        /// The artefact's name.
        name: String,
        /// Whether everybody may see it.
        public: bool,
    },
    /// Check a password and mint a token.
    SignIn {
        /// The account's name.
        account: String,
        /// The password as the client sent it.
        password: String,
    },
    /// Begin a sign-in in a browser: the host shows a page that asks for the password and tells what it grants.
    BeginWebLogin {
        /// What the token is for, as the page tells it and as it is listed.
        label: String,
    },
    /// Mint a token for the caller.
    IssueToken {
        /// What the token is called.
        name: String,
        /// The caller's password, where the client sent it: it is checked once more.
        password: Option<String>,
        /// Whether it may only read.
        read_only: bool,
        /// The only name of this format's artefacts that it is good for, or the start of such names followed by `*`; all
        /// that the caller may do with any format if nothing is said.
        only: Option<String>,
        /// After how many days it expires; what the operator allows if the client does not say.
        days: Option<u32>,
    },
    /// Make a token of the caller's worthless.
    RevokeToken {
        /// The token itself, or its id.
        token: String,
    },
}

/// A file that a write brings along.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// What tells it from the version's other files.
    pub variant: Option<String>,
    /// Where its bytes are in the request's body.
    pub payload: Payload,
    /// What the client says its digests are; the host checks them.
    pub expected: Vec<Digest>,
    /// Metadata that the content itself does not carry.
    pub metadata: Map<String, Value>,
    /// What the client says about the content, for the format's own inspection to compare with it.
    pub claims: Map<String, Value>,
}

/// Where the bytes of a file are in the body of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Payload {
    /// As they are.
    Raw(Range<u64>),
    /// In base64 (RFC 4648, section 4), decoded by the host as a stream.
    Base64(Range<u64>),
}

/// What became of a write, for the format to word.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// All changes were performed, in their order.
    Performed(Vec<Performed>),
    /// Nothing was changed.
    Refused(Refusal),
}

/// A change that was performed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Performed {
    /// A version was published, or was there before with the same bytes.
    Published {
        /// The artefact's name.
        name: String,
        /// The version.
        version: Version,
        /// Whether these very bytes had been published before.
        already_there: bool,
    },
    /// A token was minted; it is shown this once.
    TokenIssued {
        /// The token.
        token: String,
        /// What is shown of it from now on.
        view: TokenView,
    },
    /// A sign-in in a browser was begun.
    WebLoginBegun {
        /// The absolute URL of the page.
        url: String,
        /// By which [`Registry::web_login`](crate::Registry::web_login) tells what came of it; nobody can guess it. Where the
        /// client asks with it, it belongs into the query: a host logs paths, and whoever knows it gets the token.
        id: String,
    },
    /// Anything that needs no more words.
    Done,
}

/// Why the core performed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status that says the same: 400, 401, 403, 404, 405, 409, 413, 422, 429, 503 or 507.
    pub status: u16,
    /// A stable code.
    pub code: String,
    /// What happened and what to do, in a sentence.
    pub detail: String,
    /// The version that it is about, where it is about one: as it is called, or as the client called it.
    pub version: Option<String>,
    /// What a format found, if one did.
    pub findings: Vec<Finding>,
}
