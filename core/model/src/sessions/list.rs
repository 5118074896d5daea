//! Listing sessions.

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::accounts::{AccountError, AccountName};
use crate::audit::Origin;
use crate::sessions::Session;
use crate::{Context, Id};

/// The sessions that hold, newest first: the caller's own, or those of another user for a superadmin.
pub async fn list_sessions(
    context: &Context,
    origin: &Origin,
    of: Option<&AccountName>,
    before: Option<Id<Session>>,
    limit: u32,
) -> Result<Vec<Session>, AccountError> {
    let own = match &origin.actor {
        Actor::Account(acting) => acting.user.as_ref(),
        _ => None,
    };
    let is_own = of.is_none() || of == own;
    let action = if is_own {
        Action::ManageSelf
    } else {
        Action::ManageAccounts
    };
    match decide(context.access, &origin.actor, action, Target::registry()) {
        Decision::Allowed => {}
        decision => return Err(AccountError::NotAllowed(decision)),
    }
    let Some(user) = of.or(own) else {
        return Err(AccountError::NotFound("user"));
    };
    let holding = (context.sessions, context.clock.now());
    let sessions = context.catalog.sessions(user, holding, before, limit);
    Ok(sessions.await?)
}
