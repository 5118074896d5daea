//! Why a sign-in in a browser did not get on.

use crate::InvalidText;
use crate::ports::CatalogError;
use crate::sessions::{IssueTokenError, SignInError};

/// Why a sign-in in a browser did not get on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebLoginError {
    /// What the token is for cannot be shown.
    #[error(transparent)]
    Label(#[from] InvalidText),
    /// Too many were begun, and nobody has signed in yet.
    #[error("too many sign-ins were begun and are not through: wait some minutes")]
    TooMany,
    /// There is none to complete: the secret is not right, it is too late, or somebody has signed in.
    #[error("the link is not right, has expired, or was used")]
    Over,
    /// The password does not let anybody in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// Whoever has signed in gets no token.
    #[error(transparent)]
    Token(#[from] IssueTokenError),
    /// The catalogue could not be asked or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
