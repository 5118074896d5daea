//! Making a backup.

use std::sync::{Mutex, PoisonError};

use cellier_model::ports::BlobRecord;
use cellier_model::{Context, Timestamp, check};
use cellier_store::Store;
use futures_util::TryStreamExt as _;

use crate::backup::catalogue::{blobs_of, write_rows};
use crate::backup::copy::{AT_A_TIME, CopyError, copy_blob};
use crate::backup::error::Problems;
use crate::backup::manifest::Manifest;
use crate::backup::tidy::{remove_other_blobs, remove_other_catalogues};
use crate::backup::{BackupError, BackupFolder};
use crate::cli::Progress;

/// A backup that was made.
#[derive(Clone, Debug)]
pub(crate) struct BackedUp {
    /// How many backups this folder has seen.
    pub(crate) snapshot: u64,
    /// When it began: what was published before is in it.
    pub(crate) began: Timestamp,
    /// The number of the schema.
    pub(crate) schema: u32,
    /// How many rows it holds.
    pub(crate) rows: u64,
    /// The blobs that it holds.
    pub(crate) held: Tally,
    /// Those that were not there before.
    pub(crate) copied: Tally,
    /// Those that were there and are not needed any more.
    pub(crate) removed: Tally,
}

/// How many blobs, and their bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// How many.
    pub(crate) blobs: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl Tally {
    pub(super) fn count(&mut self, size: u64) {
        self.blobs += 1;
        self.bytes += size;
    }
}

/// Writes a backup into a folder; the one that is there stays valid until this one is complete.
///
/// Nothing may be swept meanwhile. A blob that the folder has is not copied again; with `reread` it is read, and copied if
/// it is not right any more.
pub(crate) async fn back_up(
    context: &Context,
    store: &Store,
    folder: &BackupFolder,
    reread: bool,
    progress: &Progress,
) -> Result<BackedUp, BackupError> {
    let before = folder.manifest()?;
    let before = before.map_or(0, |manifest| manifest.snapshot);
    remove_other_catalogues(folder, before)?;
    let snapshot = before + 1;
    let began = context.clock.now();

    progress.begin_counting("reading the database");
    let tables = write_rows(store, folder, snapshot).await?;
    progress.begin("copying blobs", context.catalog.space().await?.bytes);
    let copying = Copying {
        context,
        folder,
        reread,
        progress,
        done: Mutex::default(),
    };
    let done = copying.copy_all(snapshot).await?;

    let manifest = Manifest::complete(snapshot, began, tables, done.held);
    manifest.write(folder.path())?;
    progress.begin_counting("tidying up");
    remove_other_catalogues(folder, snapshot)?;
    let removed = remove_other_blobs(folder, &manifest).await?;
    Ok(BackedUp {
        snapshot,
        began,
        schema: manifest.schema,
        rows: manifest.rows(),
        held: done.held,
        copied: done.copied,
        removed,
    })
}

/// Blobs on their way into a backup.
struct Copying<'a> {
    context: &'a Context,
    folder: &'a BackupFolder,
    reread: bool,
    progress: &'a Progress,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    held: Tally,
    copied: Tally,
    problems: Problems,
}

impl Copying<'_> {
    /// Copies the blobs that a snapshot uses. One that is damaged does not keep the others from being copied: whoever has
    /// repaired it finds them there.
    async fn copy_all(self, snapshot: u64) -> Result<Done, BackupError> {
        blobs_of(self.folder, snapshot)
            .try_for_each_concurrent(AT_A_TIME, |blob| self.copy(blob))
            .await?;
        let done = self
            .done
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if done.problems.are_none() {
            return Ok(done);
        }
        Err(BackupError::Storage {
            blobs: done.problems.named,
            more: done.problems.more,
        })
    }

    async fn copy(&self, blob: BlobRecord) -> Result<(), BackupError> {
        if self.is_there(&blob).await? {
            self.note(|done| done.held.count(blob.size));
            return Ok(());
        }
        let (from, to) = (self.context.blobs.as_ref(), self.folder.blobs());
        match copy_blob(from, to, blob, self.progress).await {
            Ok(()) => self.note(|done| {
                done.held.count(blob.size);
                done.copied.count(blob.size);
            }),
            Err(CopyError::Source(problem)) => {
                self.note(|done| done.problems.add(format!("blob {}: {problem}", blob.key)));
            }
            Err(CopyError::Target(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// Whether the folder has a blob; something else under its name is removed.
    async fn is_there(&self, blob: &BlobRecord) -> Result<bool, BackupError> {
        let blobs = self.folder.blobs();
        let right = match blobs.size(&blob.key).await? {
            None => return Ok(false),
            Some(size) if size != blob.size => false,
            Some(_) if self.reread => check::read_blob(blobs, blob, |_bytes| {}).await.is_none(),
            Some(_) => true,
        };
        if right {
            self.progress.advance(blob.size);
        } else {
            blobs.delete(&blob.key).await?;
        }
        Ok(right)
    }

    fn note(&self, note: impl FnOnce(&mut Done)) {
        note(&mut self.done.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
