//! Ending sessions.

use crate::access::{Action, Actor, Decision, Target, Through, decide};
use crate::accounts::AccountError;
use crate::audit::Origin;
use crate::sessions::Session;
use crate::{Context, Id};

/// Ends the session that the caller came with.
pub async fn end_own_session(context: &Context, origin: &Origin) -> Result<(), AccountError> {
    let own = match &origin.actor {
        Actor::Account(acting) => match acting.through {
            Through::Session(id) => Some(id),
            Through::Password(_) | Through::Key(_) => None,
        },
        _ => None,
    };
    match own {
        Some(id) => end_session(context, origin, id).await,
        None => Err(AccountError::NotAllowed(decide(
            context.access,
            &origin.actor,
            Action::ManageSelf,
            Target::registry(),
        ))),
    }
}

/// Ends a session of the caller's; a superadmin may end anybody's.
pub async fn end_session(
    context: &Context,
    origin: &Origin,
    id: Id<Session>,
) -> Result<(), AccountError> {
    let session = context.catalog.session_of_id(id).await?;
    let is_own = match (&origin.actor, &session) {
        (Actor::Account(acting), Some(session)) => acting.user.as_ref() == Some(&session.user),
        _ => false,
    };
    let action = if is_own {
        Action::ManageSelf
    } else {
        Action::ManageAccounts
    };
    match decide(context.access, &origin.actor, action, Target::registry()) {
        Decision::Allowed => {}
        // Somebody else's session, or none at all: who may not end it is not told which.
        Decision::Denied(_) if matches!(origin.actor, Actor::Account(_)) && !is_own => {
            return Err(AccountError::NotFound("session"));
        }
        decision => return Err(AccountError::NotAllowed(decision)),
    }
    let Some(session) = session else {
        return Err(AccountError::NotFound("session"));
    };
    let event = origin
        .event(context, "session.end", session.user.to_string())
        .detail("session", session.id.to_string());
    let mut transaction = context.catalog.begin().await?;
    if !transaction.end_session(session.id).await? {
        return Err(AccountError::NotFound("session"));
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}
