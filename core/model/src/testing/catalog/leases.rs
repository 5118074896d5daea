//! Leases in memory.

use async_trait::async_trait;

use super::MemoryCatalog;
use crate::Timestamp;
use crate::ports::{CatalogError, Lease, LeaseTaken, Leases, WantedLease};

#[async_trait]
impl Leases for MemoryCatalog {
    async fn acquire_lease(
        &self,
        wanted: &WantedLease,
        now: Timestamp,
    ) -> Result<LeaseTaken, CatalogError> {
        let mut tables = self.lock();
        let held = tables.leases.iter().find(|held| {
            held.name == wanted.name && held.holder != wanted.holder && held.until > now
        });
        if let Some(held) = held {
            return Ok(LeaseTaken::HeldBy(held.clone()));
        }
        tables.leases.retain(|held| held.name != wanted.name);
        tables.leases.push(Lease {
            name: wanted.name.clone(),
            holder: wanted.holder.clone(),
            until: now.plus(wanted.term),
        });
        Ok(LeaseTaken::Ours)
    }

    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), CatalogError> {
        self.lock()
            .leases
            .retain(|held| held.name != name || held.holder != holder);
        Ok(())
    }
}
