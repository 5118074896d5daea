//! Freeing stored bytes that the catalogue does not know.
//!
//! A publish notes its key before it stores bytes, so they are none of its. They are what an older database that was
//! restored does not know, or what somebody put there. So nothing is freed at first sight: the catalogue notes when it
//! first saw them, and who has restored an older database has the grace period from then on to notice what is missing
//! in it. How long the bytes have been in the store says nothing about that.

use std::collections::HashMap;

use futures_util::StreamExt as _;

use crate::ports::{BlobRecord, CatalogError, StoredBlob};
use crate::retention::free::Freeing;
use crate::retention::sweep::{Sweep, SweepError};
use crate::retry::Attempts;
use crate::{BlobKey, Context, Timestamp};

/// How many stored blobs are compared with the catalogue at a time.
const COMPARED: usize = 500;

/// Frees the bytes that have been unknown for the grace period; none while the catalogue holds no version at all, because
/// then it is rather the catalogue that is lost.
pub(super) async fn free_orphans(
    context: &Context,
    wanted: Sweep,
    now: Timestamp,
    freeing: &mut Freeing,
) -> Result<(), SweepError> {
    let usage = context.catalog.space().await?;
    let look = Look {
        context,
        wanted,
        now,
        holds_versions: usage.blobs > usage.reclaimable_blobs,
    };
    let mut stored = context.blobs.list().await?;
    let mut some = Vec::new();
    loop {
        let next = stored.next().await.transpose()?;
        let ended = next.is_none();
        some.extend(next);
        if some.len() == COMPARED || ended {
            look.free_among(&some, freeing).await?;
            some.clear();
        }
        if ended {
            break;
        }
    }
    if !wanted.dry_run {
        forget_others(context, now).await?;
    }
    Ok(())
}

/// A look through the whole store.
struct Look<'a> {
    context: &'a Context,
    wanted: Sweep,
    now: Timestamp,
    holds_versions: bool,
}

impl Look<'_> {
    async fn free_among(
        &self,
        stored: &[StoredBlob],
        freeing: &mut Freeing,
    ) -> Result<(), SweepError> {
        let orphans = self.unknown_among(stored).await?;
        if orphans.is_empty() {
            return Ok(());
        }
        if !self.wanted.dry_run {
            note(self.context, &orphans, self.now).await?;
        }
        let (old, young) = self.by_age(orphans).await?;
        freeing.swept.waiting += young.len() as u64;
        let freed = if self.wanted.dry_run {
            old
        } else {
            freeing.delete(self.context, &old).await?
        };
        for blob in &freed {
            freeing.swept.count(blob.size);
        }
        freeing.swept.orphans += freed.len() as u64;
        Ok(())
    }

    async fn unknown_among(&self, stored: &[StoredBlob]) -> Result<Vec<BlobRecord>, CatalogError> {
        let keys: Vec<BlobKey> = stored.iter().map(|blob| blob.key).collect();
        let known = self.context.catalog.known_blobs(&keys).await?;
        let unknown = stored.iter().filter(|blob| !known.contains(&blob.key));
        Ok(unknown
            .map(|blob| BlobRecord {
                key: blob.key,
                size: blob.size,
            })
            .collect())
    }

    /// Those that were first seen the grace period ago, and the others.
    async fn by_age(
        &self,
        orphans: Vec<BlobRecord>,
    ) -> Result<(Vec<BlobRecord>, Vec<BlobRecord>), CatalogError> {
        let keys: Vec<BlobKey> = orphans.iter().map(|blob| blob.key).collect();
        let seen = self.context.catalog.orphans_seen(&keys).await?;
        let seen: HashMap<BlobKey, Timestamp> = seen.into_iter().collect();
        let before = self.now.minus(self.wanted.grace);
        let is_old = |blob: &BlobRecord| {
            let first = seen.get(&blob.key).copied().unwrap_or(self.now);
            self.holds_versions && first <= before
        };
        Ok(orphans.into_iter().partition(is_old))
    }
}

async fn note(
    context: &Context,
    orphans: &[BlobRecord],
    now: Timestamp,
) -> Result<(), CatalogError> {
    let keys: Vec<BlobKey> = orphans.iter().map(|blob| blob.key).collect();
    let mut attempts = Attempts::default();
    loop {
        let noted = try_to_note(context, &keys, now).await;
        if !attempts.again(&noted) {
            return noted;
        }
    }
}

async fn try_to_note(
    context: &Context,
    keys: &[BlobKey],
    now: Timestamp,
) -> Result<(), CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    transaction.note_orphans(keys, now).await?;
    transaction.commit().await
}

/// Those that were noted once and are there no more. Rows that two sweeps fight over are left to the next one.
async fn forget_others(context: &Context, now: Timestamp) -> Result<(), CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    transaction.forget_orphans(now).await?;
    match transaction.commit().await {
        Err(CatalogError::Conflict) => Ok(()),
        outcome => outcome,
    }
}
