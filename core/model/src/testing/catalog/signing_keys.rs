//! Keys that sign, in memory.

use std::cmp::Reverse;

use async_trait::async_trait;

use super::{MemoryCatalog, MemoryTransaction};
use crate::Timestamp;
use crate::ports::{CatalogError, SigningKeyChanges, SigningKeys};
use crate::signing::SigningKeyRecord;

fn in_use(keys: &[SigningKeyRecord]) -> Option<SigningKeyRecord> {
    keys.iter().find(|key| key.retired_at.is_none()).cloned()
}

#[async_trait]
impl SigningKeys for MemoryCatalog {
    async fn signing_key(&self) -> Result<Option<SigningKeyRecord>, CatalogError> {
        Ok(in_use(&self.lock().signing_keys))
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKeyRecord>, CatalogError> {
        let mut keys = self.lock().signing_keys.clone();
        for key in &mut keys {
            key.private_key = None;
        }
        keys.sort_by_key(|key| (key.retired_at.is_some(), Reverse(key.retired_at)));
        Ok(keys)
    }
}

#[async_trait]
impl SigningKeyChanges for MemoryTransaction {
    async fn lock_signing_key(&mut self) -> Result<Option<SigningKeyRecord>, CatalogError> {
        Ok(in_use(&self.working.signing_keys))
    }

    async fn insert_signing_key(&mut self, key: &SigningKeyRecord) -> Result<(), CatalogError> {
        let keys = &mut self.working.signing_keys;
        if in_use(keys).is_some() {
            return Err(CatalogError::Conflict);
        }
        match keys.iter_mut().find(|known| known.id == key.id) {
            Some(known) => {
                known.retired_at = None;
                known.private_key.clone_from(&key.private_key);
            }
            None => keys.push(key.clone()),
        }
        Ok(())
    }

    async fn retire_signing_key(&mut self, id: &str, now: Timestamp) -> Result<(), CatalogError> {
        let keys = self.working.signing_keys.iter_mut();
        for key in keys.filter(|key| key.id == id) {
            key.retired_at = Some(now);
            key.private_key = None;
        }
        Ok(())
    }
}
