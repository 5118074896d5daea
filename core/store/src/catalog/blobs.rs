//! The rows of blobs.

use cellier_model::ports::CatalogError;
use cellier_model::{BlobKey, Timestamp};

use crate::db::{Query, Session};

/// Takes a blob into use: notes one that is new, confirms one that is not dying.
pub(super) async fn use_blob(
    session: &mut Session,
    key: &BlobKey,
    size: u64,
    now: Timestamp,
) -> Result<bool, CatalogError> {
    let insert = "INSERT INTO blobs (blob_key, sha256, size, dying, created_at) VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (blob_key) DO NOTHING";
    let query = Query::new("note a blob", insert)
        .bind(key.to_string())
        .bind(key.sha256().to_hex())
        .bind(size)
        .bind(false)
        .bind(now.as_micros());
    session.execute(query).await?;
    // An update, so that the row is locked: a sweep that marks it as dying waits for us, or we for it.
    let confirm = "UPDATE blobs SET created_at = created_at WHERE blob_key = $1 AND NOT dying";
    Ok(session
        .execute(Query::new("confirm a blob", confirm).bind(key.to_string()))
        .await?
        == 1)
}
