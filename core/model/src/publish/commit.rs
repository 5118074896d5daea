//! What a publish writes, within a transaction.

use std::ops::ControlFlow::{Break, Continue};

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::audit::AuditEvent;
use crate::change::refresh_artefact;
use crate::ports::{CatalogError, Transaction};
use crate::publish::authorise::may_publish;
use crate::publish::file::{Outcome, Placed, add_file, keep_file};
use crate::publish::place::{At, Place, find_same_file};
use crate::publish::request::{Draft, Number};
use crate::publish::upload::Blob;
use crate::publish::{Conflict, Door, PublishError, PublishRequest, Published};
use crate::{Artefact, Context, Release};

/// What came of writing a draft, once the transaction is committed.
pub(super) struct Written {
    /// What the publisher is told.
    pub(super) published: Box<Published>,
    /// Whether the blob that was handed in is part of the registry now.
    pub(super) used_blob: bool,
    /// Whether anything was written at all.
    pub(super) changed: bool,
    /// Whether there was no artefact of this name before, not even a deleted one.
    pub(super) is_new: bool,
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

/// Writes a draft whose bytes lie in `blob`, as the version of this number, if `actor` may: the publisher with the rights
/// of now.
pub(super) async fn write(
    context: &Context,
    actor: &Actor,
    request: &PublishRequest,
    (draft, number): (&Draft, &Number),
    blob: Blob,
    transaction: &mut dyn Transaction,
) -> Outcome<Written> {
    let now = context.clock.now();
    claim_name(context, actor, transaction, request, draft).await?;
    let mut artefact = transaction.insert_or_lock_artefact(&draft.artefact).await?;
    let is_new = artefact.id == draft.artefact.id;
    let existing = (!is_new).then_some(&artefact);
    may_publish(context, actor, draft, existing)?;
    revive(&mut artefact, draft);

    let at = At {
        context,
        request,
        draft,
        artefact: &artefact,
    };
    let placed = match at.find_place(transaction, number).await? {
        Place::SameFile(release) => keep_file(&at, *release, blob, transaction).await?,
        Place::In(version, is_new_version) => {
            add_file(&at, (*version, is_new_version), blob, transaction).await?
        }
    };
    let Placed {
        release,
        is_new_file,
        used_blob,
    } = match placed {
        Continue(placed) => placed,
        Break(interrupted) => return Ok(Break(interrupted)),
    };
    if is_new_file {
        artefact.category.clone_from(&draft.artefact.category);
        artefact.data_updated_at = artefact.time_of_change(now);
    }
    check_tags(request, &artefact, &release)?;
    let claimed = apply_claims(transaction, request, &mut artefact, &release, now).await?;
    let is_change = claimed || is_new_file || is_new;
    if is_change {
        refresh_artefact(transaction, &mut artefact, now).await?;
        let event = event(context, request, &artefact, &release, is_new_file);
        transaction.append_audit(&event).await?;
    }
    let published = Box::new(Published {
        artefact,
        release,
        already_there: !is_new_file,
    });
    Ok(Continue(Written {
        published,
        used_blob,
        changed: is_change || used_blob,
        is_new,
    }))
}

fn event(
    context: &Context,
    request: &PublishRequest,
    artefact: &Artefact,
    release: &Release,
    is_new_file: bool,
) -> AuditEvent {
    let Artefact { format, name, .. } = artefact;
    let object = format!("{format}/{name}@{}", release.version.version);
    let action = if is_new_file {
        "version.publish"
    } else {
        "artefact.edit"
    };
    request
        .origin
        .event(context, action, object)
        .detail("sha256", request.staged.sha256().to_hex())
}

/// Through the `file` door a name keeps the format that it first got there. That it is taken is told to whoever may publish
/// under it; what it is, to who may see that.
async fn claim_name(
    context: &Context,
    actor: &Actor,
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
    let there = transaction.lock_artefact(&taken_by, name.as_str()).await?;
    let may_see = |artefact: &Artefact| {
        let target = Target::artefact(artefact);
        decide(context.access, actor, Action::See, target) == Decision::Allowed
    };
    Err(Conflict::NameTaken {
        name: name.clone(),
        taken_by: there
            .is_some_and(|there| may_see(&there))
            .then_some(taken_by),
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

/// The bytes of a yanked version may come again, but no tag brings it back: that is what restoring is for.
fn check_tags(
    request: &PublishRequest,
    artefact: &Artefact,
    release: &Release,
) -> Result<(), Conflict> {
    if request.claims.tags.is_empty() || release.version.yanked_at.is_none() {
        return Ok(());
    }
    Err(Conflict::Yanked {
        name: artefact.name.clone(),
        version: release.version.version.clone(),
    })
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
    for tag in &request.claims.tags {
        transaction
            .set_tag(artefact.id, tag, release.version.id, now)
            .await?;
    }
    Ok(!request.claims.tags.is_empty()
        || before != (artefact.title.clone(), artefact.description.clone()))
}
