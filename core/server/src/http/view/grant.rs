//! A grant as JSON.

use cellier_model::accounts::AccessGrant;
use cellier_model::keys::{NamePattern, Scope};
use cellier_model::{FormatId, InvalidText};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::view::{AccountRefBody, UploaderView};

/// Some artefacts: those of this name, format and category, as far as these are said. `{}` is all of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Scope)]
pub(crate) struct ScopeBody {
    /// Of this name, or of names that start so if it ends in `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "@acme/*")]
    name: Option<String>,
    /// Of this format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "npm")]
    format: Option<String>,
    /// Of this category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
}

impl ScopeBody {
    pub(crate) fn into_scope(self) -> Result<Scope, InvalidText> {
        Ok(Scope {
            name: self.name.as_deref().map(NamePattern::parse).transpose()?,
            format: self.format.map(FormatId::new),
            category: self.category,
        })
    }
}

impl From<&Scope> for ScopeBody {
    fn from(scope: &Scope) -> Self {
        Self {
            name: scope.name.as_ref().map(|name| name.as_str().to_owned()),
            format: scope.format.as_ref().map(ToString::to_string),
            category: scope.category.clone(),
        }
    }
}

/// What an account was granted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessGrant)]
pub(crate) struct GrantView {
    /// Its identifier.
    id: String,
    /// Who has it.
    account: AccountRefBody,
    /// What the account may download, as far as it may see it.
    download: Vec<ScopeBody>,
    /// What the account may publish; it sees and downloads that, too.
    publish: Vec<ScopeBody>,
    /// Who gave it.
    granted_by: UploaderView,
    /// When it was given (RFC 3339).
    granted_at: String,
}

impl From<&AccessGrant> for GrantView {
    fn from(grant: &AccessGrant) -> Self {
        let scopes = |scopes: &[Scope]| scopes.iter().map(ScopeBody::from).collect();
        Self {
            id: grant.id.to_string(),
            account: (&grant.account).into(),
            download: scopes(&grant.granted.download),
            publish: scopes(&grant.granted.publish),
            granted_by: UploaderView::whole(&grant.granted_by),
            granted_at: grant.granted_at.to_string(),
        }
    }
}
