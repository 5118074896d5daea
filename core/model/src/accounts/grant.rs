//! What a superadmin grants to an account.

use crate::keys::Scope;
use crate::{AccountRef, Id, Timestamp, Uploader};

/// Most scopes of one kind that a grant may have.
pub const MOST_SCOPES: usize = 50;

/// The grant of an account; an account has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessGrant {
    /// Its identifier.
    pub id: Id<AccessGrant>,
    /// Who has it.
    pub account: AccountRef,
    /// What it allows.
    pub granted: Granted,
    /// Who gave it.
    pub granted_by: Uploader,
    /// When it was given.
    pub granted_at: Timestamp,
}

/// What a grant allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// What the account may download, as far as it may see it.
    pub download: Vec<Scope>,
    /// What the account may publish, see and download.
    pub publish: Vec<Scope>,
}
