//! Freeing the bytes that nothing uses.

use std::time::Duration;

use crate::ports::{BlobError, BlobRecord, CatalogError};
use crate::retention::free::Freeing;
use crate::retention::orphans::free_orphans;
use crate::retry::Attempts;
use crate::{BlobKey, Context, Timestamp};

/// How many blobs one transaction condemns or forgets: others who write must not wait long.
const BATCH: u32 = 50;

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
    /// Blobs that the catalogue does not know and that are kept: it has not known them for long, or holds no version.
    pub waiting: u64,
    /// Blobs whose bytes could not be deleted.
    pub failed: u64,
}

impl Swept {
    pub(super) fn count(&mut self, size: u64) {
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
    /// The store does not answer, or deletes nothing at all.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Frees the blobs that nothing has used for the grace period.
pub async fn sweep(context: &Context, wanted: Sweep) -> Result<Swept, SweepError> {
    let now = context.clock.now();
    let before = now.minus(wanted.grace);
    let mut freeing = Freeing::default();
    if wanted.dry_run {
        let (blobs, bytes) = context.catalog.count_freeable(before).await?;
        freeing.swept.blobs = blobs;
        freeing.swept.bytes = bytes;
    } else {
        finish_what_was_begun(context, &mut freeing).await?;
        free_unused(context, before, &mut freeing).await?;
    }
    if wanted.orphans {
        free_orphans(context, wanted, now, &mut freeing).await?;
    }
    Ok(freeing.swept)
}

/// Deletes the bytes of blobs that a sweep had marked as dying before it died itself, or could not delete.
async fn finish_what_was_begun(context: &Context, freeing: &mut Freeing) -> Result<(), SweepError> {
    let mut after = None;
    loop {
        let dying = context.catalog.dying_blobs(after.as_ref(), BATCH).await?;
        let Some(last) = dying.last() else {
            return Ok(());
        };
        after = Some(last.key);
        free(context, &dying, freeing).await?;
    }
}

async fn free_unused(
    context: &Context,
    before: Timestamp,
    freeing: &mut Freeing,
) -> Result<(), SweepError> {
    loop {
        let unused = context.catalog.unused_blobs(before, BATCH).await?;
        let condemned = condemn(context, &unused, before).await?;
        // None could be condemned, because publishes took them into use just now; the next sweep looks again.
        if condemned.is_empty() {
            return Ok(());
        }
        free(context, &condemned, freeing).await?;
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
    freeing: &mut Freeing,
) -> Result<(), SweepError> {
    let gone = freeing.delete(context, dying).await?;
    let keys: Vec<BlobKey> = gone.iter().map(|blob| blob.key).collect();
    let mut attempts = Attempts::default();
    loop {
        let forgotten = forget(context, &keys).await;
        if !attempts.again(&forgotten) {
            forgotten?;
            break;
        }
    }
    for blob in &gone {
        freeing.swept.count(blob.size);
    }
    Ok(())
}

async fn forget(context: &Context, keys: &[BlobKey]) -> Result<(), CatalogError> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut transaction = context.catalog.begin().await?;
    transaction.forget_blobs(keys).await?;
    transaction.commit().await
}
