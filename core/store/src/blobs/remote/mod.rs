//! Bytes in a store of objects in the network, such as S3.
//!
//! An upload is staged and inspected on local disk, and sent to the store under its final name when everybody has agreed
//! to it: what is refused is never sent, and nothing is copied or renamed in the store.

mod blocks;
mod content;
mod digits;
mod error;
mod layout;
mod link;
mod list;
mod marker;
mod multipart;
mod patience;
mod probe;
mod put;
mod read;
mod s3;
mod store;

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use cellier_model::ports::{BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlobs};
use cellier_model::{BlobKey, Clock, Random, StagedBlob};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use futures_util::StreamExt as _;
use object_store::{Error, ObjectStoreExt as _};
use tokio::runtime::Handle;

use self::blocks::BlockCache;
use self::content::RemoteContent;
use self::error::{failed, failed_on};
use self::multipart::PartMemory;
pub use self::patience::Patience;
pub use self::probe::ProbeError;
pub use self::s3::{InvalidCredentials, InvalidS3Location, S3Location};
pub use self::store::RemoteStore;
use crate::blobs::cache::FileCache;
use crate::blobs::staging::{StagingFolder, digest_staged};
use crate::faults;

/// What a store in the network needs on this machine.
#[derive(Clone, Debug)]
pub struct RemoteOptions {
    /// The folder that uploads are staged in.
    pub staging: PathBuf,
    /// The folder that copies of whole blobs are kept in, for formats that need a file.
    pub cache: PathBuf,
    /// How many bytes these copies may have together; 0 for none.
    pub cache_limit: u64,
    /// How long the store is waited for.
    pub patience: Patience,
}

/// Bytes in a store of objects in the network. It may be cloned freely.
#[derive(Clone, Debug)]
pub struct RemoteBlobs {
    store: RemoteStore,
    staging: StagingFolder,
    cache: Option<FileCache>,
    blocks: BlockCache,
    memory: PartMemory,
    patience: Patience,
    random: Arc<dyn Random>,
}

impl RemoteBlobs {
    /// Uses a store of objects, with folders on this machine that are made if they are not there. Nothing is asked of the
    /// store yet: see [`RemoteBlobs::probe`].
    pub fn open(
        store: RemoteStore,
        options: &RemoteOptions,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> io::Result<Self> {
        let cache = match options.cache_limit {
            0 => None,
            limit => Some(FileCache::open(&options.cache, limit, clock)?),
        };
        Ok(Self {
            store,
            staging: StagingFolder::open(faults::files(), &options.staging)?,
            cache,
            blocks: BlockCache::default(),
            memory: PartMemory::of_mebibytes(PartMemory::DEFAULT),
            patience: options.patience,
            random,
        })
    }

    /// Tries everything that will be asked of the store, on small objects of its own that are removed again; with
    /// `links`, also whether clients can be sent to it. A store that fails here would lose or mix up bytes later.
    pub async fn probe(&self, links: bool) -> Result<(), ProbeError> {
        probe::probe(&self.store, links, self.random.as_ref()).await
    }

    /// The size of a blob, which never changes.
    async fn known_size(&self, key: &BlobKey) -> Result<u64, BlobError> {
        if let Some(size) = self.blocks.size(*key) {
            return Ok(size);
        }
        let size = self.size(key).await?;
        let size = size.ok_or(BlobError::Missing { key: *key })?;
        self.blocks.keep_size(*key, size);
        Ok(size)
    }
}

#[async_trait]
impl Blobs for RemoteBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        self.staging.stage(digests).await
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        digest_staged(staged, digests).await
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        put::put(&self.store, staged, key, &self.memory, self.random.as_ref()).await
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        read::read(&self.store, key, range, self.patience).await
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        let size = self.known_size(key).await?;
        let content = RemoteContent {
            store: self.store.clone(),
            key: *key,
            size,
            patience: self.patience,
            blocks: self.blocks.clone(),
            cache: self.cache.clone(),
            runtime: Handle::current(),
            local: OnceLock::new(),
        };
        if let Some(cache) = &self.cache
            && let Ok(Some(copy)) = cache.find(*key, size).await
        {
            let _ = content.local.set(Ok(copy));
        }
        Ok(Arc::new(content))
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match self.store.objects.head(&self.store.layout.blob(key)).await {
            Ok(object) => Ok(Some(object.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("look at a blob", error)),
        }
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.blocks.forget(*key);
        let path = self.store.layout.blob(key);
        match self.store.objects.delete(&path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("delete a blob", error)),
        }
    }

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        list::keys_of(&self.store, sha256).await
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        Ok(list::list(&self.store))
    }

    async fn link(&self, key: &BlobKey, to: &LinkTo) -> Result<Option<Link>, BlobError> {
        let Some(signer) = &self.store.signer else {
            return Ok(None);
        };
        let link = link::link(signer.as_ref(), &self.store.layout.blob(key), to).await;
        link.map(Some)
            .map_err(|error| failed_on(*key, "sign a URL", error))
    }

    /// Looks for an object of a probe: there is none, and the answer says whether the bucket is there and may be listed.
    async fn check(&self) -> Result<(), BlobError> {
        self.staging.check().await?;
        let probes = self.store.layout.probes();
        match self.store.objects.list(Some(&probes)).next().await {
            Some(Err(error)) => Err(failed("reach the store", error)),
            Some(Ok(_)) | None => Ok(()),
        }
    }
}
