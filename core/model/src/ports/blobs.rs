//! The port to stored bytes.

use std::fmt;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use futures_util::Stream;

use crate::{BlobKey, StagedBlob, Timestamp};

/// Bytes on their way, a piece at a time.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Stored blobs as they are found, one after the other.
pub type StoredBlobs = Pin<Box<dyn Stream<Item = Result<StoredBlob, BlobError>> + Send>>;

/// A blob as the store itself sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its key.
    pub key: BlobKey,
    /// Its size in bytes.
    pub size: u64,
    /// When it was stored, by the clock of the store.
    pub modified: Timestamp,
}

/// How a client is to find a blob when it is sent to the store itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkTo {
    /// The media type that the answer has.
    pub media_type: String,
    /// The `Content-Disposition` that the answer has.
    pub disposition: String,
    /// How long the link works.
    pub lifetime: Duration,
}

/// A URL under which anybody may fetch one blob from the store itself, for a while. It is as good as a key, so it is never
/// shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// A link to this URL.
    pub fn new(url: String) -> Self {
        Self(url)
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

/// Stored bytes: on local disk, or in a store of objects in the network.
///
/// # Contract
///
/// * Staged bytes are always on local disk, never visible, and gone when the last [`StagedBlob`] is dropped or the
///   process dies and another starts.
/// * When [`Blobs::store`] has answered, the bytes survive a power cut: file, folder and parents are synced.
/// * A key is written once; storing under a key that exists fails with [`BlobError::AlreadyExists`].
/// * Every method may be called from many tasks at once.
#[async_trait]
pub trait Blobs: Send + Sync + fmt::Debug {
    /// Starts to stage an upload; SHA-256 and `digests` are computed while its bytes pass by.
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError>;

    /// Computes digests of staged bytes that were not asked for in time, because the format was not known yet.
    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError>;

    /// Stores staged bytes under a fresh key, durably.
    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError>;

    /// Streams a range of a blob; it must lie within the blob.
    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError>;

    /// A range of a blob that lies in memory; nothing if it would have to be waited for.
    fn at_hand(&self, _key: &BlobKey, _range: &Range<u64>) -> Option<Bytes> {
        None
    }

    /// Random access to a blob, for a format that serves from it.
    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError>;

    /// The size of a blob in bytes; `None` if there is none under this key.
    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError>;

    /// Deletes a blob; one that is not there is no error.
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;

    /// The keys under which bytes are stored that are said to have this digest.
    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError>;

    /// All blobs, in no order, whether the catalogue knows them or not. One that is stored or deleted while they are
    /// listed may be among them or not.
    async fn list(&self) -> Result<StoredBlobs, BlobError>;

    /// A link to a blob in the store itself; `None` from a store that clients cannot be sent to.
    async fn link(&self, _key: &BlobKey, _to: &LinkTo) -> Result<Option<Link>, BlobError> {
        Ok(None)
    }

    /// Whether bytes can be stored and read right now.
    async fn check(&self) -> Result<(), BlobError>;
}

/// An upload that is being staged.
#[async_trait]
pub trait Staging: Send {
    /// Appends bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError>;

    /// How many bytes there are so far.
    fn size(&self) -> u64;

    /// Ends the upload and gives its digests.
    async fn finish(self: Box<Self>) -> Result<StagedBlob, BlobError>;
}

/// Why stored bytes cannot be had or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// There is nothing under the key, although there should be.
    #[error("blob {key} is missing from storage")]
    Missing {
        /// The key.
        key: BlobKey,
    },
    /// There is something under a key that should be fresh.
    #[error("blob {key} is already there")]
    AlreadyExists {
        /// The key.
        key: BlobKey,
    },
    /// No space is left.
    #[error("storage is full")]
    Full,
    /// The store does not answer as it should; trying again may help.
    #[error("failed to {doing}")]
    Unavailable {
        /// What was tried.
        doing: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl BlobError {
    /// Sorts an error of the file system by what a caller can do about it.
    pub fn from_io(doing: &'static str, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Unavailable {
                doing,
                source: Box::new(error),
            },
        }
    }
}
