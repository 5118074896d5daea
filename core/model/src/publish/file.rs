//! The file of an upload: put into its version, or left there as it is and seen to be whole.

use std::ops::ControlFlow::{self, Break, Continue};

use crate::ports::{CatalogError, Transaction};
use crate::publish::PublishError;
use crate::publish::place::At;
use crate::publish::upload::{Blob, Lost};
use crate::{BlobKey, FileRecord, Id, Release, VersionRecord};

/// What came of something that may be interrupted: then nothing may be committed, and it is to be tried again.
pub(super) type Outcome<T> = Result<ControlFlow<Interrupted, T>, PublishError>;

/// What gets in the way of a publish and is no fault of it.
pub(super) enum Interrupted {
    /// A sweep has taken the blob, or is about to.
    BlobIsDying,
    /// The file is there already, in a blob that nobody has looked at.
    Unseen(BlobKey),
}

/// Where a file ended up.
pub(super) struct Placed {
    pub(super) release: Release,
    pub(super) is_new_file: bool,
    /// Whether the blob that was handed in is part of the registry now.
    pub(super) used_blob: bool,
}

/// Puts the file into a version. Other files that have lost these very bytes get them back with it.
pub(super) async fn add_file(
    at: &At<'_>,
    (version, is_new_version): (VersionRecord, bool),
    blob: Blob,
    transaction: &mut dyn Transaction,
) -> Outcome<Placed> {
    if !transaction.use_blob(&blob.key).await? {
        return Ok(Break(Interrupted::BlobIsDying));
    }
    if let Some(lost) = blob.instead_of {
        replace(at, lost, blob.key, transaction).await?;
    }
    if is_new_version {
        transaction.insert_version(&version).await?;
    }
    let file = new_file(at, version.id, blob.key);
    transaction.insert_file(&file).await?;
    let release = Release {
        version,
        files: vec![file],
    };
    Ok(Continue(Placed {
        release,
        is_new_file: true,
        used_blob: true,
    }))
}

/// Leaves the file as it is. That it is published already is only said when its bytes are there: if they are lost, it gets
/// those that were uploaded, which have the same digest.
pub(super) async fn keep_file(
    at: &At<'_>,
    mut release: Release,
    blob: Blob,
    transaction: &mut dyn Transaction,
) -> Outcome<Placed> {
    let mut used_blob = false;
    for file in &mut release.files {
        if file.blob == blob.key {
            continue;
        }
        let lost = blob.instead_of.filter(|lost| lost.key == file.blob);
        let Some(lost) = lost else {
            return Ok(Break(Interrupted::Unseen(file.blob)));
        };
        if !transaction.use_blob(&blob.key).await? {
            return Ok(Break(Interrupted::BlobIsDying));
        }
        if replace(at, lost, blob.key, transaction).await? == 0 {
            // Somebody else has given the file its bytes back just now.
            return Err(CatalogError::Conflict.into());
        }
        file.blob = blob.key;
        used_blob = true;
    }
    Ok(Continue(Placed {
        release,
        is_new_file: false,
        used_blob,
    }))
}

/// Lets all files whose bytes are lost use those of another blob; says how many files.
async fn replace(
    at: &At<'_>,
    lost: Lost,
    by: BlobKey,
    transaction: &mut dyn Transaction,
) -> Result<u64, CatalogError> {
    let now = at.context.clock.now();
    let files = transaction.repoint_files(&lost.key, &by, now).await?;
    if files > 0 {
        let Lost { key, problem } = lost;
        tracing::warn!(
            blob = %key, problem, files,
            "the blob {key} had lost its bytes ({problem}); an upload brought them back, its {files} files use {by} now"
        );
        let origin = &at.request.origin;
        let event = origin
            .event(at.context, "blob.repair", key.to_string())
            .detail("problem", problem)
            .detail("source", "an upload")
            .detail("blob", by.to_string())
            .detail("files", files);
        transaction.append_audit(&event).await?;
    }
    Ok(files)
}

fn new_file(at: &At<'_>, version: Id<VersionRecord>, blob: BlobKey) -> FileRecord {
    let At {
        context,
        request,
        draft,
        ..
    } = at;
    let now = context.clock.now();
    FileRecord {
        id: Id::new(now, context.random.as_ref()),
        version,
        name: draft.file_name.clone(),
        variant: request.claims.variant.clone(),
        media_type: draft.media_type.clone(),
        size: request.staged.size(),
        blob,
        digests: draft.digests.clone(),
        published_at: now,
        uploaded_by: request.origin.actor.as_uploader(),
        details: draft.details.clone(),
    }
}
