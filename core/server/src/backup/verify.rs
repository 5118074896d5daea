//! Checking a backup without restoring it.

use std::sync::Mutex;
use std::sync::PoisonError;

use cellier_model::check;
use cellier_model::ports::BlobRecord;
use futures_util::TryStreamExt as _;

use crate::backup::catalogue::{blobs_of, check_rows};
use crate::backup::copy::AT_A_TIME;
use crate::backup::error::Problems;
use crate::backup::manifest::Manifest;
use crate::backup::{BackupError, BackupFolder};
use crate::cli::Progress;

/// A backup that was checked and is as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    /// When it began.
    pub(crate) began: String,
    /// The number of the schema that it was made on.
    pub(crate) schema: u32,
    /// How many rows it holds.
    pub(crate) rows: u64,
    /// How many blobs it holds.
    pub(crate) blobs: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

/// Reads a whole backup and compares every file with its digest; an error that names what is damaged.
pub(crate) async fn verify(
    folder: &BackupFolder,
    progress: &Progress,
) -> Result<Verified, BackupError> {
    let manifest = folder.complete_manifest()?;
    let mut problems = Problems::default();
    check_rows(folder, &manifest, &mut problems).await?;
    // The rows name the blobs: where they have changed, nothing that they say is worth reading.
    if problems.are_none() {
        progress.begin("reading the backup", manifest.bytes);
        problems = read_blobs(folder, &manifest, progress).await?;
    }
    if problems.are_none() {
        return Ok(Verified {
            began: manifest.created_at.clone(),
            schema: manifest.schema,
            rows: manifest.rows(),
            blobs: manifest.blobs,
            bytes: manifest.bytes,
        });
    }
    Err(BackupError::Damaged {
        files: problems.named,
        more: problems.more,
    })
}

async fn read_blobs(
    folder: &BackupFolder,
    manifest: &Manifest,
    progress: &Progress,
) -> Result<Problems, BackupError> {
    let problems = Mutex::new(Problems::default());
    let read = |blob: BlobRecord| {
        let problems = &problems;
        async move {
            let fault =
                check::read_blob(folder.blobs(), &blob, |bytes| progress.advance(bytes)).await;
            if let Some(fault) = fault {
                let name = BackupFolder::name_of(&blob.key);
                let mut problems = problems.lock().unwrap_or_else(PoisonError::into_inner);
                problems.add(format!("{name}: {fault}"));
            }
            Ok(())
        }
    };
    blobs_of(folder, manifest.snapshot)
        .try_for_each_concurrent(AT_A_TIME, read)
        .await?;
    Ok(problems
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner))
}

/// Looks whether every blob is there and has its size, and reads none.
pub(super) async fn check_sizes(
    folder: &BackupFolder,
    manifest: &Manifest,
    problems: &mut Problems,
) -> Result<(), BackupError> {
    let mut blobs = std::pin::pin!(blobs_of(folder, manifest.snapshot));
    while let Some(blob) = blobs.try_next().await? {
        let name = BackupFolder::name_of(&blob.key);
        match folder.blobs().size(&blob.key).await? {
            Some(size) if size == blob.size => {}
            Some(size) => problems.add(format!(
                "{name} has {size} bytes where {} are expected",
                blob.size
            )),
            None => problems.add(format!("{name} is missing")),
        }
    }
    Ok(())
}
