//! How long storage takes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cellier_model::ports::{BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlobs};
use cellier_model::{BlobKey, StagedBlob};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};

/// A store of bytes that records how long its operations take, until they answer: a read until its stream begins.
#[derive(Debug)]
pub(crate) struct MeasuredBlobs(pub(crate) Arc<dyn Blobs>);

async fn timed<T>(
    operation: &'static str,
    work: impl Future<Output = Result<T, BlobError>>,
) -> Result<T, BlobError> {
    let started = Instant::now();
    let done = work.await;
    let outcome = if done.is_ok() { "ok" } else { "error" };
    metrics::histogram!("cellier_blob_seconds", "operation" => operation, "outcome" => outcome)
        .record(started.elapsed().as_secs_f64());
    done
}

#[async_trait]
impl Blobs for MeasuredBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        timed("stage", self.0.stage(digests)).await
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        timed("digest", self.0.digest(staged, digests)).await
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        timed("store", self.0.store(staged, key)).await
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        timed("read", self.0.read(key, range)).await
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        timed("open", self.0.open(key)).await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        timed("size", self.0.size(key)).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        timed("delete", self.0.delete(key)).await
    }

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        timed("keys_of", self.0.keys_of(sha256)).await
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        timed("list", self.0.list()).await
    }

    async fn link(&self, key: &BlobKey, to: &LinkTo) -> Result<Option<Link>, BlobError> {
        timed("link", self.0.link(key, to)).await
    }

    async fn check(&self) -> Result<(), BlobError> {
        timed("check", self.0.check()).await
    }
}
