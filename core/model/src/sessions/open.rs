//! Opening a session.

use crate::access::{Acting, Actor, Through};
use crate::audit::Origin;
use crate::ports::{CatalogError, Transaction};
use crate::sessions::{Session, SessionToken, Visitor};
use crate::{Context, Id};

/// Most sessions of one user; the oldest end when there are more.
const MOST: u32 = 100;

/// A session that was opened.
#[derive(Debug)]
pub struct OpenedSession {
    /// Its record.
    pub session: Session,
    /// Its token, for the cookie.
    pub token: SessionToken,
}

/// Opens a session for somebody who has just signed in.
///
/// The token is new whatever the browser had before, and `replaced`, the token that it had, is worthless from now on:
/// nobody can make another person's browser use a session that they know. `None` for who is no person, or whose password was
/// changed since it was checked.
pub async fn open_session(
    context: &Context,
    person: &Acting,
    visitor: &Visitor,
    replaced: Option<&SessionToken>,
) -> Result<Option<OpenedSession>, CatalogError> {
    let Some(user) = person.user.clone() else {
        return Ok(None);
    };
    let now = context.clock.now();
    let token = SessionToken::generate(context.random.as_ref());
    let session = Session {
        id: Id::new(now, context.random.as_ref()),
        hash: token.hash(),
        user: user.clone(),
        created_at: now,
        last_used_at: now,
        expires_at: now.plus(context.sessions.lifetime),
        address: visitor.address,
        user_agent: visitor.shown_agent(),
    };
    let origin = Origin {
        actor: Actor::Account(Box::new(person.clone())),
        address: visitor.address,
    };
    let event = origin
        .event(context, "session.create", user.to_string())
        .detail("session", session.id.to_string());

    let mut transaction = context.catalog.begin().await?;
    if !still_holds(transaction.as_mut(), person).await? {
        return Ok(None);
    }
    if let Some(replaced) = replaced {
        transaction.end_session_of_token(&replaced.hash()).await?;
    }
    transaction.insert_session(&session, MOST).await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(Some(OpenedSession { session, token }))
}

/// Whether the password by which somebody has come is still theirs. Whoever changes it ends the sessions and tokens that
/// are there then; this keeps out those that would come a moment later. It holds until the transaction ends.
pub(crate) async fn still_holds(
    transaction: &mut dyn Transaction,
    person: &Acting,
) -> Result<bool, CatalogError> {
    match (&person.user, &person.through) {
        (Some(user), Through::Password(Some(hash))) => transaction.lock_password(user, hash).await,
        _ => Ok(true),
    }
}
