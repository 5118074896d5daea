//! Blobs in memory.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, ReadAtExt as _, Sha256};
use futures_util::stream;
use sha2::Digest as _;

use crate::ports::{BlobError, BlobStream, Blobs, ByteStream, Staging, StoredBlob};
use crate::testing::step::step;
use crate::{BlobKey, StagedBlob, Timestamp};

/// Blobs in memory; they forget everything with the process.
#[derive(Debug, Default)]
pub struct MemoryBlobs(Mutex<HashMap<BlobKey, Arc<Vec<u8>>>>);

impl MemoryBlobs {
    fn lock(&self) -> MutexGuard<'_, HashMap<BlobKey, Arc<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &BlobKey) -> Result<Arc<Vec<u8>>, BlobError> {
        self.lock()
            .get(key)
            .cloned()
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
        match self.lock().insert(*key, Arc::new(bytes)) {
            None => Ok(()),
            Some(_) => Err(BlobError::AlreadyExists { key: *key }),
        }
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let blob = self.get(key)?;
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let bytes = blob.read_range(range.start, length).map(Bytes::from);
        Ok(Box::pin(stream::iter([bytes])))
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        Ok(self.get(key)?)
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(self.lock().get(key).map(|blob| blob.len() as u64))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        step().await;
        self.lock().remove(key);
        Ok(())
    }

    /// Bytes in memory have no time: all are as old as can be.
    async fn list(&self) -> Result<BlobStream, BlobError> {
        step().await;
        let mut all: Vec<_> = self
            .lock()
            .iter()
            .map(|(key, blob)| {
                Ok(StoredBlob {
                    key: *key,
                    size: blob.len() as u64,
                    modified: Timestamp::from_micros(0),
                })
            })
            .collect();
        all.sort_by_key(|blob: &Result<StoredBlob, BlobError>| {
            blob.as_ref().ok().map(|blob| blob.key)
        });
        Ok(Box::pin(stream::iter(all)))
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
