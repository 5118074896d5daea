//! The trait that every format implements.

use std::fmt;

use crate::{
    Descriptor, Document, Finding, Inspection, Outcome, ReadAt, Registry, Rejection, Request,
    Response, Translation, Upload,
};

/// One kind of artefact, and the protocol that its ecosystem speaks.
///
/// Two methods are required. The next three are for formats with a protocol of their own; a format without one leaves
/// them as they are and has no mount in its [`Descriptor`]. The last is for ecosystems whose clients check signatures.
///
/// Every method is called on a blocking thread, from many threads at once, with its input already staged. See the
/// [crate documentation](crate) for a whole format and for the rules.
pub trait Format: Send + Sync + 'static {
    /// What this format is. Called once at start: the answer must not change.
    fn describe(&self) -> Descriptor;

    /// Validates one upload and extracts its metadata.
    fn inspect(&self, upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection>;

    /// Answers a read of the ecosystem's own protocol.
    ///
    /// `registry` shows only what the caller may see. Answers are kept by the host as long as their
    /// [`Hold`](crate::Hold) says, so this is called when something changed, not for every request.
    fn serve(&self, request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
        let _ = (request, registry);
        Err(Failure::NotFound)
    }

    /// Says what a write of the ecosystem's own protocol means; the core authorises and performs it.
    ///
    /// A POST that only reads is answered at once with [`Translation::Answer`].
    fn translate(
        &self,
        request: &Request,
        body: &dyn ReadAt,
        registry: &dyn Registry,
    ) -> Result<Translation, Failure> {
        let _ = (request, body, registry);
        Err(Failure::NotFound)
    }

    /// Words an outcome as the ecosystem's clients expect it: changes that were performed, or a refusal of the core.
    ///
    /// By default an empty 200, or the refusal's status with its sentence as plain text.
    fn respond(&self, request: &Request, outcome: &Outcome) -> Response {
        let _ = request;
        match outcome {
            Outcome::Performed(_) => Response::new(200),
            Outcome::Refused(refusal) => Response::text(refusal.status, &refusal.detail),
        }
    }

    /// Reads what a document of the ecosystem says that can be checked: a lockfile, what a registry tells of an artefact,
    /// the list of its keys. Called by `cellier verify` on the machine of whoever checks, never by a server.
    ///
    /// By default there are no such documents.
    fn read_document(&self, document: &dyn ReadAt) -> Result<Document, Rejection> {
        let _ = document;
        let none = Finding::error(
            "NODOC",
            "this format knows no documents that can be checked",
        );
        Err(Rejection::not_this_format(none))
    }
}

impl fmt::Debug for dyn Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({})", self.describe().id())
    }
}

/// Why a protocol request has no answer of the format's own.
///
/// The host turns it into a [`Refusal`](crate::Refusal) and asks the format to word it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is nothing at this path, or nothing that the caller may see.
    #[error("not found")]
    NotFound,
    /// The path exists and does not know this method; these it knows, as in an `Allow` header.
    #[error("the method is not allowed here, allowed are {0}")]
    MethodNotAllowed(String),
    /// The request itself is malformed; the sentence says how.
    #[error("{0}")]
    BadRequest(String),
    /// The request is well-formed and what it holds is refused.
    #[error("refused with {} findings", .0.len())]
    Invalid(Vec<Finding>),
    /// The caller must present a credential first.
    #[error("a credential is needed")]
    CredentialNeeded,
    /// The host could not be read from, and trying again may help; or it withholds a file from this caller, which it then
    /// words itself ([`Registry::open`](crate::Registry::open)).
    #[error("failed to read from the registry")]
    Unreadable(#[from] std::io::Error),
}
