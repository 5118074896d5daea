//! A store of bytes that nobody waits for for ever.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cellier_model::ports::{BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlobs};
use cellier_model::{BlobKey, StagedBlob};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use futures_util::{StreamExt as _, stream};
use tokio::time::timeout;

/// A store that moves fewer bytes in a second does not work: what has many bytes to move may take so much longer. Disks
/// are a hundred times as fast; this is for stores at the other end of a thin line.
const SLOWEST: u64 = 1 << 20;

/// A store of bytes that nobody waits for for ever: an operation that takes too long is given up.
///
/// What was given up may still happen later, when a disk that hung goes on. That does no harm: a blob's key is noted before
/// its bytes are stored, and no key is used twice.
#[derive(Debug)]
pub struct PatientBlobs {
    inner: Arc<dyn Blobs>,
    patience: Duration,
}

impl PatientBlobs {
    /// Waits at most `patience` for an operation, beside the time that its bytes need.
    pub fn new(inner: Arc<dyn Blobs>, patience: Duration) -> Self {
        Self { inner, patience }
    }

    fn for_bytes(&self, bytes: u64) -> Duration {
        for_bytes(self.patience, bytes)
    }
}

fn for_bytes(patience: Duration, bytes: u64) -> Duration {
    patience.saturating_add(Duration::from_secs(bytes / SLOWEST))
}

async fn within<T>(
    limit: Duration,
    doing: &'static str,
    work: impl Future<Output = Result<T, BlobError>>,
) -> Result<T, BlobError> {
    match timeout(limit, work).await {
        Ok(done) => done,
        Err(_elapsed) => Err(BlobError::from_io(doing, no_answer(limit))),
    }
}

fn no_answer(limit: Duration) -> io::Error {
    let problem = format!("the storage gave no answer within {limit:?}");
    io::Error::new(io::ErrorKind::TimedOut, problem)
}

#[async_trait]
impl Blobs for PatientBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        let inner = within(self.patience, "stage an upload", self.inner.stage(digests)).await?;
        Ok(Box::new(PatientStaging {
            inner,
            patience: self.patience,
        }))
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        let work = self.inner.digest(staged, digests);
        within(self.for_bytes(staged.size()), "read a staged upload", work).await
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        let work = self.inner.store(staged, key);
        within(self.for_bytes(staged.size()), "store a blob", work).await
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let bytes = within(self.patience, "read a blob", self.inner.read(key, range)).await?;
        Ok(in_time(bytes, self.patience))
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        within(self.patience, "open a blob", self.inner.open(key)).await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        within(self.patience, "look at a blob", self.inner.size(key)).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        within(self.patience, "delete a blob", self.inner.delete(key)).await
    }

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        let work = self.inner.keys_of(sha256);
        within(self.patience, "look for copies of a blob", work).await
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        within(self.patience, "list blobs", self.inner.list()).await
    }

    async fn link(&self, key: &BlobKey, to: &LinkTo) -> Result<Option<Link>, BlobError> {
        within(self.patience, "sign a URL", self.inner.link(key, to)).await
    }

    async fn check(&self) -> Result<(), BlobError> {
        within(self.patience, "write to storage", self.inner.check()).await
    }
}

/// The same bytes; when a piece does not come in time, they end with an error. Only the store is waited for here: a
/// client that is slow to take what there is does not ask for more.
fn in_time(bytes: ByteStream, patience: Duration) -> ByteStream {
    let next = move |bytes: Option<ByteStream>| async move {
        let mut bytes = bytes?;
        match timeout(patience, bytes.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(bytes))),
            Err(_elapsed) => Some((Err(no_answer(patience)), None)),
        }
    };
    Box::pin(stream::unfold(Some(bytes), next))
}

/// An upload that is being staged, by a store that nobody waits for for ever.
struct PatientStaging {
    inner: Box<dyn Staging>,
    patience: Duration,
}

#[async_trait]
impl Staging for PatientStaging {
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        let work = self.inner.write(bytes);
        within(self.patience, "write a staged upload", work).await
    }

    fn size(&self) -> u64 {
        self.inner.size()
    }

    async fn finish(self: Box<Self>) -> Result<StagedBlob, BlobError> {
        let limit = for_bytes(self.patience, self.inner.size());
        within(limit, "write a staged upload", self.inner.finish()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_piece_that_does_not_come_ends_the_bytes_with_an_error() {
        let one = stream::iter([Ok(Bytes::from_static(b"one"))]);
        let bytes: ByteStream = Box::pin(one.chain(stream::pending()));
        let received: Vec<_> = in_time(bytes, Duration::from_millis(10)).collect().await;
        let [Ok(first), Err(error)] = received.as_slice() else {
            panic!("{received:?}");
        };
        assert_eq!(first, "one");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn many_bytes_may_take_longer() {
        let patience = Duration::from_mins(1);
        assert_eq!(for_bytes(patience, 1 << 19), patience);
        assert_eq!(for_bytes(patience, 1 << 30), Duration::from_secs(60 + 1024));
        assert_eq!(for_bytes(Duration::MAX, u64::MAX), Duration::MAX);
    }
}
