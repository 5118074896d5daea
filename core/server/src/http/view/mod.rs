//! What the registry knows, as JSON.

mod account;
mod artefact;
mod audit;
mod finding;
mod format;
mod grant;
mod key;
mod session;
mod version;

pub(crate) use self::account::{AccountRefBody, AccountView, MemberView};
pub(crate) use self::artefact::{ArtefactDetails, ArtefactView};
pub(crate) use self::audit::AuditEventView;
pub(crate) use self::finding::FindingView;
pub(crate) use self::format::FormatView;
pub(crate) use self::grant::{GrantView, ScopeBody};
pub(crate) use self::key::{CreatedKeyView, KeyView};
pub(crate) use self::session::{SessionView, WhoView};
pub(crate) use self::version::{UploaderView, VersionView};
