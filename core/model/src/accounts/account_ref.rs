//! Naming an account together with its kind.

use std::fmt;
use std::str::FromStr;

use crate::accounts::AccountName;
use crate::{AccountKind, AccountRef};

impl AccountRef {
    /// A user.
    pub fn user(name: &AccountName) -> Self {
        Self {
            kind: AccountKind::User,
            id: name.as_str().to_owned(),
        }
    }

    /// An organization.
    pub fn organization(name: &AccountName) -> Self {
        Self {
            kind: AccountKind::Organization,
            id: name.as_str().to_owned(),
        }
    }
}

/// As `user:anna`, the form in which the catalogue indexes it.
impl fmt::Display for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)
    }
}

impl AccountKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "organization",
        }
    }
}

impl FromStr for AccountKind {
    type Err = UnknownAccountKind;

    fn from_str(text: &str) -> Result<Self, UnknownAccountKind> {
        match text {
            "user" => Ok(Self::User),
            "organization" => Ok(Self::Organization),
            _ => Err(UnknownAccountKind),
        }
    }
}

/// A text is not a kind of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account is a user or an organization")]
pub struct UnknownAccountKind;
