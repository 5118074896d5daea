//! From the text of a key to the actor who holds it.

use std::sync::Arc;
use std::time::Duration;

use crate::access::{Acting, Actor, Through};
use crate::keys::uses::Uses;
use crate::keys::{ApiKey, KeyHash, KeyToken, KeyType};
use crate::ports::CatalogError;
use crate::sessions::Session;
use crate::{Context, Timestamp};

/// How old a stored "last used" may grow before it is written again.
const LAST_USE_PRECISION: Duration = Duration::from_mins(10);

/// Turns the texts of keys and the tokens of sessions into actors, and remembers when they were used, without a write per
/// request.
#[derive(Debug, Default)]
pub struct Authenticate {
    keys: Uses<ApiKey>,
    sessions: Uses<Session>,
}

impl Authenticate {
    /// Finds out who presents this text.
    ///
    /// The database is asked every time, so that a revoked key is dead at once on every replica; a malformed key is
    /// refused without asking. A wrong key takes the same steps as a right one.
    pub async fn authenticate(
        &self,
        context: &Context,
        text: &str,
    ) -> Result<Actor, Unauthenticated> {
        let token = KeyToken::parse(text).map_err(|_malformed| Unauthenticated::Malformed)?;
        let stored = context.catalog.key_by_short_id(token.short_id()).await?;
        let expected = stored
            .as_ref()
            .map_or(KeyHash::from_bytes([0; 64]), |key| key.hash);
        let matches = expected.matches(&token.hash());
        let now = context.clock.now();
        match stored {
            Some(key) if matches && key.is_active(now) => {
                self.note_use(&key, now);
                actor_of(context, key).await
            }
            Some(_) if matches => Err(Unauthenticated::Over),
            _ => Err(Unauthenticated::Refused),
        }
    }

    fn note_use(&self, key: &ApiKey, now: Timestamp) {
        let fresh = key
            .last_used_at
            .is_some_and(|last| now.since(last) < LAST_USE_PRECISION);
        if !fresh {
            self.keys.note(key.id, now);
        }
    }

    /// The time is noted well before a session would end because it seems to be left alone.
    pub(crate) fn note_session_use(&self, context: &Context, session: &Session, now: Timestamp) {
        let precision = LAST_USE_PRECISION.min(context.sessions.idle / 4);
        if now.since(session.last_used_at) >= precision {
            self.sessions.note(session.id, now);
        }
    }

    /// Writes what was remembered, in one go. To be called every now and then and before the server ends. What cannot be
    /// written is remembered until the next time; what a crash loses is only how lately something was used.
    pub async fn flush(&self, context: &Context) -> Result<(), CatalogError> {
        let keys = self.keys.take();
        if !keys.is_empty() {
            let written = context.catalog.note_key_use(&keys).await;
            written.inspect_err(|_failed| self.keys.give_back(keys))?;
        }
        let sessions = self.sessions.take();
        if !sessions.is_empty() {
            let written = context.catalog.note_session_use(&sessions).await;
            written.inspect_err(|_failed| self.sessions.give_back(sessions))?;
        }
        Ok(())
    }
}

/// A key that belongs to an account is worth what the account is worth at this moment; one of an account that is disabled
/// or deleted is worth nothing.
async fn actor_of(context: &Context, key: Arc<ApiKey>) -> Result<Actor, Unauthenticated> {
    let Some(owner) = key.owner.clone() else {
        return Ok(Actor::Key(key));
    };
    let acting = if key.kind == KeyType::User {
        let person = context.catalog.person(&owner.id).await?;
        person.map(|person| Acting::person(person, Through::Key(key)))
    } else {
        let standing = context.catalog.standing(&owner).await?;
        standing.map(|standing| Acting::read_key(standing, key))
    };
    match acting {
        Some(acting) => Ok(Actor::Account(Box::new(acting))),
        None => Err(Unauthenticated::Over),
    }
}

/// A text is not the text of a key that works, nor the token of a session that holds.
#[derive(Debug, thiserror::Error)]
pub enum Unauthenticated {
    /// No text of a key at all: its shape or its checksum is wrong. Refused in the same words, but nobody guesses so, and
    /// nothing was asked.
    #[error("the key is malformed, unknown, expired or revoked")]
    Malformed,
    /// Unknown: a caller is not told which.
    #[error("the key is malformed, unknown, expired or revoked")]
    Refused,
    /// Expired or revoked, or its account is gone: refused in the same words, but whoever has it did not guess it.
    #[error("the key is malformed, unknown, expired or revoked")]
    Over,
    /// The catalogue could not be asked.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
