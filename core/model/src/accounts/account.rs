//! Accounts, memberships, and what somebody may do because of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::accounts::{AccountName, Granted};
use crate::{AccountKind, AccountRef, Timestamp, Uploader};

/// A user or an organization. The password is not part of it, so that no list ever carries one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name, which is also its id.
    pub name: AccountName,
    /// Whether it is a user or an organization.
    pub kind: AccountKind,
    /// Whether it may do everything. Never an organization.
    pub superadmin: bool,
    /// Who made it.
    pub created_by: Uploader,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it may do nothing.
    pub disabled_at: Option<Timestamp>,
    /// When it was deleted. The name stays taken for ever.
    pub deleted_at: Option<Timestamp>,
}

impl Account {
    /// The account with its kind, as rights name it.
    pub fn reference(&self) -> AccountRef {
        AccountRef {
            kind: self.kind,
            id: self.name.as_str().to_owned(),
        }
    }

    /// Whether it is neither disabled nor deleted.
    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none() && self.deleted_at.is_none()
    }
}

/// What a member may do in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Has the rights of the organization.
    Member,
    /// Also adds and removes members.
    Admin,
}

impl Role {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text {
            "member" => Ok(Self::Member),
            "admin" => Ok(Self::Admin),
            _ => Err(UnknownRole),
        }
    }
}

/// A text is not a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is member or admin")]
pub struct UnknownRole;

/// A user's place in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The organization.
    pub organization: AccountName,
    /// The user.
    pub user: AccountName,
    /// What the user may do in it.
    pub role: Role,
    /// Since when.
    pub added_at: Timestamp,
}

/// An account that somebody acts for, with what it was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The account: the user itself or an organization.
    pub account: AccountRef,
    /// The user's role, if the account is an organization.
    pub role: Option<Role>,
    /// What the account was granted, if anything.
    pub grant: Option<Granted>,
}

/// A user who may act right now, with every account that the user acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user.
    pub name: AccountName,
    /// Whether the user may do everything.
    pub superadmin: bool,
    /// The user's own account and those of the organizations, disabled ones left out.
    pub standings: Vec<Standing>,
}
