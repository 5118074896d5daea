//! An upload on its way into the registry, and where its bytes lie.

use crate::check::Fault;
use crate::ports::BlobError;
use crate::publish::request::{Draft, Number};
use crate::publish::store::store_noted;
use crate::publish::{PublishError, PublishRequest, Published};
use crate::{BlobKey, Context};

/// An upload that is drafted, and where its bytes are.
pub(super) struct Upload<'a> {
    pub(super) request: &'a PublishRequest,
    pub(super) draft: Draft,
    blob: Option<Blob>,
    /// The blob of a file that has the same bytes already, if it is to be looked at before the next try.
    unseen: Option<BlobKey>,
}

/// Where the bytes of an upload are: all of them, somebody has looked.
#[derive(Clone, Copy)]
pub(super) struct Blob {
    pub(super) key: BlobKey,
    /// A blob that files use for the same bytes, and that does not have them any more.
    pub(super) instead_of: Option<Lost>,
    /// Whether the transaction made it a part of the registry.
    pub(super) used: bool,
    stored_now: bool,
}

/// A blob that has lost its bytes, or some of them.
#[derive(Clone, Copy)]
pub(super) struct Lost {
    pub(super) key: BlobKey,
    /// The code of what is wrong with it.
    pub(super) problem: &'static str,
}

impl<'a> Upload<'a> {
    pub(super) fn new(request: &'a PublishRequest, draft: Draft) -> Self {
        Self {
            request,
            draft,
            blob: None,
            unseen: None,
        }
    }

    /// Where its bytes are, once they are anywhere.
    pub(super) fn blob(&self) -> Option<Blob> {
        self.blob
    }

    /// Notes whether the transaction makes its blob a part of the registry.
    pub(super) fn set_used(&mut self, used: bool) {
        if let Some(blob) = &mut self.blob {
            blob.used = used;
        }
    }

    /// Notes a blob that is to be looked at before the next try.
    pub(super) fn look_at_next(&mut self, key: BlobKey) {
        self.unseen = Some(key);
    }

    /// Sees to it that its bytes are stored: where they are from a try before, where they may be shared, or anew.
    pub(super) async fn have_blob(
        &mut self,
        context: &Context,
        may_share: bool,
    ) -> Result<(), PublishError> {
        self.set_used(false);
        if let Some(key) = self.unseen.take() {
            return self.look_at(context, key).await;
        }
        if self.blob.is_none() {
            self.blob = Some(self.find_blob(context, may_share).await?);
        }
        Ok(())
    }

    /// Finds a blob of the same bytes that may be shared, or stores the bytes. A blob that has lost its own is shared with
    /// nobody: here are the bytes that it needs.
    async fn find_blob(&self, context: &Context, may_share: bool) -> Result<Blob, PublishError> {
        let staged = &self.request.staged;
        if !may_share {
            return self.store(context, None).await;
        }
        let Some(key) = context.catalog.shareable_blob(&staged.sha256()).await? else {
            return self.store(context, None).await;
        };
        match problem_of(context, &key, staged.size()).await? {
            None => Ok(Blob::shared(key)),
            Some(problem) => self.store(context, Some(Lost { key, problem })).await,
        }
    }

    /// Uses the blob of the file that is there already if it is whole; else its files are to use the one at hand.
    async fn look_at(&mut self, context: &Context, key: BlobKey) -> Result<(), PublishError> {
        let size = self.request.staged.size();
        let Some(problem) = problem_of(context, &key, size).await? else {
            self.discard_blob(context).await;
            self.blob = Some(Blob::shared(key));
            return Ok(());
        };
        let lost = Some(Lost { key, problem });
        match &mut self.blob {
            Some(blob) => blob.instead_of = lost,
            None => self.blob = Some(self.store(context, lost).await?),
        }
        Ok(())
    }

    async fn store(
        &self,
        context: &Context,
        instead_of: Option<Lost>,
    ) -> Result<Blob, PublishError> {
        Ok(Blob {
            key: store_noted::<PublishError>(context, &self.request.staged).await?,
            instead_of,
            used: false,
            stored_now: true,
        })
    }

    /// Deletes the bytes if they were stored for this upload. What cannot be deleted is noted and unused, so a sweep finds
    /// it; the answer to the publisher does not depend on it.
    pub(super) async fn discard_blob(&mut self, context: &Context) {
        let Some(Blob {
            key,
            stored_now: true,
            ..
        }) = self.blob.take()
        else {
            return;
        };
        if let Err(error) = context.blobs.delete(&key).await {
            tracing::warn!(
                %error, blob = %key,
                "the blob {key}, which nothing uses, could not be deleted and is left to the sweep: {error}"
            );
        }
    }

    /// The number of the version that it goes into: that of the files before it, if it is not the first.
    pub(super) fn number(&self, before: Option<&Published>) -> Result<Number, PublishError> {
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

impl Blob {
    fn shared(key: BlobKey) -> Self {
        Self {
            key,
            instead_of: None,
            used: false,
            stored_now: false,
        }
    }
}

/// What is wrong with a blob that should have so many bytes, as far as its size tells: to compare digests is for `fsck`.
async fn problem_of(
    context: &Context,
    key: &BlobKey,
    expected: u64,
) -> Result<Option<&'static str>, BlobError> {
    let key = *key;
    let fault = match context.blobs.size(&key).await? {
        Some(found) if found == expected => return Ok(None),
        Some(found) => Fault::BlobOfWrongSize {
            key,
            expected,
            found,
        },
        None => Fault::BlobMissing { key },
    };
    Ok(Some(fault.code()))
}
