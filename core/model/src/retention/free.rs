//! Deleting bytes, several at a time, whatever becomes of single ones.

use futures_util::{StreamExt as _, stream};

use crate::Context;
use crate::ports::{BlobError, BlobRecord};
use crate::retention::Swept;

/// How many blobs are deleted at the same time: a store in the network takes its time for each.
const AT_A_TIME: usize = 8;

/// After so many in a row that could not be deleted, and none that could, it is the store and not the blob.
const HOPELESS: u64 = 200;

/// What a sweep has freed so far, and what it could not.
#[derive(Debug, Default)]
pub(super) struct Freeing {
    pub(super) swept: Swept,
    failed_in_a_row: u64,
}

impl Freeing {
    /// Deletes the bytes of blobs and gives those whose bytes are gone. One that cannot be deleted is told, counted, and
    /// left to the next sweep: the others must not wait for it. An error only if nothing can be deleted any more.
    pub(super) async fn delete(
        &mut self,
        context: &Context,
        blobs: &[BlobRecord],
    ) -> Result<Vec<BlobRecord>, BlobError> {
        let each = blobs.iter().copied().map(|blob| async move {
            let deleted = context.blobs.delete(&blob.key).await;
            (blob, deleted)
        });
        let mut all = stream::iter(each).buffer_unordered(AT_A_TIME);
        let mut gone = Vec::new();
        while let Some((blob, deleted)) = all.next().await {
            match deleted {
                Ok(()) => {
                    self.failed_in_a_row = 0;
                    gone.push(blob);
                }
                Err(error) => self.note_failure(&blob, error)?,
            }
        }
        Ok(gone)
    }

    fn note_failure(&mut self, blob: &BlobRecord, error: BlobError) -> Result<(), BlobError> {
        self.swept.failed += 1;
        self.failed_in_a_row += 1;
        if self.failed_in_a_row >= HOPELESS {
            return Err(error);
        }
        let key = blob.key;
        tracing::warn!(%key, ?error, "the bytes of {key} could not be deleted; the next sweep tries again: {error}");
        Ok(())
    }
}
