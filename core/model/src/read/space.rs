//! How much space is taken.

use crate::Context;
use crate::access::{Action, Actor, Decision, Target, decide};
use crate::ports::SpaceUsage;
use crate::read::FindError;

/// Tells how much space is taken, and how much of it can be had back.
pub async fn space(context: &Context, actor: &Actor) -> Result<SpaceUsage, FindError> {
    match decide(context.access, actor, Action::Operate, Target::registry()) {
        Decision::Allowed => Ok(context.catalog.space().await?),
        Decision::Denied(denial) => Err(FindError::Denied(denial)),
        Decision::CredentialNeeded => Err(FindError::CredentialNeeded),
        Decision::Invisible => Err(FindError::NotFound),
    }
}
