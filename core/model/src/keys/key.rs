//! What is stored about an API key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::keys::{KeyHash, NamePattern};
use crate::{AccountRef, FormatId, Id, Timestamp, Uploader};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// Publishes, tags and yanks within its scope, and reads there.
    Upload,
    /// Reads within its scope.
    Read,
    /// May do what a superadmin may.
    Admin,
    /// Carries the rights of the user who got it by signing in with a client.
    User,
}

impl KeyType {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::User => "user",
        }
    }
}

impl FromStr for KeyType {
    type Err = UnknownKeyType;

    fn from_str(text: &str) -> Result<Self, UnknownKeyType> {
        match text {
            "upload" => Ok(Self::Upload),
            "read" => Ok(Self::Read),
            "admin" => Ok(Self::Admin),
            "user" => Ok(Self::User),
            _ => Err(UnknownKeyType),
        }
    }
}

/// A text is not the type of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's type is one of upload, read, admin")]
pub struct UnknownKeyType;

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a key is limited to. What is not said is not limited; what is said must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only artefacts of this name, or of names that start so.
    pub name: Option<NamePattern>,
    /// Only artefacts of this category.
    pub category: Option<String>,
    /// Only artefacts of this format.
    pub format: Option<FormatId>,
}

impl Scope {
    /// Whether everything lies within.
    pub fn is_unlimited(&self) -> bool {
        self.name.as_ref().is_none_or(NamePattern::matches_all)
            && self.category.is_none()
            && self.format.is_none()
    }

    /// Whether a name lies within.
    pub fn allows_name(&self, name: &str) -> bool {
        self.name
            .as_ref()
            .is_none_or(|pattern| pattern.matches(name))
    }

    /// Whether a category lies within.
    pub fn allows_category(&self, category: &str) -> bool {
        self.category
            .as_deref()
            .is_none_or(|allowed| allowed == category)
    }

    /// Whether a format lies within.
    pub fn allows_format(&self, format: &FormatId) -> bool {
        self.format.as_ref().is_none_or(|allowed| allowed == format)
    }
}

/// An API key as it is stored: everything but its text.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Its identifier.
    pub id: Id<ApiKey>,
    /// The part of its text that is not secret.
    pub short_id: String,
    /// What its creator calls it.
    pub name: String,
    /// What it is for.
    pub kind: KeyType,
    /// The account that it belongs to: always for a user's token, perhaps for a read key, never for others. It has no
    /// rights beyond those of the account.
    pub owner: Option<AccountRef>,
    /// Whether it may only read, though its type may do more.
    pub read_only: bool,
    /// What it is limited to.
    pub scope: Scope,
    /// The hash of its text.
    pub hash: KeyHash,
    /// Who made it.
    pub created_by: Uploader,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to within some minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it works at this time.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// What is kept with the things that it publishes.
    pub fn as_uploader(&self) -> Uploader {
        Uploader {
            kind: "key".to_owned(),
            key_id: Some(self.id.to_string()),
            key_name: Some(self.name.clone()),
            short_id: Some(self.short_id.clone()),
            account: None,
        }
    }
}
