//! Accounts and members as JSON.

use cellier_model::accounts::{Account, Member};
use cellier_model::{AccountKind, AccountRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A user or an organization, by its name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountRef)]
pub(crate) struct AccountRefBody {
    /// `user` or `organization`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "organization")]
    kind: AccountKind,
    /// Its name.
    #[schema(example = "acme")]
    id: String,
}

impl From<AccountRefBody> for AccountRef {
    fn from(body: AccountRefBody) -> Self {
        Self {
            kind: body.kind,
            id: body.id,
        }
    }
}

impl From<&AccountRef> for AccountRefBody {
    fn from(account: &AccountRef) -> Self {
        Self {
            kind: account.kind,
            id: account.id.clone(),
        }
    }
}

/// A user or an organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub(crate) struct AccountView {
    /// Its name, which never changes.
    #[schema(example = "anna")]
    name: String,
    /// `user` or `organization`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: AccountKind,
    /// Whether the user may do everything.
    superadmin: bool,
    /// Whether it may do nothing for now.
    disabled: bool,
    /// When it was made (RFC 3339).
    created_at: String,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            name: account.name.to_string(),
            kind: account.kind,
            superadmin: account.superadmin,
            disabled: account.disabled_at.is_some(),
            created_at: account.created_at.to_string(),
        }
    }
}

/// A member of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub(crate) struct MemberView {
    /// The user.
    #[schema(example = "anna")]
    user: String,
    /// `member`, or `admin`, who also adds and removes members.
    #[schema(example = "member")]
    role: String,
    /// Since when.
    added_at: String,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        Self {
            user: member.user.to_string(),
            role: member.role.to_string(),
            added_at: member.added_at.to_string(),
        }
    }
}
