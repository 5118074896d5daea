//! Publishing and changing together: all of it in one transaction, or none of it.

use std::collections::BTreeSet;
use std::ops::ControlFlow::{Break, Continue};

use crate::audit::Origin;
use crate::change::{Change, ChangeError, apply};
use crate::ports::{CatalogError, Transaction};
use crate::publish::authorise::rights_by_now;
use crate::publish::commit::{Written, write};
use crate::publish::expect::{Absent, Expected, check};
use crate::publish::file::{Interrupted, Outcome};
use crate::publish::upload::{Blob, Upload};
use crate::publish::walk::draft;
use crate::publish::{PublishError, PublishRequest, Published};
use crate::retry::Attempts;
use crate::{Artefact, Context, fold_name};

/// One of several things that happen together or not at all.
#[derive(Debug)]
pub enum Step {
    /// Publish files, all of them into one version.
    Publish(Vec<PublishRequest>),
    /// Change an artefact, also one that a step before has made.
    Change(Change),
    /// Go on only if an artefact is as it was seen. Looked at before anything else is done, wherever it stands.
    Expect(Expected),
}

/// What came of a [`Step`].
#[derive(Clone, Debug)]
pub enum Done {
    /// A version was published.
    Published(Box<Published>),
    /// An artefact was changed, or is as it was expected.
    Changed,
}

impl Done {
    pub(super) fn into_published(self) -> Option<Published> {
        match self {
            Self::Published(published) => Some(*published),
            Self::Changed => None,
        }
    }
}

/// Performs all steps in their order, in one transaction. If one is refused, nothing has happened.
pub async fn perform(
    context: &Context,
    origin: &Origin,
    steps: &[Step],
) -> Result<Vec<Done>, PublishError> {
    let mut prepared = Vec::new();
    for step in steps {
        prepared.push(match step {
            Step::Change(change) => Prepared::Change(change),
            Step::Expect(expected) => Prepared::Expect(expected),
            Step::Publish(requests) => {
                let mut uploads = Vec::new();
                for request in requests {
                    uploads.push(Upload::new(request, draft(context, request).await?));
                }
                Prepared::Publish(uploads)
            }
        });
    }
    commit(context, origin, &mut prepared).await
}

/// A step with everything that could be found out before the transaction.
pub(super) enum Prepared<'a> {
    Publish(Vec<Upload<'a>>),
    Change(&'a Change),
    Expect(&'a Expected),
}

impl Prepared<'_> {
    fn expected(&self) -> Option<&Expected> {
        match self {
            Self::Expect(expected) => Some(expected),
            Self::Publish(_) | Self::Change(_) => None,
        }
    }
}

/// The bytes first, durably; then everything else in one transaction.
pub(super) async fn commit(
    context: &Context,
    origin: &Origin,
    prepared: &mut [Prepared<'_>],
) -> Result<Vec<Done>, PublishError> {
    let mut attempts = Attempts::default();
    let mut may_share = true;
    loop {
        let outcome = try_once(context, origin, prepared, may_share).await;
        match outcome {
            Ok(Continue(done)) => {
                delete_stored(context, prepared, |blob| !blob.used).await;
                return Ok(done);
            }
            Ok(Break(Interrupted::Unseen(_))) if attempts.one_more() => {}
            // A sweep may have been at a key before its bytes were. What is stored anew is stored for this alone.
            Ok(Break(_)) => {
                delete_stored(context, prepared, |_any| true).await;
                may_share = false;
                if !attempts.one_more() {
                    return Err(CatalogError::Conflict.into());
                }
            }
            Err(error) if is_conflict(&error) && attempts.one_more() => {}
            // A commit whose answer got lost may have happened: its blobs are left for the sweep to judge.
            Err(PublishError::Catalog(error)) if !matches!(error, CatalogError::Conflict) => {
                return Err(error.into());
            }
            Err(error) => {
                delete_stored(context, prepared, |_any| true).await;
                return Err(error);
            }
        }
    }
}

/// Deletes the bytes that were stored for this and are no part of the registry.
async fn delete_stored(
    context: &Context,
    prepared: &mut [Prepared<'_>],
    is_no_part: fn(&Blob) -> bool,
) {
    for upload in uploads(prepared) {
        if upload.blob().as_ref().is_some_and(is_no_part) {
            upload.discard_blob(context).await;
        }
    }
}

/// Stores the bytes, unless they are from the time before, and tries to commit.
async fn try_once(
    context: &Context,
    origin: &Origin,
    prepared: &mut [Prepared<'_>],
    may_share: bool,
) -> Outcome<Vec<Done>> {
    for upload in uploads(prepared) {
        upload.have_blob(context, may_share).await?;
    }
    let mut transaction = context.catalog.begin().await?;
    let actor = rights_by_now(context, &origin.actor, transaction.as_mut()).await?;
    let origin = &Origin {
        actor,
        ..origin.clone()
    };
    lock_in_order(prepared, transaction.as_mut()).await?;
    let mut absent = Absent::default();
    for expected in prepared.iter().filter_map(Prepared::expected) {
        let actor = &origin.actor;
        check(context, actor, expected, &mut absent, transaction.as_mut()).await?;
    }
    let mut all_done = Vec::new();
    let mut anything_changed = false;
    for step in prepared {
        match write_step(context, origin, step, &mut absent, transaction.as_mut()).await? {
            Continue((done, changed)) => {
                all_done.push(done);
                anything_changed |= changed;
            }
            Break(interrupted) => return Ok(Break(interrupted)),
        }
    }
    if anything_changed {
        transaction.commit().await?;
    }
    Ok(Continue(all_done))
}

/// Locks all artefacts that are there in an order that is the same for everybody, so that no two wait for each other.
async fn lock_in_order(
    prepared: &[Prepared<'_>],
    transaction: &mut dyn Transaction,
) -> Result<(), CatalogError> {
    let mut wanted = BTreeSet::new();
    for step in prepared {
        match step {
            Prepared::Change(Change { format, name, .. })
            | Prepared::Expect(Expected { format, name, .. }) => {
                wanted.insert((format, fold_name(name)));
            }
            Prepared::Publish(uploads) => wanted.extend(uploads.iter().map(|upload| {
                let Artefact { format, name, .. } = &upload.draft.artefact;
                (format, name.folded())
            })),
        }
    }
    if wanted.len() < 2 {
        return Ok(());
    }
    for (format, name) in wanted {
        transaction.lock_artefact(format, &name).await?;
    }
    Ok(())
}

/// What came of a step, and whether it changed anything.
async fn write_step(
    context: &Context,
    origin: &Origin,
    step: &mut Prepared<'_>,
    absent: &mut Absent,
    transaction: &mut dyn Transaction,
) -> Outcome<(Done, bool)> {
    let uploads = match step {
        Prepared::Publish(uploads) => uploads,
        Prepared::Change(change) => {
            apply(context, origin, change, transaction).await?;
            return Ok(Continue((Done::Changed, true)));
        }
        Prepared::Expect(_) => return Ok(Continue((Done::Changed, false))),
    };
    let mut whole: Option<Published> = None;
    let mut anything_changed = false;
    for upload in uploads {
        let Some(blob) = upload.blob() else {
            continue;
        };
        let number = upload.number(whole.as_ref())?;
        let draft = (&upload.draft, &number);
        let (request, actor) = (upload.request, &origin.actor);
        match write(context, actor, request, draft, blob, transaction).await? {
            Continue(Written {
                published,
                used_blob,
                changed,
                is_new,
            }) => {
                absent.found(&published.artefact, is_new)?;
                upload.set_used(used_blob);
                anything_changed |= changed;
                whole = Some(join(whole, *published));
            }
            Break(interrupted) => {
                if let Interrupted::Unseen(key) = interrupted {
                    upload.look_at_next(key);
                }
                return Ok(Break(interrupted));
            }
        }
    }
    let done = whole.map_or(Done::Changed, |published| {
        Done::Published(Box::new(published))
    });
    Ok(Continue((done, anything_changed)))
}

/// A version with the files that were published into it so far and one more.
fn join(before: Option<Published>, mut published: Published) -> Published {
    if let Some(before) = before {
        published.already_there &= before.already_there;
        let mut files = before.release.files;
        files.append(&mut published.release.files);
        published.release.files = files;
    }
    published
}

fn uploads<'a, 'b>(prepared: &'b mut [Prepared<'a>]) -> impl Iterator<Item = &'b mut Upload<'a>> {
    prepared.iter_mut().flat_map(|step| match step {
        Prepared::Publish(uploads) => uploads.as_mut_slice(),
        Prepared::Change(_) | Prepared::Expect(_) => &mut [],
    })
}

fn is_conflict(error: &PublishError) -> bool {
    matches!(
        error,
        PublishError::Catalog(CatalogError::Conflict)
            | PublishError::Change(ChangeError::Catalog(CatalogError::Conflict))
    )
}
