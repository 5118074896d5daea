//! Revoking keys.

use crate::access::{Action, Actor, Decision, Target, decide};
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
    let key = context.catalog.key(id).await?;
    match may_revoke(context, origin, key.as_ref()) {
        Decision::Allowed => {}
        Decision::Invisible => return Err(RevokeKeyError::NotFound),
        decision => return Err(RevokeKeyError::NotAllowed(decision)),
    }
    let event = origin.event(context, "key.revoke", id.to_string());

    let mut transaction = context.catalog.begin().await?;
    if !transaction.revoke_key(id, event.at).await? {
        return Err(RevokeKeyError::NotFound);
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Somebody who may revoke the keys of some accounts alone is not told whether there are others.
fn may_revoke(context: &Context, origin: &Origin, key: Option<&ApiKey>) -> Decision {
    let may = |action, target| decide(context.access, &origin.actor, action, target);
    match key {
        Some(key) if key.owner.is_some() => may(Action::UseKeysOf, Target::key(key)),
        _ => match may(Action::ManageKeys, Target::registry()) {
            Decision::Denied(_) if matches!(origin.actor, Actor::Account(_)) => Decision::Invisible,
            decision => decision,
        },
    }
}

/// Why a key was not revoked or listed.
#[derive(Debug, thiserror::Error)]
pub enum RevokeKeyError {
    /// The caller may not do this with the keys.
    #[error("the caller may not list or revoke these keys")]
    NotAllowed(Decision),
    /// There is no such key, or it is revoked already.
    #[error("there is no such key, or it is revoked already")]
    NotFound,
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
