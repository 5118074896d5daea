//! The rows of blobs.

use cellier_model::ports::CatalogError;
use cellier_model::{BlobKey, Timestamp};

use crate::db::{Query, Session};

/// Notes a fresh key, unused for now.
pub(super) async fn note_blob(
    session: &mut Session,
    key: &BlobKey,
    size: u64,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let insert = "INSERT INTO blobs (blob_key, sha256, size, dying, created_at, unused_since) \
                  VALUES ($1, $2, $3, $4, $5, $5)";
    let query = Query::new("note a blob", insert)
        .bind(key.to_string())
        .bind(key.sha256().to_hex())
        .bind(size)
        .bind(false)
        .bind(now.as_micros());
    session.execute(query).await.map(drop)
}

/// Takes a noted blob into use, and locks its row: a sweep that wants it waits for us, or we for it.
pub(super) async fn use_blob(session: &mut Session, key: &BlobKey) -> Result<bool, CatalogError> {
    let update = "UPDATE blobs SET unused_since = NULL WHERE blob_key = $1 AND NOT dying";
    let query = Query::new("take a blob into use", update).bind(key.to_string());
    Ok(session.execute(query).await? == 1)
}
