//! Publishing and changing together: all of it in one transaction, or none of it.

use std::collections::BTreeSet;

use crate::audit::Origin;
use crate::change::{Change, ChangeError, apply};
use crate::ports::{BlobError, CatalogError, Transaction};
use crate::publish::authorise::rights_by_now;
use crate::publish::commit::{Written, write};
use crate::publish::expect::{Absent, Expected, check};
use crate::publish::request::{Draft, Number};
use crate::publish::store::store_noted;
use crate::publish::walk::draft;
use crate::publish::{PublishError, PublishRequest, Published};
use crate::retry::Attempts;
use crate::{Artefact, BlobKey, Context, fold_name};

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

/// An upload that is drafted, and where its bytes are.
pub(super) struct Upload<'a> {
    request: &'a PublishRequest,
    draft: Draft,
    blob: Option<Blob>,
}

#[derive(Clone, Copy)]
struct Blob {
    key: BlobKey,
    stored_now: bool,
    /// Whether the transaction made it a part of the registry.
    used: bool,
}

impl<'a> Upload<'a> {
    pub(super) fn new(request: &'a PublishRequest, draft: Draft) -> Self {
        Self {
            request,
            draft,
            blob: None,
        }
    }

    /// Finds a blob of the same bytes that may be shared, or stores the bytes.
    async fn find_blob(&self, context: &Context, may_share: bool) -> Result<Blob, PublishError> {
        let staged = &self.request.staged;
        if may_share && let Some(key) = context.catalog.shareable_blob(&staged.sha256()).await? {
            return Ok(Blob {
                key,
                stored_now: false,
                used: false,
            });
        }
        Ok(Blob {
            key: store_noted::<PublishError>(context, staged).await?,
            stored_now: true,
            used: false,
        })
    }

    /// The number of the version that it goes into: that of the files before it, if it is not the first.
    fn number(&self, before: Option<&Published>) -> Result<Number, PublishError> {
        let Some(before) = before.map(|published| &published.release.version) else {
            return Ok(self.draft.number.clone());
        };
        match &self.draft.number {
            Number::Known { version, .. } if *version != before.version => {
                Err(PublishError::VersionMismatch {
                    said: before.version.to_string(),
                    in_content: version.to_string(),
                })
            }
            _ => Ok(Number::Known {
                version: before.version.clone(),
                order: before.order.clone(),
                stable: before.stable,
            }),
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
            Ok(Some(done)) => {
                delete_stored(context, prepared, |blob| !blob.used).await?;
                return Ok(done);
            }
            // A sweep may have been at a key before its bytes were. What is stored anew is stored for this alone.
            Ok(None) => {
                delete_stored(context, prepared, |_any| true).await?;
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
                delete_stored(context, prepared, |_any| true).await?;
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
) -> Result<(), BlobError> {
    for upload in uploads(prepared) {
        if let Some(blob) = upload.blob.take()
            && blob.stored_now
            && is_no_part(&blob)
        {
            context.blobs.delete(&blob.key).await?;
        }
    }
    Ok(())
}

/// Stores the bytes, unless they are from the time before, and tries to commit; `None` if a sweep got in the way.
async fn try_once(
    context: &Context,
    origin: &Origin,
    prepared: &mut [Prepared<'_>],
    may_share: bool,
) -> Result<Option<Vec<Done>>, PublishError> {
    for upload in uploads(prepared) {
        match &mut upload.blob {
            Some(blob) => blob.used = false,
            None => upload.blob = Some(upload.find_blob(context, may_share).await?),
        }
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
        let written = write_step(context, origin, step, &mut absent, transaction.as_mut()).await?;
        let Some((done, changed)) = written else {
            return Ok(None);
        };
        all_done.push(done);
        anything_changed |= changed;
    }
    if anything_changed {
        transaction.commit().await?;
    }
    Ok(Some(all_done))
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

/// What came of a step, and whether it changed anything; `None` if a sweep got in the way.
async fn write_step(
    context: &Context,
    origin: &Origin,
    step: &mut Prepared<'_>,
    absent: &mut Absent,
    transaction: &mut dyn Transaction,
) -> Result<Option<(Done, bool)>, PublishError> {
    let uploads = match step {
        Prepared::Publish(uploads) => uploads,
        Prepared::Change(change) => {
            apply(context, origin, change, transaction).await?;
            return Ok(Some((Done::Changed, true)));
        }
        Prepared::Expect(_) => return Ok(Some((Done::Changed, false))),
    };
    let mut whole: Option<Published> = None;
    let mut anything_changed = false;
    for upload in uploads {
        let Some(key) = upload.blob.map(|blob| blob.key) else {
            continue;
        };
        let number = upload.number(whole.as_ref())?;
        let draft = (&upload.draft, &number);
        let Written::Published {
            published,
            used_blob,
            changed,
            is_new,
        } = write(
            context,
            &origin.actor,
            upload.request,
            draft,
            key,
            transaction,
        )
        .await?
        else {
            return Ok(None);
        };
        absent.found(&published.artefact, is_new)?;
        if let Some(blob) = &mut upload.blob {
            blob.used = used_blob;
        }
        anything_changed |= changed;
        whole = Some(join(whole, *published));
    }
    let done = whole.map_or(Done::Changed, |published| {
        Done::Published(Box::new(published))
    });
    Ok(Some((done, anything_changed)))
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
