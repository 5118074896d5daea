//! From the text of a key to the actor who holds it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::access::Actor;
use crate::keys::{ApiKey, KeyHash, KeyToken};
use crate::ports::CatalogError;
use crate::{Context, Id, Timestamp};

/// How old a stored "last used" may grow before it is written again.
const LAST_USE_PRECISION: Duration = Duration::from_mins(10);

/// Turns the texts of keys into actors and remembers when keys were used, without a write per request.
#[derive(Debug, Default)]
pub struct Authenticate {
    uses: Mutex<HashMap<Id<ApiKey>, Timestamp>>,
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
        let token = KeyToken::parse(text).map_err(|_malformed| Unauthenticated::Refused)?;
        let stored = context.catalog.key_by_short_id(token.short_id()).await?;
        let expected = stored
            .as_ref()
            .map_or(KeyHash::from_bytes([0; 64]), |key| key.hash);
        let matches = expected.matches(&token.hash());
        let now = context.clock.now();
        match stored {
            Some(key) if matches && key.is_active(now) => {
                self.note_use(&key, now);
                Ok(Actor::Key(Box::new(key)))
            }
            _ => Err(Unauthenticated::Refused),
        }
    }

    fn note_use(&self, key: &ApiKey, now: Timestamp) {
        let fresh = key
            .last_used_at
            .is_some_and(|last| now.since(last) < LAST_USE_PRECISION);
        if !fresh {
            self.uses
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(key.id, now);
        }
    }

    /// Writes what was remembered, in one go. To be called every now and then and before the server ends; what a crash
    /// loses is only how lately a key was used.
    pub async fn flush(&self, context: &Context) -> Result<(), CatalogError> {
        let uses: Vec<_> = {
            let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            uses.drain().collect()
        };
        if uses.is_empty() {
            Ok(())
        } else {
            context.catalog.note_key_use(&uses).await
        }
    }
}

/// A text is not the text of a key that works.
#[derive(Debug, thiserror::Error)]
pub enum Unauthenticated {
    /// Malformed, unknown, expired or revoked: a caller is not told which.
    #[error("the key is malformed, unknown, expired or revoked")]
    Refused,
    /// The catalogue could not be asked.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
