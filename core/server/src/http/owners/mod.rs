//! The owners of an artefact.

pub(super) mod get;
pub(super) mod set;

use cellier_model::Artefact;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::view::AccountRefBody;

/// Who owns an artefact.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owners {
    /// The accounts; each may publish, tag, deprecate and yank as far as a grant lets it, and may name others.
    owners: Vec<AccountRefBody>,
}

impl From<&Artefact> for Owners {
    fn from(artefact: &Artefact) -> Self {
        Self {
            owners: artefact.owners.iter().map(AccountRefBody::from).collect(),
        }
    }
}
