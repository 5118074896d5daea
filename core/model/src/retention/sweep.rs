//! Freeing the bytes that nothing uses.

use std::time::Duration;

use futures_util::StreamExt as _;

use crate::ports::{BlobError, BlobRecord, CatalogError, StoredBlob};
use crate::retry::Attempts;
use crate::{BlobKey, Context, Timestamp};

/// How many blobs one transaction condemns or forgets: others who write must not wait long.
const BATCH: u32 = 50;

/// How many stored blobs are compared with the catalogue at a time.
const COMPARED: usize = 500;

/// How a sweep is done.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// How long a blob must have been unused. Downloads that began while it was used may go on for so long.
    pub grace: Duration,
    /// Whether to look through the whole store for bytes that the catalogue does not know.
    pub orphans: bool,
    /// Whether to only say what would be freed.
    pub dry_run: bool,
}

/// What a sweep freed, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs that nothing used.
    pub blobs: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Those of the blobs that the catalogue did not know.
    pub orphans: u64,
}

impl Swept {
    fn count(&mut self, size: u64) {
        self.blobs += 1;
        self.bytes += size;
    }
}

/// Why a sweep stopped. What it had freed until then is freed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The catalogue could not be read or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Bytes could not be deleted.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Frees the blobs that nothing has used for the grace period.
pub async fn sweep(context: &Context, wanted: Sweep) -> Result<Swept, SweepError> {
    let now = context.clock.now();
    let before = now.minus(wanted.grace);
    let mut swept = Swept::default();
    if wanted.dry_run {
        count_unused(context, before, &mut swept).await?;
    } else {
        finish_what_was_begun(context, &mut swept).await?;
        free_unused(context, before, &mut swept).await?;
    }
    if wanted.orphans {
        free_orphans(context, wanted, before, &mut swept).await?;
    }
    Ok(swept)
}

/// Deletes the bytes of blobs that a sweep had marked as dying before it died itself.
async fn finish_what_was_begun(context: &Context, swept: &mut Swept) -> Result<(), SweepError> {
    loop {
        let dying = context.catalog.dying_blobs(BATCH).await?;
        if dying.is_empty() {
            return Ok(());
        }
        free(context, &dying, swept).await?;
    }
}

async fn free_unused(
    context: &Context,
    before: Timestamp,
    swept: &mut Swept,
) -> Result<(), SweepError> {
    loop {
        let unused = context.catalog.unused_blobs(before, BATCH).await?;
        let condemned = condemn(context, &unused, before).await?;
        // None could be condemned, because publishes took them into use just now; the next sweep looks again.
        if condemned.is_empty() {
            return Ok(());
        }
        free(context, &condemned, swept).await?;
    }
}

async fn condemn(
    context: &Context,
    unused: &[BlobRecord],
    before: Timestamp,
) -> Result<Vec<BlobRecord>, CatalogError> {
    let mut attempts = Attempts::default();
    loop {
        let condemned = try_to_condemn(context, unused, before).await;
        if !attempts.again(&condemned) {
            return condemned;
        }
    }
}

async fn try_to_condemn(
    context: &Context,
    unused: &[BlobRecord],
    before: Timestamp,
) -> Result<Vec<BlobRecord>, CatalogError> {
    if unused.is_empty() {
        return Ok(Vec::new());
    }
    let mut transaction = context.catalog.begin().await?;
    let mut condemned = Vec::new();
    for blob in unused {
        if transaction.condemn_blob(&blob.key, before).await? {
            condemned.push(*blob);
        }
    }
    transaction.commit().await?;
    Ok(condemned)
}

/// The bytes first, then the row that names them: what is left half way is found again by its row.
async fn free(
    context: &Context,
    dying: &[BlobRecord],
    swept: &mut Swept,
) -> Result<(), SweepError> {
    for blob in dying {
        context.blobs.delete(&blob.key).await?;
    }
    let keys: Vec<BlobKey> = dying.iter().map(|blob| blob.key).collect();
    let mut attempts = Attempts::default();
    loop {
        let forgotten = forget(context, &keys).await;
        if !attempts.again(&forgotten) {
            forgotten?;
            break;
        }
    }
    for blob in dying {
        swept.count(blob.size);
    }
    Ok(())
}

async fn forget(context: &Context, keys: &[BlobKey]) -> Result<(), CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    transaction.forget_blobs(keys).await?;
    transaction.commit().await
}

async fn count_unused(
    context: &Context,
    before: Timestamp,
    swept: &mut Swept,
) -> Result<(), CatalogError> {
    let all = context.catalog.dying_blobs(u32::MAX).await?;
    let unused = context.catalog.unused_blobs(before, u32::MAX).await?;
    all.iter()
        .chain(&unused)
        .for_each(|blob| swept.count(blob.size));
    Ok(())
}

/// Bytes that no row names. A publish notes its key before it stores bytes, so they are none of its: they are what an
/// older database that was restored does not know, or what somebody put there.
async fn free_orphans(
    context: &Context,
    wanted: Sweep,
    before: Timestamp,
    swept: &mut Swept,
) -> Result<(), SweepError> {
    let mut stored = context.blobs.list().await?;
    let mut old = Vec::new();
    loop {
        let next = stored.next().await.transpose()?;
        let ended = next.is_none();
        // Whoever has restored an older database has so long to notice what is missing in it.
        old.extend(next.filter(|blob| blob.modified < before));
        if old.len() == COMPARED || ended {
            let orphans = orphans_among(context, &old).await?;
            old.clear();
            swept.orphans += free_orphans_of(context, wanted, &orphans, swept).await?;
        }
        if ended {
            return Ok(());
        }
    }
}

async fn orphans_among(
    context: &Context,
    stored: &[StoredBlob],
) -> Result<Vec<BlobRecord>, CatalogError> {
    let keys: Vec<BlobKey> = stored.iter().map(|blob| blob.key).collect();
    let known = context.catalog.known_blobs(&keys).await?;
    let unknown = stored.iter().filter(|blob| !known.contains(&blob.key));
    Ok(unknown
        .map(|blob| BlobRecord {
            key: blob.key,
            size: blob.size,
        })
        .collect())
}

async fn free_orphans_of(
    context: &Context,
    wanted: Sweep,
    orphans: &[BlobRecord],
    swept: &mut Swept,
) -> Result<u64, SweepError> {
    for blob in orphans {
        if !wanted.dry_run {
            context.blobs.delete(&blob.key).await?;
        }
        swept.count(blob.size);
    }
    Ok(orphans.len() as u64)
}
