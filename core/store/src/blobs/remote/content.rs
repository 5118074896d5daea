//! Random access to a blob in the network, for a format that serves from it.

use std::io;
use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use cellier_model::BlobKey;
use cellier_sdk::ReadAt;
use tokio::runtime::Handle;

use crate::blobs::cache::{CopyError, FileCache, LocalCopy};
use crate::blobs::remote::blocks::{BLOCK, BlockCache};
use crate::blobs::remote::patience::Patience;
use crate::blobs::remote::read::{read, read_whole};
use crate::blobs::remote::store::RemoteStore;

/// Random access to a blob in the network.
///
/// It blocks, as [`ReadAt`] does: it must be used on a thread that may wait, such as those of the formats, never on one
/// that serves connections.
pub(super) struct RemoteContent {
    pub(super) store: RemoteStore,
    pub(super) key: BlobKey,
    pub(super) size: u64,
    pub(super) patience: Patience,
    pub(super) blocks: BlockCache,
    pub(super) cache: Option<FileCache>,
    pub(super) runtime: Handle,
    /// The whole blob on local disk, once a format has asked for it, or why it is not there.
    pub(super) local: OnceLock<Result<LocalCopy, CopyError>>,
}

impl RemoteContent {
    fn local_copy(&self) -> Result<&LocalCopy, &CopyError> {
        let copy = self.local.get_or_init(|| {
            let Some(cache) = &self.cache else {
                return Err(CopyError::NotNow("this server keeps no copies".into()));
            };
            let (store, key, size, patience) =
                (self.store.clone(), self.key, self.size, self.patience);
            let fetch = async move { read(&store, &key, 0..size, patience).await };
            self.runtime.block_on(cache.copy_of(key, size, fetch))
        });
        copy.as_ref()
    }

    fn block(&self, number: u64) -> io::Result<Bytes> {
        if let Some(block) = self.blocks.block(self.key, number) {
            return Ok(block);
        }
        let start = number * BLOCK;
        let range = start..self.size.min(start + BLOCK);
        let reading = read_whole(&self.store, &self.key, range, self.patience);
        let block = Bytes::from(self.runtime.block_on(reading)?);
        self.blocks.keep_block(self.key, number, block.clone());
        Ok(block)
    }
}

impl ReadAt for RemoteContent {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        match self.local.get() {
            Some(Ok(copy)) => return copy.read_at(offset, buffer),
            Some(Err(damaged @ CopyError::Damaged { .. })) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, damaged.clone()));
            }
            Some(Err(CopyError::NotNow(_))) | None => {}
        }
        let block = self.block(offset / BLOCK)?;
        let skipped = usize::try_from(offset % BLOCK).map_err(io::Error::other)?;
        let available = block.get(skipped..).unwrap_or_default();
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        Ok(count)
    }

    /// Fetches the whole blob where it is not on local disk yet. The copy stays there at least as long as this is open.
    fn local_path(&self) -> Option<&Path> {
        match self.local_copy() {
            Ok(copy) => Some(copy.path()),
            Err(error) => {
                tracing::warn!(key = %self.key, %error, "there is no local copy of blob {}: {error}", self.key);
                None
            }
        }
    }
}
