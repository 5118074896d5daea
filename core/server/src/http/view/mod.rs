//! What the registry knows, as JSON.

mod artefact;
mod audit;
mod finding;
mod format;
mod key;
mod version;

pub(crate) use self::artefact::{ArtefactDetails, ArtefactView};
pub(crate) use self::audit::AuditEventView;
pub(crate) use self::finding::FindingView;
pub(crate) use self::format::FormatView;
pub(crate) use self::key::{CreatedKeyView, KeyView};
pub(crate) use self::version::{UploaderView, VersionView};
