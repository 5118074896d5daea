//! Why nothing was done about an account.

use crate::InvalidText;
use crate::access::Decision;
use crate::accounts::{MOST_SCOPES, WeakPassword};
use crate::keys::UnknownWord;
use crate::ports::{CatalogError, PasswordsError};

/// Why nothing was done about an account, a membership, a grant or a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    NotAllowed(Decision),
    /// There is no such account, member or grant, or none that the caller may see.
    #[error("there is no such {0}, or none that you may see")]
    NotFound(&'static str),
    /// The name breaks its rule.
    #[error(transparent)]
    Name(#[from] InvalidText),
    /// The name is taken, or was taken once.
    #[error("the name {0:?} is taken, or was once: names of accounts never come back")]
    NameTaken(String),
    /// An account that is named is not there.
    #[error("there is no {0}")]
    UnknownAccount(String),
    /// The account has a grant already.
    #[error("{0} has a grant already: change that one")]
    AlreadyGranted(String),
    /// The grant has too many scopes.
    #[error("a grant has at most {MOST_SCOPES} scopes of one kind, this one has {found}")]
    TooManyScopes {
        /// How many it has.
        found: usize,
    },
    /// A scope names what is not there.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// The user belongs to as many organizations as a user may.
    #[error("{user} belongs to {most} organizations already, which is the most")]
    TooManyOrganizations {
        /// The user.
        user: String,
        /// How many a user may belong to.
        most: u64,
    },
    /// An organization cannot do what only people do.
    #[error("{0} is an organization: only users sign in and administer")]
    NotAPerson(String),
    /// Nobody would be left who may do everything.
    #[error("{0} is the last superadmin that works: make another one first")]
    LastSuperadmin(String),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] WeakPassword),
    /// The current password is not right.
    #[error("the current password is not right")]
    WrongPassword,
    /// Too many wrong passwords came; the next is looked at after a while.
    #[error("too many wrong passwords came; wait, then try again")]
    TooManyAttempts {
        /// How long to wait.
        wait: std::time::Duration,
    },
    /// The set-up link is not right, has expired, or was used.
    #[error(
        "the set-up link is not right, has expired, or is not needed any more: start the server again for a new one"
    )]
    SetupOver,
    /// Passwords cannot be hashed right now.
    #[error(transparent)]
    Passwords(#[from] PasswordsError),
    /// The catalogue could not be asked or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
