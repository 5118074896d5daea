//! Everything that is compared with what it should be, in memory.

use async_trait::async_trait;

use super::{BlobRow, MemoryCatalog, MemoryTransaction, Tables};
use crate::ports::{
    ArtefactIndex, BlobRecord, BlobState, BlobUse, CatalogError, CheckChanges, Checks,
};
use crate::testing::step::step;
use crate::{Artefact, BlobKey, FileRecord, Id, Timestamp};

impl Tables {
    fn files_of(&self, key: BlobKey) -> impl Iterator<Item = &FileRecord> {
        self.files.iter().filter(move |file| file.blob == key)
    }

    fn is_used(&self, key: BlobKey) -> bool {
        self.files_of(key).next().is_some()
    }

    fn state(&self, blob: &BlobRow) -> BlobState {
        let sizes = || self.files_of(blob.key).map(|file| file.size);
        BlobState {
            key: blob.key,
            size: blob.size,
            files: sizes().count() as u64,
            smallest_file: sizes().min().unwrap_or(blob.size),
            largest_file: sizes().max().unwrap_or(blob.size),
            unused_since: blob.unused_since,
        }
    }

    fn use_of(&self, file: &FileRecord) -> Option<BlobUse> {
        let version = self.versions.iter().find(|one| one.id == file.version)?;
        let artefact = self
            .artefacts
            .iter()
            .find(|one| one.id == version.artefact)?;
        Some(BlobUse {
            format: artefact.format.clone(),
            name: artefact.name.clone(),
            version: version.version.to_string(),
            file: file.name.clone(),
        })
    }

    /// Words are kept; the accounts are read from the artefact itself, so they are always right here.
    fn index_of(&self, id: Id<Artefact>) -> ArtefactIndex {
        let mut words = self.words.get(&id).cloned().unwrap_or_default();
        words.sort();
        let artefact = self.artefacts.iter().find(|artefact| artefact.id == id);
        let accounts = artefact.map(Artefact::named_accounts).unwrap_or_default();
        ArtefactIndex {
            words,
            accounts: accounts.into_iter().collect(),
        }
    }
}

#[async_trait]
impl Checks for MemoryCatalog {
    async fn blob_states(
        &self,
        after: Option<BlobKey>,
        limit: u32,
    ) -> Result<Vec<BlobState>, CatalogError> {
        step().await;
        let tables = self.lock();
        let mut rows: Vec<_> = tables
            .blobs
            .iter()
            .filter(|blob| !blob.dying && after.is_none_or(|after| blob.key > after))
            .collect();
        rows.sort_by_key(|blob| blob.key);
        rows.truncate(limit as usize);
        Ok(rows.into_iter().map(|blob| tables.state(blob)).collect())
    }

    async fn blob_state(&self, key: &BlobKey) -> Result<Option<BlobState>, CatalogError> {
        step().await;
        let tables = self.lock();
        let mut rows = tables.blobs.iter();
        let alive = rows.find(|blob| blob.key == *key && !blob.dying);
        Ok(alive.map(|blob| tables.state(blob)))
    }

    async fn uses_of_blob(&self, key: &BlobKey, limit: u32) -> Result<Vec<BlobUse>, CatalogError> {
        let tables = self.lock();
        let uses = tables
            .files_of(*key)
            .filter_map(|file| tables.use_of(file))
            .take(limit as usize);
        Ok(uses.collect())
    }

    async fn twins_of_blob(&self, key: &BlobKey) -> Result<Vec<BlobRecord>, CatalogError> {
        let tables = self.lock();
        let twins = tables.blobs.iter().filter(|blob| {
            blob.key != *key
                && blob.key.sha256() == key.sha256()
                && !blob.dying
                && tables.is_used(blob.key)
        });
        let records = twins.map(|blob| BlobRecord {
            key: blob.key,
            size: blob.size,
        });
        Ok(records.collect())
    }

    async fn all_artefacts(
        &self,
        after: Option<Id<Artefact>>,
        limit: u32,
    ) -> Result<Vec<Artefact>, CatalogError> {
        step().await;
        let wanted = |artefact: &&Artefact| {
            after.is_none_or(|after| artefact.id.to_string() > after.to_string())
        };
        let mut found: Vec<_> = self
            .lock()
            .artefacts
            .iter()
            .filter(wanted)
            .cloned()
            .collect();
        found.sort_by_key(|artefact| artefact.id.to_string());
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn index_of_artefact(
        &self,
        artefact: Id<Artefact>,
    ) -> Result<ArtefactIndex, CatalogError> {
        step().await;
        Ok(self.lock().index_of(artefact))
    }
}

#[async_trait]
impl CheckChanges for MemoryTransaction {
    async fn repoint_files(
        &mut self,
        from: &BlobKey,
        to: &BlobKey,
        now: Timestamp,
    ) -> Result<u64, CatalogError> {
        let size = self
            .working
            .blobs
            .iter()
            .find(|blob| blob.key == *to)
            .map(|blob| blob.size);
        let mut repointed = 0;
        for file in self
            .working
            .files
            .iter_mut()
            .filter(|file| file.blob == *from)
        {
            file.blob = *to;
            file.size = size.unwrap_or(file.size);
            repointed += 1;
        }
        self.working.note_unused(now);
        Ok(repointed)
    }

    async fn correct_size(&mut self, key: &BlobKey, size: u64) -> Result<(), CatalogError> {
        let tables = &mut self.working;
        for blob in tables.blobs.iter_mut().filter(|blob| blob.key == *key) {
            blob.size = size;
        }
        for file in tables.files.iter_mut().filter(|file| file.blob == *key) {
            file.size = size;
        }
        Ok(())
    }

    async fn correct_mark(&mut self, key: &BlobKey, now: Timestamp) -> Result<bool, CatalogError> {
        let used = self.working.is_used(*key);
        let mut rows = self.working.blobs.iter_mut();
        let Some(blob) = rows.find(|blob| blob.key == *key && !blob.dying) else {
            return Ok(false);
        };
        let was_wrong = used == blob.unused_since.is_some();
        if was_wrong {
            blob.unused_since = (!used).then_some(now);
        }
        Ok(was_wrong)
    }

    async fn index_of_artefact(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<ArtefactIndex, CatalogError> {
        Ok(self.working.index_of(artefact))
    }
}
