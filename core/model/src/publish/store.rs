//! Storing staged bytes so that they are never unknown.

use crate::ports::{BlobError, CatalogError};
use crate::retry::Attempts;
use crate::{BlobKey, Context, StagedBlob};

/// Stores staged bytes durably under a fresh key, which nothing uses yet.
///
/// The key is noted before its bytes are stored: bytes that are left when the process dies half way are known, and the
/// sweep finds them without looking through the whole store.
pub(crate) async fn store_noted<E: From<BlobError> + From<CatalogError>>(
    context: &Context,
    staged: &StagedBlob,
) -> Result<BlobKey, E> {
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
    Ok(key)
}

async fn note(context: &Context, key: &BlobKey, size: u64) -> Result<(), CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    transaction
        .note_blob(key, size, context.clock.now())
        .await?;
    transaction.commit().await
}
