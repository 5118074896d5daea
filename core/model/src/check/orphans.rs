//! What lies in storage and is not known to the catalogue.

use futures_util::StreamExt as _;

use crate::BlobKey;
use crate::check::job::Job;
use crate::check::{CheckError, Checked};
use crate::ports::StoredBlob;

/// How many stored blobs are compared with the catalogue at a time.
const COMPARED: usize = 500;

pub(super) async fn count_orphans(job: &Job<'_>, checked: &mut Checked) -> Result<(), CheckError> {
    let mut stored = job.context.blobs.list().await?;
    let mut some = Vec::new();
    loop {
        let next = stored.next().await.transpose()?;
        let ended = next.is_none();
        some.extend(next);
        if some.len() == COMPARED || ended {
            count_among(job, &some, checked).await?;
            some.clear();
        }
        if ended {
            return Ok(());
        }
    }
}

async fn count_among(
    job: &Job<'_>,
    stored: &[StoredBlob],
    checked: &mut Checked,
) -> Result<(), CheckError> {
    let keys: Vec<BlobKey> = stored.iter().map(|blob| blob.key).collect();
    let known = job.context.catalog.known_blobs(&keys).await?;
    for blob in stored.iter().filter(|blob| !known.contains(&blob.key)) {
        // A sweep may have taken it, bytes and row, between the one look and the other.
        if job.context.blobs.size(&blob.key).await?.is_some() {
            checked.orphans += 1;
            checked.orphan_bytes += blob.size;
        }
    }
    Ok(())
}
