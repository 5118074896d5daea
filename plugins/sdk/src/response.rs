//! An answer in an ecosystem's own protocol.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{MediaType, Sha256};

/// An answer in an ecosystem's own protocol.
///
/// The host adds `ETag`, ranges, compression and caching headers, and drops every header that is not on its list, so that
/// no text of an upload becomes a header by accident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// How long the host may give the same answer again.
    pub hold: Hold,
    /// What tells this answer from all others at this path: visible ASCII without quotes, at most 200 characters. The host
    /// makes one of the bytes where the format gives none. A format that knows it before it has made the answer compares
    /// it with `if-none-match` itself ([`Request::has_etag`](crate::Request::has_etag)) and saves the work.
    pub etag: Option<String>,
}

impl Response {
    /// An answer without a body, not held.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Empty,
            hold: Hold::No,
            etag: None,
        }
    }

    /// An answer of plain text.
    pub fn text(status: u16, text: &str) -> Self {
        Self::new(status)
            .header("content-type", "text/plain; charset=utf-8")
            .body(Body::Bytes(text.into()))
    }

    /// An answer of JSON.
    pub fn json(status: u16, value: &Value) -> Self {
        Self::new(status)
            .header("content-type", "application/json")
            .body(Body::Bytes(value.to_string().into_bytes()))
    }

    /// The bytes of a stored blob, which the host streams.
    pub fn blob(digest: Sha256, media_type: &MediaType) -> Self {
        Self::new(200)
            .header("content-type", media_type.as_str())
            .body(Body::Blob {
                digest,
                range: None,
                encoding: None,
            })
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// With what tells this answer from all others at this path.
    #[must_use]
    pub fn etag(mut self, etag: impl Into<String>) -> Self {
        self.etag = Some(etag.into());
        self
    }

    /// With the time that the answer may be given again.
    #[must_use]
    pub fn hold(mut self, hold: Hold) -> Self {
        self.hold = hold;
        self
    }
}

/// The body of a [`Response`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Body {
    /// None.
    Empty,
    /// These bytes; the host compresses them where that is worth it.
    Bytes(Vec<u8>),
    /// Bytes that have a content coding already. The host passes them on as they are, and decodes them for a client that
    /// does not know the coding.
    Encoded {
        /// The bytes.
        bytes: Vec<u8>,
        /// Their coding: `gzip`, `br` or `zstd`.
        encoding: String,
    },
    /// A stored blob, or a range of it; only one that the format was shown through its
    /// [`Registry`](crate::Registry).
    Blob {
        /// Which blob.
        digest: Sha256,
        /// Which bytes of it; all if `None`.
        range: Option<Range<u64>>,
        /// The content coding that the stored bytes already have, such as `gzip`.
        encoding: Option<String>,
    },
}

/// How long the host may give the same answer to the same request again, to everybody who may see as much.
///
/// An answer that depends on a header of the request names it in `vary`. The host holds only answers about one artefact
/// that do not look at who asks, whatever they say; it notes what a format looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hold {
    /// Not at all.
    No,
    /// Until an artefact changes that the format looked at for it.
    UntilArtefactChanges,
    /// Until anything of this format changes: indexes over many artefacts.
    UntilFormatChanges,
    /// For ever.
    Immutable,
}
