//! Blobs in memory.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, ReadAtExt as _, Sha256};
use futures_util::stream;
use sha2::Digest as _;

use crate::ports::{BlobError, Blobs, ByteStream, Staging, StoredBlob, StoredBlobs};
use crate::testing::step::step;
use crate::{BlobKey, Clock, StagedBlob, Timestamp};

/// Blobs in memory; they forget everything with the process.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    blobs: Mutex<HashMap<BlobKey, MemoryBlob>>,
    clock: Option<Arc<dyn Clock>>,
    deletes_nothing: AtomicBool,
    stuck: Mutex<HashSet<BlobKey>>,
}

#[derive(Debug)]
struct MemoryBlob {
    bytes: Arc<Vec<u8>>,
    modified: Timestamp,
}

impl MemoryBlobs {
    /// Blobs that know when they were stored. Without a clock all are as old as time itself.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock: Some(clock),
            ..Self::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BlobKey, MemoryBlob>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &BlobKey) -> Result<Arc<Vec<u8>>, BlobError> {
        self.lock()
            .get(key)
            .map(|blob| Arc::clone(&blob.bytes))
            .ok_or(BlobError::Missing { key: *key })
    }

    /// The keys of all blobs.
    pub fn keys(&self) -> Vec<BlobKey> {
        self.lock().keys().copied().collect()
    }

    /// How many blobs there are.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Puts bytes where others were, as a failing disk does.
    pub fn damage(&self, key: BlobKey, bytes: &[u8]) {
        let blob = MemoryBlob {
            bytes: Arc::new(bytes.to_vec()),
            modified: Timestamp::from_micros(0),
        };
        self.lock().insert(key, blob);
    }

    /// Loses all bytes at once, as a disk does.
    pub fn lose_everything(&self) {
        self.lock().clear();
    }

    /// Fails from now on whenever something is to be deleted.
    pub fn fail_to_delete(&self) {
        self.deletes_nothing.store(true, Ordering::Relaxed);
    }

    /// Fails from now on when this blob is to be deleted, as a store does that holds on to it.
    pub fn fail_to_delete_one(&self, key: BlobKey) {
        let mut stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        stuck.insert(key);
    }

    fn holds_on_to(&self, key: &BlobKey) -> bool {
        let stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        self.deletes_nothing.load(Ordering::Relaxed) || stuck.contains(key)
    }

    /// Stages bytes at once.
    pub fn staged(bytes: &[u8]) -> StagedBlob {
        let sha256 = Sha256::new(sha2::Sha256::digest(bytes).into());
        StagedBlob::new(sha256, Vec::new(), Arc::new(bytes.to_vec()))
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn stage(&self, _digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        Ok(Box::new(MemoryStaging(Vec::new())))
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut staged.content().reader(), &mut bytes)
            .map_err(|error| BlobError::from_io("read staged bytes", error))?;
        let sha512 = || Digest::new(DigestAlgorithm::Sha512, &sha2::Sha512::digest(&bytes));
        let supported = digests
            .iter()
            .filter(|algorithm| **algorithm == DigestAlgorithm::Sha512);
        Ok(supported.filter_map(|_sha512| sha512().ok()).collect())
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        step().await;
        let mut bytes = vec![0; usize::try_from(staged.size()).unwrap_or(0)];
        staged
            .content()
            .read_exact_at(0, &mut bytes)
            .map_err(|error| BlobError::from_io("read staged bytes", error))?;
        let now = self.clock.as_ref().map(|clock| clock.now());
        let blob = MemoryBlob {
            bytes: Arc::new(bytes),
            modified: now.unwrap_or(Timestamp::from_micros(0)),
        };
        match self.lock().entry(*key) {
            Entry::Vacant(place) => {
                place.insert(blob);
                Ok(())
            }
            Entry::Occupied(_) => Err(BlobError::AlreadyExists { key: *key }),
        }
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        step().await;
        let blob = self.get(key)?;
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let bytes = blob.read_range(range.start, length).map(Bytes::from);
        Ok(Box::pin(stream::iter([bytes])))
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        Ok(self.get(key)?)
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        step().await;
        Ok(self.lock().get(key).map(|blob| blob.bytes.len() as u64))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        step().await;
        if self.holds_on_to(key) {
            let problem = std::io::Error::other("this store deletes nothing");
            return Err(BlobError::from_io("delete a blob", problem));
        }
        self.lock().remove(key);
        Ok(())
    }

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        let mut keys = self.keys();
        keys.retain(|key| key.sha256() == *sha256);
        Ok(keys)
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        step().await;
        let stored = |(key, blob): (&BlobKey, &MemoryBlob)| StoredBlob {
            key: *key,
            size: blob.bytes.len() as u64,
            modified: blob.modified,
        };
        let mut listed: Vec<_> = self.lock().iter().map(stored).collect();
        // In one order, so that a test that goes wrong goes wrong again.
        listed.sort_by_key(|blob| blob.key);
        Ok(Box::pin(stream::iter(listed.into_iter().map(Ok))))
    }

    async fn check(&self) -> Result<(), BlobError> {
        Ok(())
    }
}

struct MemoryStaging(Vec<u8>);

#[async_trait]
impl Staging for MemoryStaging {
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        self.0.extend_from_slice(&bytes);
        Ok(())
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn finish(self: Box<Self>) -> Result<StagedBlob, BlobError> {
        Ok(MemoryBlobs::staged(&self.0))
    }
}
