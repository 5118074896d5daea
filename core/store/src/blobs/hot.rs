//! Small blobs that are asked for again and again, in memory.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use cellier_model::ports::{BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlobs};
use cellier_model::{BlobKey, StagedBlob};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::Digest as _;

/// The largest blob that is kept: one that takes a single read from disk.
const LARGEST: u64 = 128 * 1024;

/// How many bytes are kept in all.
const MOST: usize = 16 << 20;

/// A store that keeps small blobs in memory when they are asked for a second time. A key is written once, so what is
/// kept is never out of date; that nobody gets what was deleted is for the catalogue to say.
#[derive(Debug)]
pub struct HotBlobs {
    cold: Arc<dyn Blobs>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Blobs that were asked for, with their bytes once they were asked for twice.
    blobs: HashMap<BlobKey, Option<Bytes>>,
    bytes: usize,
}

impl HotBlobs {
    /// Keeps what is hot of this store.
    pub fn new(cold: Arc<dyn Blobs>) -> Self {
        Self {
            cold,
            kept: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a blob that is kept; else whether to keep them.
    fn look(&self, key: &BlobKey) -> Result<Bytes, bool> {
        match self.lock().blobs.get(key) {
            Some(Some(bytes)) => Ok(bytes.clone()),
            Some(None) => Err(true),
            None => Err(false),
        }
    }

    fn note(&self, key: BlobKey, bytes: Option<Bytes>) {
        let mut kept = self.lock();
        let size = bytes.as_ref().map_or(64, Bytes::len);
        if kept.bytes + size > MOST {
            // What is hot is soon there again.
            *kept = Kept::default();
        }
        kept.bytes += size;
        kept.blobs.insert(key, bytes);
    }
}

#[async_trait]
impl Blobs for HotBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        self.cold.stage(digests).await
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        self.cold.digest(staged, digests).await
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        self.cold.store(staged, key).await
    }

    fn at_hand(&self, key: &BlobKey, range: &Range<u64>) -> Option<Bytes> {
        let kept = self.look(key).ok()?;
        let is_whole = range.start == 0 && range.end == kept.len() as u64;
        is_whole.then_some(kept)
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        if range.start != 0 || range.end > LARGEST {
            return self.cold.read(key, range).await;
        }
        match self.look(key) {
            Ok(bytes) if bytes.len() as u64 == range.end => Ok(Box::pin(stream::iter([Ok(bytes)]))),
            Err(true) => {
                let stream = self.cold.read(key, range).await?;
                let pieces: Vec<Bytes> = match stream.try_collect().await {
                    Ok(pieces) => pieces,
                    Err(error) => return Err(BlobError::from_io("read a blob", error)),
                };
                let bytes: Bytes = pieces.concat().into();
                // What a disk has read wrongly once must not be told for ever.
                if sha2::Sha256::digest(&bytes).as_slice() == key.sha256().as_bytes() {
                    self.note(*key, Some(bytes.clone()));
                }
                Ok(stream::iter([Ok(bytes)]).boxed())
            }
            Ok(_) | Err(false) => {
                self.note(*key, None);
                self.cold.read(key, range).await
            }
        }
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        self.cold.open(key).await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        self.cold.size(key).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.cold.delete(key).await
    }

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        self.cold.keys_of(sha256).await
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        self.cold.list().await
    }

    async fn link(&self, key: &BlobKey, to: &LinkTo) -> Result<Option<Link>, BlobError> {
        self.cold.link(key, to).await
    }

    async fn check(&self) -> Result<(), BlobError> {
        self.cold.check().await
    }
}

#[cfg(test)]
mod tests {
    use cellier_model::testing::SeededRandom;

    use super::*;
    use crate::blobs::LocalBlobs;

    #[tokio::test]
    async fn a_lie_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let cold = LocalBlobs::open(folder.path()).unwrap();
        let mut staging = cold.stage(&[]).await.unwrap();
        staging.write(Bytes::from_static(b"true")).await.unwrap();
        let staged = staging.finish().await.unwrap();
        let key = BlobKey::fresh(staged.sha256(), &SeededRandom::new(1));
        cold.store(&staged, &key).await.unwrap();
        let file = cold.path(&key);
        let hot = HotBlobs::new(Arc::new(cold));
        for (on_disk, read) in [
            ("lies", "lies"),
            ("lies", "lies"),
            ("true", "true"),
            ("lies", "true"),
        ] {
            std::fs::write(&file, on_disk).unwrap();
            let pieces = hot.read(&key, 0..4).await.unwrap();
            let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();
            assert_eq!(pieces.concat(), read.as_bytes());
        }
    }
}
