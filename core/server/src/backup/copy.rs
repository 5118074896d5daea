//! Copying blobs from one storage to another.

use cellier_model::ports::{BlobError, BlobRecord, Blobs};
use futures_util::StreamExt as _;

use crate::cli::Progress;

/// How many blobs are copied at the same time.
pub(super) const AT_A_TIME: usize = 4;

/// Why a blob was not copied.
#[derive(Debug)]
pub(super) enum CopyError {
    /// Where it comes from does not have it, or has something else.
    Source(String),
    /// Where it goes does not take it.
    Target(BlobError),
}

/// Copies a blob under its own key; durable when this has answered. Its bytes are compared with their digest on the way:
/// what is not right is not stored.
pub(super) async fn copy_blob(
    from: &dyn Blobs,
    to: &dyn Blobs,
    blob: BlobRecord,
    progress: &Progress,
) -> Result<(), CopyError> {
    let unreadable = |error: &dyn std::error::Error| {
        let reason = crate::cli::in_one_line(error);
        CopyError::Source(format!("it cannot be read: {reason}"))
    };
    match from.size(&blob.key).await {
        Ok(Some(size)) if size == blob.size => {}
        Ok(Some(size)) => {
            let expected = blob.size;
            return Err(CopyError::Source(format!(
                "it has {size} bytes where {expected} are expected"
            )));
        }
        Ok(None) => return Err(CopyError::Source("it is missing".to_owned())),
        Err(error) => return Err(unreadable(&error)),
    }
    let pieces = from.read(&blob.key, 0..blob.size).await;
    let mut pieces = pieces.map_err(|error| unreadable(&error))?;
    let mut staging = to.stage(&[]).await.map_err(CopyError::Target)?;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| unreadable(&error))?;
        progress.advance(piece.len() as u64);
        staging.write(piece).await.map_err(CopyError::Target)?;
    }
    let staged = staging.finish().await.map_err(CopyError::Target)?;
    if staged.sha256() != blob.key.sha256() {
        let found = staged.sha256();
        return Err(CopyError::Source(format!(
            "its bytes have changed: their SHA-256 is {found}"
        )));
    }
    to.store(&staged, &blob.key)
        .await
        .map_err(CopyError::Target)
}
