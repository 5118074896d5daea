//! What takes space, in memory.

use std::cmp::Reverse;

use async_trait::async_trait;

use super::{BlobRow, MemoryCatalog, MemoryTransaction, Tables};
use crate::ports::{BlobRecord, CatalogError, Space, SpaceChanges, SpaceUsage};
use crate::retention::Retained;
use crate::testing::step::step;
use crate::{Artefact, BlobKey, FormatId, Id, Timestamp};

impl Tables {
    /// Notes since when blobs are unused that have just become so.
    pub(super) fn note_unused(&mut self, now: Timestamp) {
        let files = &self.files;
        for blob in &mut self.blobs {
            if !files.iter().any(|file| file.blob == blob.key) {
                blob.unused_since.get_or_insert(now);
            }
        }
    }

    fn retained(&self, artefact: Id<Artefact>) -> Vec<Retained> {
        let live = self
            .versions
            .iter()
            .filter(|version| version.artefact == artefact && version.deleted_at.is_none());
        let mut all: Vec<_> = live
            .map(|version| Retained {
                size: self.whole(version).files.iter().map(|file| file.size).sum(),
                tagged: self.tags.iter().any(|(_, _, named)| *named == version.id),
                version: version.clone(),
            })
            .collect();
        all.sort_by_key(|one| Reverse(one.version.order.clone()));
        all
    }

    fn blobs_where(&self, wanted: impl Fn(&BlobRow) -> bool, limit: u32) -> Vec<BlobRecord> {
        let found = self.blobs.iter().filter(|blob| wanted(blob));
        found
            .take(limit as usize)
            .map(|blob| BlobRecord {
                key: blob.key,
                size: blob.size,
            })
            .collect()
    }
}

fn is_unused_since(blob: &BlobRow, before: Timestamp) -> bool {
    !blob.dying && blob.unused_since.is_some_and(|since| since < before)
}

#[async_trait]
impl Space for MemoryCatalog {
    async fn artefacts_of_format(
        &self,
        format: &FormatId,
        after: Option<Id<Artefact>>,
        limit: u32,
    ) -> Result<Vec<Artefact>, CatalogError> {
        let tables = self.lock();
        let wanted = |artefact: &&Artefact| {
            artefact.format == *format
                && artefact.deleted_at.is_none()
                && after.is_none_or(|after| artefact.id.to_string() > after.to_string())
        };
        let mut found: Vec<_> = tables.artefacts.iter().filter(wanted).cloned().collect();
        found.sort_by_key(|artefact| artefact.id.to_string());
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn retained_versions(
        &self,
        artefact: Id<Artefact>,
    ) -> Result<Vec<Retained>, CatalogError> {
        Ok(self.lock().retained(artefact))
    }

    async fn unused_blobs(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<BlobRecord>, CatalogError> {
        step().await;
        Ok(self
            .lock()
            .blobs_where(|blob| is_unused_since(blob, before), limit))
    }

    async fn dying_blobs(
        &self,
        after: Option<&BlobKey>,
        limit: u32,
    ) -> Result<Vec<BlobRecord>, CatalogError> {
        step().await;
        let is_next = |blob: &BlobRow| blob.dying && after.is_none_or(|after| blob.key > *after);
        let mut dying = self.lock().blobs_where(is_next, u32::MAX);
        dying.sort_by_key(|blob| blob.key);
        dying.truncate(limit as usize);
        Ok(dying)
    }

    async fn count_freeable(&self, before: Timestamp) -> Result<(u64, u64), CatalogError> {
        let is_freeable = |blob: &BlobRow| blob.dying || is_unused_since(blob, before);
        let freeable = self.lock().blobs_where(is_freeable, u32::MAX);
        let bytes = freeable.iter().map(|blob| blob.size).sum();
        Ok((freeable.len() as u64, bytes))
    }

    async fn orphans_seen(
        &self,
        keys: &[BlobKey],
    ) -> Result<Vec<(BlobKey, Timestamp)>, CatalogError> {
        let tables = self.lock();
        let seen = |key: &BlobKey| tables.orphans.get(key).map(|(first, _)| (*key, *first));
        Ok(keys.iter().filter_map(seen).collect())
    }

    async fn known_blobs(&self, keys: &[BlobKey]) -> Result<Vec<BlobKey>, CatalogError> {
        step().await;
        let tables = self.lock();
        let known = |key: &&BlobKey| tables.blobs.iter().any(|blob| blob.key == **key);
        Ok(keys.iter().filter(known).copied().collect())
    }

    async fn space(&self) -> Result<SpaceUsage, CatalogError> {
        let tables = self.lock();
        let mut usage = SpaceUsage::default();
        for blob in &tables.blobs {
            usage.blobs += 1;
            usage.bytes += blob.size;
            if blob.dying || blob.unused_since.is_some() {
                usage.reclaimable_blobs += 1;
                usage.reclaimable_bytes += blob.size;
            }
        }
        Ok(usage)
    }
}

#[async_trait]
impl SpaceChanges for MemoryTransaction {
    async fn retained_versions(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Vec<Retained>, CatalogError> {
        Ok(self.working.retained(artefact))
    }

    async fn condemn_blob(
        &mut self,
        key: &BlobKey,
        before: Timestamp,
    ) -> Result<bool, CatalogError> {
        let used = self.working.files.iter().any(|file| file.blob == *key);
        let blob = self.working.blobs.iter_mut().find(|blob| blob.key == *key);
        let condemned = blob.filter(|blob| !used && is_unused_since(blob, before));
        Ok(condemned.map(|blob| blob.dying = true).is_some())
    }

    async fn forget_blobs(&mut self, keys: &[BlobKey]) -> Result<(), CatalogError> {
        self.working
            .blobs
            .retain(|blob| !(blob.dying && keys.contains(&blob.key)));
        Ok(())
    }

    async fn note_orphans(&mut self, keys: &[BlobKey], now: Timestamp) -> Result<(), CatalogError> {
        for key in keys {
            let (_, last) = self.working.orphans.entry(*key).or_insert((now, now));
            *last = now;
        }
        Ok(())
    }

    async fn forget_orphans(&mut self, before: Timestamp) -> Result<(), CatalogError> {
        self.working.orphans.retain(|_, (_, last)| *last >= before);
        Ok(())
    }
}
