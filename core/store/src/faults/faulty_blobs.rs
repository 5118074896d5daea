//! A store of bytes that fails, and lies, where the plan says so.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cellier_model::ports::{BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlobs};
use cellier_model::{BlobKey, StagedBlob};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use futures_util::{StreamExt as _, stream};

use super::point;

/// The store with the faults of the plan.
pub fn blobs(inner: Arc<dyn Blobs>) -> Arc<dyn Blobs> {
    Arc::new(FaultyBlobs(inner))
}

#[derive(Debug)]
struct FaultyBlobs(Arc<dyn Blobs>);

/// Does something with the store between two fail points.
async fn step<T>(
    doing: &'static str,
    work: impl Future<Output = Result<T, BlobError>>,
) -> Result<T, BlobError> {
    let wrap = |error| BlobError::from_io("do what the plan of the faults forbids", error);
    point::step("blob", doing, wrap, work).await
}

#[async_trait]
impl Blobs for FaultyBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        let staging = step("stage", self.0.stage(digests)).await?;
        Ok(Box::new(FaultyStaging(staging)))
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        step("digest", self.0.digest(staged, digests)).await
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        step("store", self.0.store(staged, key)).await
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let bytes = step("read", self.0.read(key, range)).await?;
        let lie = async |bytes: ByteStream| {
            let (piece, bytes) = bytes.into_future().await;
            let piece = match piece? {
                Ok(piece) => point::read("blob:read:data", piece).await.transpose()?,
                Err(error) => Err(error),
            };
            Some((piece, bytes))
        };
        Ok(Box::pin(stream::unfold(bytes, lie)))
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        step("open", self.0.open(key)).await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        step("size", self.0.size(key)).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        step("delete", self.0.delete(key)).await
    }

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        step("look for copies", self.0.keys_of(sha256)).await
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        step("list", self.0.list()).await
    }

    async fn link(&self, key: &BlobKey, to: &LinkTo) -> Result<Option<Link>, BlobError> {
        step("link", self.0.link(key, to)).await
    }

    async fn check(&self) -> Result<(), BlobError> {
        step("check", self.0.check()).await
    }
}

struct FaultyStaging(Box<dyn Staging>);

#[async_trait]
impl Staging for FaultyStaging {
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        step("write", self.0.write(bytes)).await
    }

    fn size(&self) -> u64 {
        self.0.size()
    }

    async fn finish(self: Box<Self>) -> Result<StagedBlob, BlobError> {
        step("finish", self.0.finish()).await
    }
}
