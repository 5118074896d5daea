//! The walk of an upload, as one sentence.

use cellier_sdk::{Digest, DigestAlgorithm};

use crate::access::{Action, Target, decide};
use crate::ports::{BlobError, CatalogError, FormatInfo};
use crate::publish::begin::allowed;
use crate::publish::commit::{Committed, commit, would_conflict};
use crate::publish::inspect::inspect;
use crate::publish::prepare::prepare;
use crate::publish::request::Draft;
use crate::publish::{PublishError, PublishRequest, Published};
use crate::retry::Attempts;
use crate::{BlobKey, Context};

/// Publishes a staged upload.
pub async fn publish(
    context: &Context,
    request: &PublishRequest,
) -> Result<Published, PublishError> {
    let (format, inspection) = inspect(context, request).await?;
    let existing = context.catalog.artefact(&format.id, &request.name).await?;
    let mut draft = prepare(context, request, format, inspection, existing.as_ref())?;

    let target = Target {
        public: false,
        ..Target::artefact(&draft.artefact)
    };
    allowed(decide(
        context.access,
        &request.origin.actor,
        Action::Publish,
        target,
    ))?;
    if let Some(artefact) = &existing {
        would_conflict(context, request, &draft, artefact).await?;
    }
    draft.digests = digests(context, request, format).await?;
    store_and_commit(context, request, &draft).await
}

/// The digests that the format wants, those computed that the stream did not.
async fn digests(
    context: &Context,
    request: &PublishRequest,
    format: &FormatInfo,
) -> Result<Vec<Digest>, BlobError> {
    let wanted = format
        .descriptor
        .digests()
        .iter()
        .filter(|wanted| **wanted != DigestAlgorithm::Sha256);
    let mut known = Vec::new();
    let mut missing = Vec::new();
    for algorithm in wanted {
        match request.staged.digest(*algorithm) {
            Some(digest) => known.push(digest),
            None => missing.push(*algorithm),
        }
    }
    if !missing.is_empty() {
        known.extend(context.blobs.digest(&request.staged, &missing).await?);
    }
    known.sort();
    Ok(known)
}

/// The bytes first, durably; then everything else in one transaction.
async fn store_and_commit(
    context: &Context,
    request: &PublishRequest,
    draft: &Draft,
) -> Result<Published, PublishError> {
    let shareable = context
        .catalog
        .shareable_blob(&request.staged.sha256())
        .await?;
    let mut blob = match shareable {
        Some(key) => Blob {
            key,
            stored_now: false,
        },
        None => store(context, request).await?,
    };
    let mut attempts = Attempts::default();
    let outcome = loop {
        match commit(context, request, draft, blob.key).await {
            Ok(Committed::BlobIsDying) if attempts.one_more() => {
                if blob.stored_now {
                    // The sweep may have been there before the bytes were.
                    context.blobs.delete(&blob.key).await?;
                }
                blob = store(context, request).await?;
            }
            Err(PublishError::Catalog(CatalogError::Conflict)) if attempts.one_more() => {}
            outcome => break outcome,
        }
    };
    if blob.stored_now && is_surely_unused(&outcome) {
        context.blobs.delete(&blob.key).await?;
    }
    match outcome? {
        Committed::Published { published, .. } => Ok(*published),
        Committed::BlobIsDying => Err(CatalogError::Conflict.into()),
    }
}

/// A commit whose answer got lost may have happened: its blob is then left for the sweep to judge.
fn is_surely_unused(outcome: &Result<Committed, PublishError>) -> bool {
    match outcome {
        Ok(Committed::Published { used_blob, .. }) => !used_blob,
        Ok(Committed::BlobIsDying) | Err(PublishError::Catalog(CatalogError::Conflict)) => true,
        Err(PublishError::Catalog(_)) => false,
        Err(_refused) => true,
    }
}

struct Blob {
    key: BlobKey,
    stored_now: bool,
}

/// The key is noted before its bytes are stored: bytes that a publish leaves when it dies half way are known, and the
/// sweep finds them without looking through the whole store.
async fn store(context: &Context, request: &PublishRequest) -> Result<Blob, PublishError> {
    let staged = &request.staged;
    let key = BlobKey::fresh(staged.sha256(), context.random.as_ref());
    let mut attempts = Attempts::default();
    loop {
        let noted = note(context, &key, staged.size()).await;
        if !attempts.again(&noted) {
            noted?;
            break;
        }
    }
    context.blobs.store(staged, &key).await?;
    Ok(Blob {
        key,
        stored_now: true,
    })
}

async fn note(context: &Context, key: &BlobKey, size: u64) -> Result<(), CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    transaction
        .note_blob(key, size, context.clock.now())
        .await?;
    transaction.commit().await
}
