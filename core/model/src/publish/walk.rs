//! The walk of an upload, as one sentence.

use cellier_sdk::{Digest, DigestAlgorithm};

use crate::ports::{BlobError, CatalogError, FormatInfo};
use crate::publish::authorise::may_publish;
use crate::publish::commit::{Committed, commit, would_conflict};
use crate::publish::inspect::inspect;
use crate::publish::prepare::prepare;
use crate::publish::request::Draft;
use crate::publish::{PublishError, PublishRequest, Published};
use crate::{BlobKey, Context};

/// How often a commit is tried again that others, or a sweep, got in the way of.
const ATTEMPTS: u32 = 5;

/// Publishes a staged upload.
pub async fn publish(
    context: &Context,
    request: &PublishRequest,
) -> Result<Published, PublishError> {
    let (format, inspection) = inspect(context, request).await?;
    let existing = context.catalog.artefact(&format.id, &request.name).await?;
    let mut draft = prepare(context, request, format, inspection, existing.as_ref())?;

    may_publish(context, &request.origin.actor, &draft, existing.as_ref())?;
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
    let mut shareable = context
        .catalog
        .shareable_blob(&request.staged.sha256())
        .await?;
    let mut attempt = 1;
    loop {
        let blob = match shareable.take() {
            Some(key) => Blob {
                key,
                stored_now: false,
            },
            None => store(context, request).await?,
        };
        let outcome = commit(context, request, draft, blob.key).await;
        let blob_is_ours_alone = blob.stored_now
            && !matches!(
                outcome,
                Ok(Committed::Published {
                    used_blob: true,
                    ..
                })
            );
        // A commit whose answer got lost may have happened: its blob is then left for the sweep to judge.
        let surely_unused = !matches!(outcome, Err(PublishError::Catalog(_)));
        if blob_is_ours_alone && surely_unused {
            context.blobs.delete(&blob.key).await?;
        }
        match outcome {
            Ok(Committed::Published { published, .. }) => return Ok(*published),
            Err(error) if !is_conflict(&error) => return Err(error),
            Ok(Committed::BlobIsDying) | Err(_) if attempt == ATTEMPTS => {
                return Err(CatalogError::Conflict.into());
            }
            Ok(Committed::BlobIsDying) | Err(_) => attempt += 1,
        }
    }
}

fn is_conflict(error: &PublishError) -> bool {
    matches!(error, PublishError::Catalog(CatalogError::Conflict))
}

struct Blob {
    key: BlobKey,
    stored_now: bool,
}

async fn store(context: &Context, request: &PublishRequest) -> Result<Blob, BlobError> {
    let key = BlobKey::fresh(request.staged.sha256(), context.random.as_ref());
    context.blobs.store(&request.staged, &key).await?;
    Ok(Blob {
        key,
        stored_now: true,
    })
}
