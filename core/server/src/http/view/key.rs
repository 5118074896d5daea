//! An API key as JSON: everything but its text.

use cellier_model::keys::{ApiKey, CreatedKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::view::{AccountRefBody, UploaderView};

/// An API key without its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct KeyView {
    /// Its identifier.
    id: String,
    /// The part of its text that is not secret.
    #[schema(example = "Zk3x9QwA")]
    short_id: String,
    /// What its creator calls it.
    #[schema(example = "ci-my-plugin-github")]
    name: String,
    /// `upload`, `read` or `admin`; `user` for a token that somebody got by signing in with a client.
    #[serde(rename = "type")]
    kind: String,
    /// The account whose rights it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<AccountRefBody>,
    /// Whether it may only read, though its type may do more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only: bool,
    /// Only artefacts of this name, or of names that start so if it ends in `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_name: Option<String>,
    /// Only artefacts of this category.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_category: Option<String>,
    /// Only artefacts of this format.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_format: Option<String>,
    /// When it stops working (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// When it was last used, to within ten minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
    /// When it was made.
    created_at: String,
    /// Who made it.
    created_by: UploaderView,
}

impl KeyView {
    pub(crate) fn new(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            short_id: key.short_id.clone(),
            name: key.name.clone(),
            kind: key.kind.to_string(),
            owner: key.owner.as_ref().map(AccountRefBody::from),
            read_only: key.read_only,
            allowed_name: key
                .scope
                .name
                .as_ref()
                .map(|pattern| pattern.as_str().to_owned()),
            allowed_category: key.scope.category.clone(),
            allowed_format: key.scope.format.as_ref().map(ToString::to_string),
            expires_at: key.expires_at.map(|at| at.to_string()),
            last_used_at: key.last_used_at.map(|at| at.to_string()),
            created_at: key.created_at.to_string(),
            created_by: UploaderView::whole(&key.created_by),
        }
    }
}

/// A key that was made, with its text, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreatedApiKey)]
pub(crate) struct CreatedKeyView {
    #[serde(flatten)]
    view: KeyView,
    /// The text of the key. It cannot be had again.
    key: String,
}

impl CreatedKeyView {
    pub(crate) fn new(created: &CreatedKey) -> Self {
        Self {
            view: KeyView::new(&created.key),
            key: created.token.reveal().to_owned(),
        }
    }
}
