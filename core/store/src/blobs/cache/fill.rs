//! Fetching copies: once, however many ask for the same.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cellier_model::ports::{BlobError, ByteStream};
use cellier_model::{BlobKey, Clock};
use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use futures_util::{StreamExt as _, TryFutureExt as _};

use crate::blobs::cache::copy::LocalCopy;
use crate::blobs::cache::folder::CopyFolder;
use crate::blobs::disk::on_disk;
use crate::blobs::staging::StagingFolder;
use crate::faults;

/// Copies of whole blobs on local disk, of limited size together.
///
/// A disk that is full, or a folder that cannot be written, costs the copies and nothing else.
#[derive(Clone, Debug)]
pub(in crate::blobs) struct FileCache {
    copies: CopyFolder,
    partial: StagingFolder,
    on_their_way: Arc<Mutex<HashMap<BlobKey, OnItsWay>>>,
}

/// A copy that is being fetched.
#[derive(Clone, Debug)]
struct OnItsWay {
    size: u64,
    fetched: Shared<BoxFuture<'static, Result<(), CopyError>>>,
}

/// Why there is no copy of a blob.
#[derive(Clone, Debug, thiserror::Error)]
pub(in crate::blobs) enum CopyError {
    /// The bytes that the store sent are not those of the blob.
    #[error("the store sent other bytes than those of blob {key}: it is damaged")]
    Damaged {
        /// The key of the blob.
        key: BlobKey,
    },
    /// There is no place for it, or it could not be fetched.
    #[error("{0}")]
    NotNow(Arc<str>),
}

impl From<BlobError> for CopyError {
    fn from(error: BlobError) -> Self {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        let cause = source.map_or(String::new(), |source| format!(": {source}"));
        Self::NotNow(format!("{error}{cause}").into())
    }
}

/// How often formats have asked for a copy, and what came of it.
fn count(outcome: &'static str) {
    metrics::counter!("cellier_blob_copies_total", "outcome" => outcome).increment(1);
}

impl FileCache {
    /// Keeps copies below a folder, which is made if it is not there, of at most so many bytes together.
    pub(in crate::blobs) fn open(
        folder: &Path,
        limit: u64,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        Ok(Self {
            copies: CopyFolder::open(&folder.join("blobs"), limit, clock)?,
            partial: StagingFolder::open(faults::files(), &folder.join("partial"))?,
            on_their_way: Arc::default(),
        })
    }

    /// The copy of a blob, if it is there already.
    pub(in crate::blobs) async fn find(
        &self,
        key: BlobKey,
        size: u64,
    ) -> Result<Option<LocalCopy>, CopyError> {
        let copies = self.copies.clone();
        let found = on_disk("look into the cache", move || copies.find(&key, size));
        Ok(found.await?)
    }

    /// The copy of a blob; where there is none yet, it is made of what `fetch` gives. Of many who ask at the same time,
    /// one fetches and all wait for it.
    pub(in crate::blobs) async fn copy_of(
        &self,
        key: BlobKey,
        size: u64,
        fetch: impl Future<Output = Result<ByteStream, BlobError>> + Send + 'static,
    ) -> Result<LocalCopy, CopyError> {
        if let Some(copy) = self.find(key, size).await? {
            count("found");
            return Ok(copy);
        }
        let fetched = self.join_or_begin(key, size, fetch).await;
        count(if fetched.is_ok() { "fetched" } else { "failed" });
        fetched?;
        let copy = self.find(key, size).await?;
        copy.ok_or_else(|| CopyError::NotNow("the copy had to make room at once".into()))
    }

    fn join_or_begin(
        &self,
        key: BlobKey,
        size: u64,
        fetch: impl Future<Output = Result<ByteStream, BlobError>> + Send + 'static,
    ) -> Shared<BoxFuture<'static, Result<(), CopyError>>> {
        let mut on_their_way = self
            .on_their_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = on_their_way.get(&key) {
            return other.fetched.clone();
        }
        let expected: u64 = on_their_way.values().map(|other| other.size).sum();
        let cache = self.clone();
        // A task of its own: it goes on when the one who asked first goes away.
        let task = tokio::spawn(async move {
            let fetched = cache.fetch(key, size, expected, fetch).await;
            let mut on_their_way = cache
                .on_their_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            on_their_way.remove(&key);
            fetched
        });
        let fetched = task
            .unwrap_or_else(|panic| Err(CopyError::NotNow(panic.to_string().into())))
            .boxed()
            .shared();
        let entry = OnItsWay {
            size,
            fetched: fetched.clone(),
        };
        on_their_way.insert(key, entry);
        fetched
    }

    async fn fetch(
        &self,
        key: BlobKey,
        size: u64,
        expected: u64,
        fetch: impl Future<Output = Result<ByteStream, BlobError>> + Send,
    ) -> Result<(), CopyError> {
        let copies = self.copies.clone();
        let room = on_disk("make room in the cache", move || {
            copies.make_room(size.saturating_add(expected))
        });
        if !room.await? {
            return Err(CopyError::NotNow("there is no room in the cache".into()));
        }
        let mut partial = self.partial.stage(&[]).await?;
        let mut pieces = fetch.await?;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| BlobError::from_io("fetch a blob", error))?;
            partial.write(piece).await?;
        }
        let finished = partial.finish().await?;
        if finished.sha256() != key.sha256() {
            tracing::error!(%key, "the store sent other bytes than those of blob {key}: it is damaged");
            return Err(CopyError::Damaged { key });
        }
        let copies = self.copies.clone();
        let kept = on_disk("keep a copy", move || match finished.path() {
            Some(path) => copies.keep(path, &key),
            None => Err(io::ErrorKind::NotFound.into()),
        });
        Ok(kept.await?)
    }
}
