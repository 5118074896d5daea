//! What takes space: versions that a policy may remove, blobs that nothing uses.

use async_trait::async_trait;
use cellier_model::ports::{BlobRecord, CatalogError, Space, SpaceChanges, SpaceUsage};
use cellier_model::retention::Retained;
use cellier_model::{Artefact, BlobKey, FormatId, Id, Timestamp};

use crate::catalog::Store;
use crate::catalog::listing::artefact_columns;
use crate::catalog::records::{artefact, time, version, version_columns};
use crate::catalog::transaction::StoreTransaction;
use crate::db::{Query, Row, Session};

/// How many keys one statement names.
const KEYS: usize = 200;

const SELECT_RETAINED: &str = concat!(
    "SELECT ",
    version_columns!(),
    ", (SELECT CAST(COALESCE(SUM(f.size), 0) AS BIGINT) FROM files f WHERE f.version_id = v.id) AS size, \
     EXISTS (SELECT 1 FROM tags t WHERE t.version_id = v.id) AS tagged \
     FROM versions v WHERE v.artefact_id = $1 AND v.deleted_at IS NULL ORDER BY v.sort_key DESC, v.id DESC"
);

fn retained(row: &Row) -> Result<Retained, CatalogError> {
    Ok(Retained {
        version: version(row)?,
        size: row.unsigned("size")?,
        tagged: row.bool("tagged")?,
    })
}

pub(super) fn blob_record(row: &Row) -> Result<BlobRecord, CatalogError> {
    Ok(BlobRecord {
        key: row.parsed("blob_key", str::parse)?,
        size: row.unsigned("size")?,
    })
}

#[async_trait]
impl Space for Store {
    async fn artefacts_of_format(
        &self,
        format: &FormatId,
        after: Option<Id<Artefact>>,
        limit: u32,
    ) -> Result<Vec<Artefact>, CatalogError> {
        let select = concat!(
            "SELECT ",
            artefact_columns!(),
            " FROM artefacts a WHERE a.format = $1 AND a.id > $2 AND a.deleted_at IS NULL ORDER BY a.id LIMIT $3"
        );
        let query = Query::new("read the artefacts of a format", select)
            .bind(format.as_str())
            .bind(after.map_or_else(String::new, |id| id.to_string()))
            .bind(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(artefact).collect()
    }

    async fn retained_versions(
        &self,
        artefact: Id<Artefact>,
    ) -> Result<Vec<Retained>, CatalogError> {
        let query = Query::new("read what is retained", SELECT_RETAINED).bind(artefact.to_string());
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(retained).collect()
    }

    async fn unused_blobs(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<BlobRecord>, CatalogError> {
        let select = "SELECT blob_key, size FROM blobs WHERE unused_since IS NOT NULL AND unused_since < $1 \
                      AND NOT dying ORDER BY unused_since LIMIT $2";
        let query = Query::new("look for unused blobs", select)
            .bind(before.as_micros())
            .bind(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(blob_record).collect()
    }

    async fn dying_blobs(
        &self,
        after: Option<&BlobKey>,
        limit: u32,
    ) -> Result<Vec<BlobRecord>, CatalogError> {
        let select = "SELECT blob_key, size FROM blobs WHERE dying AND blob_key > $1 ORDER BY blob_key LIMIT $2";
        let query = Query::new("look for dying blobs", select)
            .bind(after.map_or_else(String::new, ToString::to_string))
            .bind(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(blob_record).collect()
    }

    async fn count_freeable(&self, before: Timestamp) -> Result<(u64, u64), CatalogError> {
        let select = "SELECT COUNT(*) AS blobs, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM blobs \
                      WHERE dying OR unused_since < $1";
        let query = Query::new("add up the blobs", select).bind(before.as_micros());
        self.count_blobs(query).await
    }

    async fn orphans_seen(
        &self,
        keys: &[BlobKey],
    ) -> Result<Vec<(BlobKey, Timestamp)>, CatalogError> {
        let mut seen = Vec::new();
        for some in keys.chunks(KEYS) {
            let mut query = Query::new(
                "read since when blobs are unknown",
                "SELECT blob_key, first_seen FROM orphans WHERE blob_key IN (",
            );
            push_keys(&mut query, some.iter().map(ToString::to_string));
            query.push(")");
            for row in self.database.fetch_all(query).await? {
                seen.push((
                    row.parsed("blob_key", str::parse)?,
                    time(&row, "first_seen")?,
                ));
            }
        }
        Ok(seen)
    }

    async fn known_blobs(&self, keys: &[BlobKey]) -> Result<Vec<BlobKey>, CatalogError> {
        let mut known = Vec::new();
        for some in keys.chunks(KEYS) {
            let mut query = Query::new(
                "compare stored blobs with the catalogue",
                "SELECT blob_key FROM blobs WHERE blob_key IN (",
            );
            push_keys(&mut query, some.iter().map(ToString::to_string));
            query.push(")");
            for row in self.database.fetch_all(query).await? {
                known.push(row.parsed("blob_key", str::parse)?);
            }
        }
        Ok(known)
    }

    async fn space(&self) -> Result<SpaceUsage, CatalogError> {
        let (blobs, bytes) = self
            .count_blobs(Query::new(
                "add up the blobs",
                "SELECT COUNT(*) AS blobs, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM blobs",
            ))
            .await?;
        let (reclaimable_blobs, reclaimable_bytes) = self
            .count_blobs(Query::new(
                "add up the blobs",
                "SELECT COUNT(*) AS blobs, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM blobs \
                 WHERE unused_since IS NOT NULL",
            ))
            .await?;
        Ok(SpaceUsage {
            blobs,
            bytes,
            reclaimable_blobs,
            reclaimable_bytes,
        })
    }
}

impl Store {
    async fn count_blobs(&self, query: Query) -> Result<(u64, u64), CatalogError> {
        match self.database.fetch_optional(query).await? {
            Some(row) => Ok((row.unsigned("blobs")?, row.unsigned("bytes")?)),
            None => Ok((0, 0)),
        }
    }
}

fn push_keys(query: &mut Query, keys: impl IntoIterator<Item = String>) {
    for (index, key) in keys.into_iter().enumerate() {
        query
            .push(if index == 0 { "" } else { ", " })
            .push_value(key);
    }
}

#[async_trait]
impl SpaceChanges for StoreTransaction {
    async fn retained_versions(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Vec<Retained>, CatalogError> {
        let query = Query::new("read what is retained", SELECT_RETAINED).bind(artefact.to_string());
        let rows = self.0.fetch_all(query).await?;
        rows.iter().map(retained).collect()
    }

    async fn condemn_blob(
        &mut self,
        key: &BlobKey,
        before: Timestamp,
    ) -> Result<bool, CatalogError> {
        // The row is locked by one statement and its use looked up by the next, which sees what was committed while the
        // first one waited for a publish.
        lock_blobs(&mut self.0, vec![key.to_string()]).await?;
        let condemn = "UPDATE blobs SET dying = $3 WHERE blob_key = $1 AND unused_since < $2 AND NOT dying \
                       AND NOT EXISTS (SELECT 1 FROM files WHERE files.blob_key = blobs.blob_key)";
        let query = Query::new("condemn a blob", condemn)
            .bind(key.to_string())
            .bind(before.as_micros())
            .bind(true);
        Ok(self.0.execute(query).await? == 1)
    }

    async fn forget_blobs(&mut self, keys: &[BlobKey]) -> Result<(), CatalogError> {
        for some in keys.chunks(KEYS) {
            let mut query = Query::new(
                "forget blobs",
                "DELETE FROM blobs WHERE dying AND blob_key IN (",
            );
            push_keys(&mut query, some.iter().map(ToString::to_string));
            query.push(")");
            self.0.execute(query).await?;
        }
        Ok(())
    }

    async fn note_orphans(&mut self, keys: &[BlobKey], now: Timestamp) -> Result<(), CatalogError> {
        for some in keys.chunks(KEYS) {
            let mut query = Query::new(
                "note unknown blobs",
                "INSERT INTO orphans (blob_key, first_seen, last_seen) VALUES ",
            );
            for (index, key) in some.iter().enumerate() {
                query.push(if index == 0 { "(" } else { ", (" });
                query.push_value(key.to_string());
                query.push(", ").push_value(now.as_micros());
                query.push(", ").push_value(now.as_micros());
                query.push(")");
            }
            query.push(" ON CONFLICT (blob_key) DO UPDATE SET last_seen = excluded.last_seen");
            self.0.execute(query).await?;
        }
        Ok(())
    }

    async fn forget_orphans(&mut self, before: Timestamp) -> Result<(), CatalogError> {
        let delete = "DELETE FROM orphans WHERE last_seen < $1";
        let query = Query::new("forget unknown blobs", delete).bind(before.as_micros());
        self.0.execute(query).await.map(drop)
    }
}

/// Which files are removed.
pub(super) enum FilesOf {
    Version(String),
    Artefact(String),
}

/// Removes files and notes which blobs nothing uses any more.
///
/// Two who remove the last two files of one blob at the same time must not each think that the other's file is still
/// there, so the blobs are locked first, always in the same order.
pub(super) async fn delete_files(
    session: &mut Session,
    of: &FilesOf,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let (select, delete, id) = match of {
        FilesOf::Version(id) => (
            "SELECT DISTINCT blob_key FROM files WHERE version_id = $1 ORDER BY blob_key",
            "DELETE FROM files WHERE version_id = $1",
            id,
        ),
        FilesOf::Artefact(id) => (
            "SELECT DISTINCT f.blob_key FROM versions v JOIN files f ON f.version_id = v.id \
             WHERE v.artefact_id = $1 ORDER BY f.blob_key",
            "DELETE FROM files WHERE version_id IN (SELECT id FROM versions WHERE artefact_id = $1)",
            id,
        ),
    };
    let rows = session
        .fetch_all(Query::new("look for the blobs of files", select).bind(id.as_str()))
        .await?;
    let keys = rows
        .iter()
        .map(|row| row.text("blob_key"))
        .collect::<Result<Vec<_>, _>>()?;
    lock_blobs(session, keys.clone()).await?;
    session
        .execute(Query::new("delete files", delete).bind(id.as_str()))
        .await?;
    for some in keys.chunks(KEYS) {
        let mut query = Query::new("note unused blobs", "UPDATE blobs SET unused_since = ");
        query.push_value(now.as_micros());
        query.push(" WHERE unused_since IS NULL AND blob_key IN (");
        push_keys(&mut query, some.iter().cloned());
        query.push(") AND NOT EXISTS (SELECT 1 FROM files WHERE files.blob_key = blobs.blob_key)");
        session.execute(query).await?;
    }
    Ok(())
}

/// Locks the rows of blobs, whose keys stand in their order. SQLite has one writer anyway.
pub(super) async fn lock_blobs(
    session: &mut Session,
    keys: Vec<String>,
) -> Result<(), CatalogError> {
    if !session.locks_rows() {
        return Ok(());
    }
    for some in keys.chunks(KEYS) {
        let mut query = Query::new(
            "lock blobs",
            "SELECT blob_key FROM blobs WHERE blob_key IN (",
        );
        push_keys(&mut query, some.iter().cloned());
        query.push(") ORDER BY blob_key FOR UPDATE");
        session.fetch_all(query).await?;
    }
    Ok(())
}
