//! The one transaction of a publish.

use cellier_sdk::{OrderKey, Version};

use crate::change::refresh_artefact;
use crate::ports::{CatalogError, Transaction};
use crate::publish::authorise::may_still_publish;
use crate::publish::request::{Draft, Number};
use crate::publish::{Conflict, Door, PublishError, PublishRequest, Published};
use crate::{Artefact, BlobKey, Context, FileRecord, Id, Release, VersionRecord};

/// What a transaction came to.
pub(super) enum Committed {
    /// It was committed.
    Published {
        /// What the publisher is told.
        published: Box<Published>,
        /// Whether the blob that was handed in is part of the registry now.
        used_blob: bool,
    },
    /// Nothing was committed: the blob that was to be shared is about to be swept.
    BlobIsDying,
}

/// Looks before the bytes are stored whether the publish can only fail. The transaction looks again.
pub(super) async fn would_conflict(
    context: &Context,
    request: &PublishRequest,
    draft: &Draft,
    artefact: &Artefact,
) -> Result<(), PublishError> {
    let Number::Known { version, .. } = &draft.number else {
        return Ok(());
    };
    if let Some(release) = context
        .catalog
        .release(artefact.id, version.as_str())
        .await?
    {
        find_same_file(request, draft, &release)?;
    }
    Ok(())
}

/// Commits a draft whose bytes lie under `blob`.
pub(super) async fn commit(
    context: &Context,
    request: &PublishRequest,
    draft: &Draft,
    blob: BlobKey,
) -> Result<Committed, PublishError> {
    let now = context.clock.now();
    let mut transaction = context.catalog.begin().await?;
    let transaction_ref = transaction.as_mut();
    claim_name(transaction_ref, request, draft).await?;
    let mut artefact = transaction_ref
        .insert_or_lock_artefact(&draft.artefact)
        .await?;
    let is_new = artefact.id == draft.artefact.id;
    let existing = (!is_new).then_some(&artefact);
    may_still_publish(transaction_ref, context, request, draft, existing).await?;
    revive(&mut artefact, draft);

    let place = find_place(transaction_ref, context, request, draft, &artefact).await?;
    let (release, used_blob) = match place {
        Place::SameFile(release) => (*release, false),
        Place::In(version, is_new_version) => {
            if !transaction_ref
                .use_blob(&blob, request.staged.size(), now)
                .await?
            {
                return Ok(Committed::BlobIsDying);
            }
            if is_new_version {
                transaction_ref.insert_version(&version).await?;
            }
            let file = new_file(context, request, draft, version.id, blob);
            transaction_ref.insert_file(&file).await?;
            artefact.category.clone_from(&draft.artefact.category);
            artefact.data_updated_at = now;
            (
                Release {
                    version: *version,
                    files: vec![file],
                },
                true,
            )
        }
    };
    let changed = apply_claims(transaction_ref, request, &mut artefact, &release, now).await?
        || used_blob
        || is_new;
    if changed {
        refresh_artefact(transaction_ref, &mut artefact, now).await?;
        let object = format!(
            "{}/{}@{}",
            artefact.format, artefact.name, release.version.version
        );
        let action = if used_blob {
            "version.publish"
        } else {
            "artefact.edit"
        };
        let event = request
            .origin
            .event(context, action, object)
            .detail("sha256", request.staged.sha256().to_hex());
        transaction_ref.append_audit(&event).await?;
        transaction.commit().await?;
    }
    let published = Box::new(Published {
        artefact,
        release,
        already_there: !used_blob,
    });
    Ok(Committed::Published {
        published,
        used_blob,
    })
}

/// Through the `file` door a name keeps the format that it first got there.
async fn claim_name(
    transaction: &mut dyn Transaction,
    request: &PublishRequest,
    draft: &Draft,
) -> Result<(), PublishError> {
    if request.door != Door::File {
        return Ok(());
    }
    let name = &draft.artefact.name;
    let format = &draft.artefact.format;
    let taken_by = transaction.claim_door_name(name, format).await?;
    if taken_by == *format {
        return Ok(());
    }
    Err(Conflict::NameTaken {
        name: name.clone(),
        taken_by,
        format: format.clone(),
    }
    .into())
}

/// A deleted artefact that is published again starts as a new one does; its tombstones stay, and so do its owners: a name
/// that was deleted is not there for others to take.
fn revive(artefact: &mut Artefact, draft: &Draft) {
    if artefact.deleted_at.is_some() {
        let fresh = &draft.artefact;
        let had_owners = !artefact.owners.is_empty();
        *artefact = Artefact {
            id: artefact.id,
            revision: artefact.revision,
            owners: if had_owners {
                std::mem::take(&mut artefact.owners)
            } else {
                fresh.owners.clone()
            },
            ..fresh.clone()
        };
    }
}

/// Where the uploaded file goes.
enum Place {
    /// Nowhere: it is there already.
    SameFile(Box<Release>),
    /// Into this version; whether that is new.
    In(Box<VersionRecord>, bool),
}

async fn find_place(
    transaction: &mut dyn Transaction,
    context: &Context,
    request: &PublishRequest,
    draft: &Draft,
    artefact: &Artefact,
) -> Result<Place, PublishError> {
    match &draft.number {
        Number::Known {
            version,
            order,
            stable,
        } => {
            if let Some(release) = transaction.release(artefact.id, version.as_str()).await? {
                return Ok(match find_same_file(request, draft, &release)? {
                    Some(file) => same_file(release.version.clone(), file.clone()),
                    None => Place::In(Box::new(release.version), false),
                });
            }
            if is_counted(context, artefact) {
                let next = next_revision(transaction.last_release(artefact.id).await?.as_ref());
                if next != *version {
                    let name = artefact.name.clone();
                    return Err(Conflict::OtherRevision {
                        name,
                        said: version.clone(),
                        next,
                    }
                    .into());
                }
            }
            Ok(new_version(
                context,
                artefact,
                version.clone(),
                order.clone(),
                *stable,
            ))
        }
        Number::NextRevision => {
            let last = transaction.last_release(artefact.id).await?;
            if let Some(release) = &last
                && let Some(file) = same_bytes(request, release)
            {
                // The list leaves the details of files out, the answer has them.
                let whole = transaction
                    .release(artefact.id, release.version.version.as_str())
                    .await?;
                let whole = whole
                    .and_then(|whole| whole.files.into_iter().find(|other| other.id == file.id));
                return Ok(same_file(
                    release.version.clone(),
                    whole.unwrap_or_else(|| file.clone()),
                ));
            }
            let version = next_revision(last.as_ref());
            let number = version.as_str().parse().unwrap_or(1);
            Ok(new_version(
                context,
                artefact,
                version,
                OrderKey::of_revision(number),
                true,
            ))
        }
    }
}

fn is_counted(context: &Context, artefact: &Artefact) -> bool {
    crate::read::versioning_of(context, artefact) == cellier_sdk::Versioning::Revisions
}

fn same_file(version: VersionRecord, file: FileRecord) -> Place {
    Place::SameFile(Box::new(Release {
        version,
        files: vec![file],
    }))
}

fn new_version(
    context: &Context,
    artefact: &Artefact,
    version: Version,
    order: OrderKey,
    stable: bool,
) -> Place {
    let now = context.clock.now();
    let record = VersionRecord {
        id: Id::new(now, context.random.as_ref()),
        artefact: artefact.id,
        version,
        order,
        stable,
        published_at: now,
        yanked_at: None,
        deprecated: None,
        deleted_at: None,
    };
    Place::In(Box::new(record), true)
}

fn next_revision(last: Option<&Release>) -> Version {
    let last = last.and_then(|release| release.version.version.as_str().parse::<u64>().ok());
    Version::revision(last.unwrap_or(0) + 1)
}

/// The newest revision's file of the same variant, if it has the same bytes and may still be found.
fn same_bytes<'a>(request: &PublishRequest, newest: &'a Release) -> Option<&'a FileRecord> {
    if newest.version.yanked_at.is_some() || newest.version.deleted_at.is_some() {
        return None;
    }
    newest.files.iter().find(|file| {
        file.variant == request.claims.variant && file.sha256() == request.staged.sha256()
    })
}

/// The file of a published version that the upload is, if it is one; an error if it is in the way.
fn find_same_file<'a>(
    request: &PublishRequest,
    draft: &Draft,
    release: &'a Release,
) -> Result<Option<&'a FileRecord>, Conflict> {
    let name = draft.artefact.name.clone();
    let version = release.version.version.clone();
    if release.version.deleted_at.is_some() {
        return Err(Conflict::Deleted { name, version });
    }
    let in_the_way = release.files.iter().find(|file| {
        file.variant == request.claims.variant && (!draft.open || file.name == draft.file_name)
    });
    match in_the_way {
        Some(file) if file.sha256() == request.staged.sha256() => Ok(Some(file)),
        Some(_) => Err(Conflict::OtherBytes { name, version }),
        None => Ok(None),
    }
}

fn new_file(
    context: &Context,
    request: &PublishRequest,
    draft: &Draft,
    version: Id<VersionRecord>,
    blob: BlobKey,
) -> FileRecord {
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

/// Titles, descriptions and tags of an upload are applied also when its bytes were there before. Whether any changed.
async fn apply_claims(
    transaction: &mut dyn Transaction,
    request: &PublishRequest,
    artefact: &mut Artefact,
    release: &Release,
    now: crate::Timestamp,
) -> Result<bool, CatalogError> {
    let before = (artefact.title.clone(), artefact.description.clone());
    if let Some(title) = &request.claims.title {
        artefact.title.clone_from(title);
    }
    if let Some(description) = &request.claims.description {
        artefact.description.clone_from(description);
    }
    if let Some(tag) = &request.claims.tag {
        transaction
            .set_tag(artefact.id, tag, release.version.id, now)
            .await?;
    }
    Ok(request.claims.tag.is_some()
        || before != (artefact.title.clone(), artefact.description.clone()))
}
