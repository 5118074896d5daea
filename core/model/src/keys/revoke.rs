//! Listing and revoking keys.

use crate::access::{Action, Decision, Target, decide};
use crate::audit::Origin;
use crate::keys::ApiKey;
use crate::ports::CatalogError;
use crate::{Context, Id};

/// Revokes a key; it is dead on every replica when this has answered.
pub async fn revoke_key(
    context: &Context,
    origin: &Origin,
    id: Id<ApiKey>,
) -> Result<(), RevokeKeyError> {
    may_manage_keys(context, origin)?;
    let event = origin.event(context, "key.revoke", id.to_string());

    let mut transaction = context.catalog.begin().await?;
    if !transaction.revoke_key(id, event.at).await? {
        return Err(RevokeKeyError::NotFound);
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Lists the keys that are not revoked, newest first.
pub async fn list_keys(
    context: &Context,
    origin: &Origin,
    before: Option<Id<ApiKey>>,
    limit: u32,
) -> Result<Vec<ApiKey>, RevokeKeyError> {
    may_manage_keys(context, origin)?;
    Ok(context.catalog.keys(before, limit).await?)
}

fn may_manage_keys(context: &Context, origin: &Origin) -> Result<(), RevokeKeyError> {
    match decide(
        context.access,
        &origin.actor,
        Action::ManageKeys,
        Target::registry(),
    ) {
        Decision::Allowed => Ok(()),
        decision => Err(RevokeKeyError::NotAllowed(decision)),
    }
}

/// Why a key was not revoked or listed.
#[derive(Debug, thiserror::Error)]
pub enum RevokeKeyError {
    /// The caller may not manage keys.
    #[error("only an admin key may list and revoke keys")]
    NotAllowed(Decision),
    /// There is no such key, or it is revoked already.
    #[error("there is no such key, or it is revoked already")]
    NotFound,
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
