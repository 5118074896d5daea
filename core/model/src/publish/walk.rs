//! The walk of an upload, as one sentence.

use cellier_sdk::{Digest, DigestAlgorithm};

use crate::Context;
use crate::ports::{BlobError, CatalogError, FormatInfo};
use crate::publish::authorise::may_publish;
use crate::publish::commit::would_conflict;
use crate::publish::inspect::inspect;
use crate::publish::prepare::prepare;
use crate::publish::request::Draft;
use crate::publish::together::{Prepared, commit};
use crate::publish::upload::Upload;
use crate::publish::{Done, PublishError, PublishRequest, Published};

/// Publishes a staged upload.
pub async fn publish(
    context: &Context,
    request: &PublishRequest,
) -> Result<Published, PublishError> {
    let upload = Upload::new(request, draft(context, request).await?);
    let mut prepared = [Prepared::Publish(vec![upload])];
    let done = commit(context, &request.origin, &mut prepared).await?;
    let published = done.into_iter().find_map(Done::into_published);
    // Whoever commits a publish gives what was published.
    published.ok_or_else(|| CatalogError::Conflict.into())
}

/// Drafts a staged upload: what can be found out and decided without writing anything.
pub(super) async fn draft(
    context: &Context,
    request: &PublishRequest,
) -> Result<Draft, PublishError> {
    let (format, inspection) = inspect(context, request).await?;
    let existing = context.catalog.artefact(&format.id, &request.name).await?;
    let existing = existing.as_deref();
    let mut draft = prepare(context, request, format, inspection, existing)?;

    may_publish(context, &request.origin.actor, &draft, existing)?;
    if let Some(artefact) = existing {
        would_conflict(context, request, &draft, artefact).await?;
    }
    draft.digests = digests(context, request, format).await?;
    Ok(draft)
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
