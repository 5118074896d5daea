//! Reading what is stored under a key.

use std::error::Error as _;

use cellier_sdk::Sha256;
use futures_util::StreamExt as _;
use sha2::Digest as _;

use crate::BlobKey;
use crate::check::Fault;
use crate::ports::{BlobError, BlobRecord, Blobs};

/// What lies under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// What belongs there.
    Right { size: u64 },
    /// Nothing.
    Nothing,
    /// Something else.
    Other { size: u64, sha256: Sha256 },
    /// What the storage does not give.
    Unreadable { problem: String },
}

impl Seen {
    /// What is wrong with a blob that should have `expected` bytes, if it is not the right one.
    pub(super) fn fault(self, key: BlobKey, expected: u64) -> Option<Fault> {
        match self {
            Self::Right { .. } => None,
            Self::Nothing => Some(Fault::BlobMissing { key }),
            Self::Other { size, .. } if size != expected => Some(Fault::BlobOfWrongSize {
                key,
                expected,
                found: size,
            }),
            Self::Other { sha256, .. } => Some(Fault::BlobOfWrongBytes { key, found: sha256 }),
            Self::Unreadable { problem } => Some(Fault::BlobUnreadable { key, problem }),
        }
    }
}

/// Reads a blob of any storage from its first byte to its last; gives what is wrong with it. `tell` hears of each piece.
pub async fn read_blob(
    blobs: &dyn Blobs,
    blob: &BlobRecord,
    tell: impl Fn(u64) + Send,
) -> Option<Fault> {
    match read_whole(blobs, &blob.key, tell).await {
        // The bytes are those that the key stands for, so it is the record that is wrong.
        Seen::Right { size } if size != blob.size => Some(Fault::SizeWrong {
            key: blob.key,
            actual: size,
        }),
        seen => seen.fault(blob.key, blob.size),
    }
}

/// Reads what lies under a key, a piece at a time.
pub(super) async fn read_whole(
    blobs: &dyn Blobs,
    key: &BlobKey,
    tell: impl Fn(u64) + Send,
) -> Seen {
    match try_to_read(blobs, key, tell).await {
        Ok(seen) => seen,
        Err(BlobError::Missing { .. }) => Seen::Nothing,
        Err(error) => Seen::Unreadable {
            problem: in_words(&error),
        },
    }
}

async fn try_to_read(
    blobs: &dyn Blobs,
    key: &BlobKey,
    tell: impl Fn(u64) + Send,
) -> Result<Seen, BlobError> {
    let Some(size) = blobs.size(key).await? else {
        return Ok(Seen::Nothing);
    };
    let mut pieces = blobs.read(key, 0..size).await?;
    let mut hasher = sha2::Sha256::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| BlobError::from_io("read a blob", error))?;
        hasher.update(&piece);
        tell(piece.len() as u64);
    }
    let sha256 = Sha256::new(hasher.finalize().into());
    Ok(if sha256 == key.sha256() {
        Seen::Right { size }
    } else {
        Seen::Other { size, sha256 }
    })
}

fn in_words(error: &BlobError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
