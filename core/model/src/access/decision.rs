//! The outcome of a decision.

use crate::keys::KeyType;

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Go on.
    Allowed,
    /// The caller must not learn whether it exists: answer as if it did not.
    Invisible,
    /// The caller must present a credential first.
    CredentialNeeded,
    /// The caller is known, may know that it exists, and may not do this.
    Denied(Denial),
}

impl From<Result<(), Denial>> for Decision {
    fn from(outcome: Result<(), Denial>) -> Self {
        match outcome {
            Ok(()) => Self::Allowed,
            Err(denial) => Self::Denied(denial),
        }
    }
}

/// Why a known caller may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// The key's scope has another name.
    #[error("the key's scope does not cover this name (allowedName)")]
    OutOfScopeName,
    /// The key's scope has another format.
    #[error("the key's scope does not cover this format (allowedFormat)")]
    OutOfScopeFormat,
    /// The key's scope has another category.
    #[error("the key's scope does not cover this category (allowedCategory)")]
    OutOfScopeCategory,
    /// Keys of this type do not do this.
    #[error("a {} key may not do this, {} is needed", .has.as_str(), .needs)]
    WrongKeyType {
        /// The type of the key.
        has: KeyType,
        /// What would do.
        needs: &'static str,
    },
    /// The token was made to read alone.
    #[error("this token may only read: make one that is not read-only")]
    ReadOnlyToken,
    /// The token is limited to some artefacts, and this is about more than those.
    #[error("this token is limited to some artefacts, or may only read: sign in for this")]
    LimitedToken,
    /// Seeing is not downloading.
    #[error(
        "you may see it, but none of your accounts has a grant to download it: ask a superadmin for one"
    )]
    GrantMissing,
    /// A read key reads as far as its account was granted to, and the account was granted nothing.
    #[error("the account of this key has no grant: ask a superadmin for one")]
    KeyWithoutGrant,
    /// No grant lets the caller publish this.
    #[error(
        "none of your accounts has a grant to publish this name in this format and category: ask a superadmin for one"
    )]
    PublishNotGranted,
    /// It belongs to others.
    #[error("it belongs to others: one of its owners can name you as an owner too")]
    NotOwner,
    /// Only those who may do everything may do this.
    #[error("only a superadmin, or an admin key, may do this")]
    SuperadminNeeded,
    /// The account is none that the caller acts for.
    #[error("you may do this only for yourself and for the organizations that you belong to")]
    NotYourAccount,
    /// Members have fewer rights than admins.
    #[error("only an admin of the organization, or a superadmin, may do this")]
    OrganizationAdminNeeded,
    /// It is done in person.
    #[error("only somebody who has signed in may do this, and a key has not")]
    SessionNeeded,
}
