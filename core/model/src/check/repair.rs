//! Repairing a blob: its bytes, its size, its mark.

use cellier_sdk::Sha256;
use futures_util::StreamExt as _;

use crate::check::bytes::{Seen, read_whole};
use crate::check::job::Job;
use crate::check::{CheckError, Repair};
use crate::ports::{BlobError, Blobs, CatalogError};
use crate::publish::store_noted;
use crate::retry::Attempts;
use crate::{BlobKey, StagedBlob};

/// Gives the files of a blob its bytes again, from wherever they can be had.
pub(super) async fn replace_bytes(
    job: &Job<'_>,
    key: &BlobKey,
    code: &'static str,
) -> Result<Option<Repair>, CheckError> {
    if !job.wanted.repair {
        return Ok(None);
    }
    for twin in job.context.catalog.twins_of_blob(key).await? {
        let seen = read_whole(job.context.blobs.as_ref(), &twin.key, |_bytes| {}).await;
        let is_right = matches!(seen, Seen::Right { .. });
        if is_right && repoint(job, key, &twin.key, code, "another blob").await? {
            return Ok(Some(Repair::Shares(twin.key)));
        }
    }
    let Some(staged) = find_copy(job, &key.sha256()).await? else {
        return Ok(None);
    };
    let mut attempts = Attempts::default();
    while attempts.one_more() {
        let fresh = store_noted::<CheckError>(job.context, &staged).await?;
        if repoint(job, key, &fresh, code, "a copy").await? {
            return Ok(Some(Repair::Copied(fresh)));
        }
    }
    Err(CatalogError::Conflict.into())
}

/// Stages the bytes of a digest from where they still are: in the storage itself, under a key that no file uses, or where
/// the operator says that copies are.
async fn find_copy(job: &Job<'_>, sha256: &Sha256) -> Result<Option<StagedBlob>, BlobError> {
    if let Some(staged) = fetch(job, job.context.blobs.as_ref(), sha256).await? {
        return Ok(Some(staged));
    }
    match &job.wanted.copies {
        Some(copies) => fetch(job, copies.as_ref(), sha256).await,
        None => Ok(None),
    }
}

/// Stages the first copy that has the right bytes. A copy that cannot be read is passed over, as a wrong one is.
async fn fetch(
    job: &Job<'_>,
    copies: &dyn Blobs,
    sha256: &Sha256,
) -> Result<Option<StagedBlob>, BlobError> {
    for key in copies.keys_of(sha256).await? {
        let staged = stage_copy(job, copies, &key).await?;
        if let Some(staged) = staged.filter(|staged| staged.sha256() == *sha256) {
            return Ok(Some(staged));
        }
    }
    Ok(None)
}

async fn stage_copy(
    job: &Job<'_>,
    copies: &dyn Blobs,
    key: &BlobKey,
) -> Result<Option<StagedBlob>, BlobError> {
    let Ok(Some(size)) = copies.size(key).await else {
        return Ok(None);
    };
    let Ok(mut pieces) = copies.read(key, 0..size).await else {
        return Ok(None);
    };
    let mut staging = job.context.blobs.stage(&[]).await?;
    while let Some(piece) = pieces.next().await {
        let Ok(piece) = piece else {
            return Ok(None);
        };
        staging.write(piece).await?;
    }
    staging.finish().await.map(Some)
}

/// Lets the files of one blob use another; `false` if a sweep has taken that one.
async fn repoint(
    job: &Job<'_>,
    from: &BlobKey,
    to: &BlobKey,
    code: &'static str,
    source: &'static str,
) -> Result<bool, CatalogError> {
    let mut attempts = Attempts::default();
    loop {
        let repointed = try_to_repoint(job, from, to, code, source).await;
        if !attempts.again(&repointed) {
            return repointed;
        }
    }
}

async fn try_to_repoint(
    job: &Job<'_>,
    from: &BlobKey,
    to: &BlobKey,
    code: &'static str,
    source: &'static str,
) -> Result<bool, CatalogError> {
    let mut transaction = job.context.catalog.begin().await?;
    if !transaction.use_blob(to).await? {
        return Ok(false);
    }
    let now = job.context.clock.now();
    let files = transaction.repoint_files(from, to, now).await?;
    let event = job
        .origin
        .event(job.context, "blob.repair", from.to_string())
        .detail("problem", code)
        .detail("source", source)
        .detail("blob", to.to_string())
        .detail("files", files);
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Writes down how large a blob is.
pub(super) async fn correct_size(
    job: &Job<'_>,
    key: &BlobKey,
    size: u64,
) -> Result<Option<Repair>, CatalogError> {
    if !job.wanted.repair {
        return Ok(None);
    }
    let mut attempts = Attempts::default();
    loop {
        let corrected = try_to_correct_size(job, key, size).await;
        if !attempts.again(&corrected) {
            return corrected.map(|()| Some(Repair::Corrected));
        }
    }
}

async fn try_to_correct_size(job: &Job<'_>, key: &BlobKey, size: u64) -> Result<(), CatalogError> {
    let mut transaction = job.context.catalog.begin().await?;
    transaction.correct_size(key, size).await?;
    let event = job
        .origin
        .event(job.context, "blob.repair", key.to_string())
        .detail("problem", "size_wrong")
        .detail("size", size);
    transaction.append_audit(&event).await?;
    transaction.commit().await
}

/// Marks a blob as what it is.
pub(super) async fn correct_mark(
    job: &Job<'_>,
    key: &BlobKey,
) -> Result<Option<Repair>, CatalogError> {
    if !job.wanted.repair {
        return Ok(None);
    }
    let mut attempts = Attempts::default();
    loop {
        let corrected = try_to_correct_mark(job, key).await;
        if !attempts.again(&corrected) {
            return corrected.map(|()| Some(Repair::Corrected));
        }
    }
}

async fn try_to_correct_mark(job: &Job<'_>, key: &BlobKey) -> Result<(), CatalogError> {
    let mut transaction = job.context.catalog.begin().await?;
    // Somebody else may have put it right meanwhile; then there is nothing to record.
    if transaction
        .correct_mark(key, job.context.clock.now())
        .await?
    {
        let event = job
            .origin
            .event(job.context, "blob.repair", key.to_string())
            .detail("problem", "mark_wrong");
        transaction.append_audit(&event).await?;
        transaction.commit().await?;
    }
    Ok(())
}
