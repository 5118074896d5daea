//! The port to a hash for passwords that is slow on purpose.

use std::fmt;

use async_trait::async_trait;

use crate::accounts::Password;

/// Hashes and checks passwords.
///
/// # Contract
///
/// * Two hashes of one password differ: each has a salt of its own.
/// * [`Passwords::verify`] takes as long without a stored hash as with one, so that time does not tell who has an account.
/// * When too many are asked at once, [`PasswordsError::Busy`] is answered at once; nothing piles up.
#[async_trait]
pub trait Passwords: Send + Sync + fmt::Debug {
    /// The hash to store.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordsError>;

    /// Whether a password is the one that was hashed; never, if there is no hash.
    async fn verify(
        &self,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<Verified, PasswordsError>;
}

/// What is stored of a password: text that says by itself how it was made.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes the text of a hash.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What came of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It is the one.
    Right,
    /// It is the one, but its hash was made in a way that is not used any more: store a new one.
    RightButOutdated,
    /// It is not.
    Wrong,
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordsError {
    /// Too many are being hashed; trying again in a moment helps.
    #[error("too many people sign in at this moment; try again in a few seconds")]
    Busy,
    /// The hash failed, which has nothing to do with the password.
    #[error("failed to hash a password: {0}")]
    Failed(String),
}
