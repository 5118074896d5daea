//! Removing what a complete backup does not need.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;

use cellier_model::BlobKey;
use cellier_model::ports::StoredBlob;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::backup::catalogue::blobs_of;
use crate::backup::create::Tally;
use crate::backup::manifest::Manifest;
use crate::backup::{BackupError, BackupFolder};

/// How many blobs are compared with the rows at a time: memory stays flat, and the rows are read once for so many.
const COMPARED: usize = 50_000;

/// Removes the rows of every snapshot but one: of older ones, and of those that were never completed.
pub(super) fn remove_other_catalogues(folder: &BackupFolder, kept: u64) -> Result<(), BackupError> {
    let catalogues = folder.catalogues();
    let entries = match fs::read_dir(&catalogues) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::io("read", &catalogues)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(BackupError::io("read", &catalogues))?;
        if entry.file_name() != OsStr::new(&kept.to_string()) {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(BackupError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// Removes the blobs that the rows of a snapshot do not use.
pub(super) async fn remove_other_blobs(
    folder: &BackupFolder,
    manifest: &Manifest,
) -> Result<Tally, BackupError> {
    let mut removed = Tally::default();
    let stored = folder.blobs().list().await?;
    let mut chunks = stored.try_chunks(COMPARED);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|stopped| stopped.1)?;
        for blob in others_among(folder, manifest, chunk).await? {
            folder.blobs().delete(&blob.key).await?;
            removed.count(blob.size);
        }
    }
    Ok(removed)
}

async fn others_among(
    folder: &BackupFolder,
    manifest: &Manifest,
    mut stored: Vec<StoredBlob>,
) -> Result<Vec<StoredBlob>, BackupError> {
    let listed: HashSet<BlobKey> = stored.iter().map(|blob| blob.key).collect();
    let used: HashSet<BlobKey> = blobs_of(folder, manifest.snapshot)
        .map_ok(|blob| blob.key)
        .try_filter(|key| std::future::ready(listed.contains(key)))
        .try_collect()
        .await?;
    stored.retain(|blob| !used.contains(&blob.key));
    Ok(stored)
}
