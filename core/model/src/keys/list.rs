//! Listing keys.

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::audit::Origin;
use crate::keys::{ApiKey, RevokeKeyError};
use crate::{AccountRef, Context, Id};

/// Lists the keys that are not revoked, newest first: all of them for who may manage them, else those of the caller's own
/// accounts.
pub async fn list_keys(
    context: &Context,
    origin: &Origin,
    before: Option<Id<ApiKey>>,
    limit: u32,
) -> Result<Vec<ApiKey>, RevokeKeyError> {
    let may = |action, target| decide(context.access, &origin.actor, action, target);
    let decision = may(Action::ManageKeys, Target::registry());
    match (decision, &origin.actor) {
        (Decision::Allowed, _) => Ok(context.catalog.keys(before, limit).await?),
        (_, Actor::Account(acting)) => {
            let accounts: Vec<AccountRef> = acting.accounts().cloned().collect();
            for account in &accounts {
                match may(Action::UseKeysOf, Target::account(account)) {
                    Decision::Allowed => {}
                    decision => return Err(RevokeKeyError::NotAllowed(decision)),
                }
            }
            Ok(context.catalog.keys_of(&accounts, before, limit).await?)
        }
        (decision, _) => Err(RevokeKeyError::NotAllowed(decision)),
    }
}
