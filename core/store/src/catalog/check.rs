//! Everything that is compared with what it should be.

use async_trait::async_trait;
use cellier_model::ports::{
    ArtefactIndex, BlobRecord, BlobState, BlobUse, CatalogError, CheckChanges, Checks,
};
use cellier_model::{Artefact, ArtefactName, BlobKey, FileName, FormatId, Id, Timestamp};

use crate::catalog::Store;
use crate::catalog::listing::artefact_columns;
use crate::catalog::records::{artefact, optional_time};
use crate::catalog::space::{blob_record, lock_blobs};
use crate::catalog::transaction::StoreTransaction;
use crate::db::{Query, Row};

/// Blobs `b` that a condition chooses, each with what its files say: one statement, so that it is one moment.
macro_rules! select_states {
    ($chosen:literal) => {
        concat!(
            "SELECT b.blob_key, b.size, b.unused_since, COUNT(f.id) AS files, \
             COALESCE(MIN(f.size), b.size) AS smallest_file, COALESCE(MAX(f.size), b.size) AS largest_file FROM (",
            "SELECT blob_key, size, unused_since FROM blobs WHERE NOT dying AND ",
            $chosen,
            ") b LEFT JOIN files f ON f.blob_key = b.blob_key \
             GROUP BY b.blob_key, b.size, b.unused_since ORDER BY b.blob_key"
        )
    };
}

fn select_words(artefact: Id<Artefact>) -> Query {
    let select = "SELECT word FROM artefact_words WHERE artefact_id = $1 ORDER BY word";
    Query::new("read words", select).bind(artefact.to_string())
}

fn select_accounts(artefact: Id<Artefact>) -> Query {
    let select = "SELECT account FROM artefact_access WHERE artefact_id = $1 ORDER BY account";
    Query::new("read which accounts are named", select).bind(artefact.to_string())
}

fn artefact_index(words: &[Row], accounts: &[Row]) -> Result<ArtefactIndex, CatalogError> {
    let words = words.iter().map(|row| row.text("word"));
    let accounts = accounts.iter().map(|row| row.text("account"));
    Ok(ArtefactIndex {
        words: words.collect::<Result<_, _>>()?,
        accounts: accounts.collect::<Result<_, _>>()?,
    })
}

#[async_trait]
impl Checks for Store {
    async fn blob_states(
        &self,
        after: Option<BlobKey>,
        limit: u32,
    ) -> Result<Vec<BlobState>, CatalogError> {
        let select = select_states!("blob_key > $1 ORDER BY blob_key LIMIT $2");
        let query = Query::new("read the states of blobs", select)
            .bind(after.map_or_else(String::new, |key| key.to_string()))
            .bind(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(blob_state).collect()
    }

    async fn blob_state(&self, key: &BlobKey) -> Result<Option<BlobState>, CatalogError> {
        let select = select_states!("blob_key = $1");
        let query = Query::new("read the state of a blob", select).bind(key.to_string());
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(blob_state).transpose()
    }

    async fn uses_of_blob(&self, key: &BlobKey, limit: u32) -> Result<Vec<BlobUse>, CatalogError> {
        let select = "SELECT a.format, a.name AS artefact, v.version, f.name AS file FROM files f \
                      JOIN versions v ON v.id = f.version_id JOIN artefacts a ON a.id = v.artefact_id \
                      WHERE f.blob_key = $1 ORDER BY f.published_at, f.id LIMIT $2";
        let query = Query::new("read what uses a blob", select)
            .bind(key.to_string())
            .bind(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(blob_use).collect()
    }

    async fn twins_of_blob(&self, key: &BlobKey) -> Result<Vec<BlobRecord>, CatalogError> {
        let select = "SELECT b.blob_key, b.size FROM blobs b WHERE b.sha256 = $1 AND b.blob_key <> $2 AND NOT b.dying \
                      AND EXISTS (SELECT 1 FROM files f WHERE f.blob_key = b.blob_key) ORDER BY b.blob_key";
        let query = Query::new("look for other blobs of the same bytes", select)
            .bind(key.sha256().to_hex())
            .bind(key.to_string());
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(blob_record).collect()
    }

    async fn all_artefacts(
        &self,
        after: Option<Id<Artefact>>,
        limit: u32,
    ) -> Result<Vec<Artefact>, CatalogError> {
        let select = concat!(
            "SELECT ",
            artefact_columns!(),
            " FROM artefacts a WHERE a.id > $1 ORDER BY a.id LIMIT $2"
        );
        let query = Query::new("read all artefacts", select)
            .bind(after.map_or_else(String::new, |id| id.to_string()))
            .bind(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(artefact).collect()
    }

    async fn index_of_artefact(
        &self,
        artefact: Id<Artefact>,
    ) -> Result<ArtefactIndex, CatalogError> {
        let words = self.database.fetch_all(select_words(artefact)).await?;
        let accounts = self.database.fetch_all(select_accounts(artefact)).await?;
        artefact_index(&words, &accounts)
    }
}

fn blob_state(row: &Row) -> Result<BlobState, CatalogError> {
    Ok(BlobState {
        key: row.parsed("blob_key", str::parse)?,
        size: row.unsigned("size")?,
        files: row.unsigned("files")?,
        smallest_file: row.unsigned("smallest_file")?,
        largest_file: row.unsigned("largest_file")?,
        unused_since: optional_time(row, "unused_since")?,
    })
}

fn blob_use(row: &Row) -> Result<BlobUse, CatalogError> {
    Ok(BlobUse {
        format: FormatId::new(row.text("format")?),
        name: ArtefactName::stored(row.text("artefact")?),
        version: row.text("version")?,
        file: row.parsed("file", FileName::parse)?,
    })
}

#[async_trait]
impl CheckChanges for StoreTransaction {
    async fn repoint_files(
        &mut self,
        from: &BlobKey,
        to: &BlobKey,
        now: Timestamp,
    ) -> Result<u64, CatalogError> {
        // A publish that shares the blob has committed its file before we get the lock, or waits for us.
        lock_blobs(&mut self.0, vec![from.to_string()]).await?;
        let update = "UPDATE files SET blob_key = $2, size = (SELECT size FROM blobs WHERE blob_key = $2) \
                      WHERE blob_key = $1";
        let query = Query::new("let files use another blob", update)
            .bind(from.to_string())
            .bind(to.to_string());
        let repointed = self.0.execute(query).await?;
        self.correct_mark(from, now).await?;
        Ok(repointed)
    }

    async fn correct_size(&mut self, key: &BlobKey, size: u64) -> Result<(), CatalogError> {
        for update in [
            "UPDATE blobs SET size = $2 WHERE blob_key = $1",
            "UPDATE files SET size = $2 WHERE blob_key = $1",
        ] {
            let query = Query::new("write the size of a blob", update)
                .bind(key.to_string())
                .bind(size);
            self.0.execute(query).await?;
        }
        Ok(())
    }

    async fn correct_mark(&mut self, key: &BlobKey, now: Timestamp) -> Result<bool, CatalogError> {
        lock_blobs(&mut self.0, vec![key.to_string()]).await?;
        let mark = "UPDATE blobs SET unused_since = $2 WHERE blob_key = $1 AND unused_since IS NULL AND NOT dying \
                    AND NOT EXISTS (SELECT 1 FROM files f WHERE f.blob_key = blobs.blob_key)";
        let query = Query::new("mark a blob as unused", mark)
            .bind(key.to_string())
            .bind(now.as_micros());
        let marked = self.0.execute(query).await?;
        let unmark = "UPDATE blobs SET unused_since = NULL WHERE blob_key = $1 AND unused_since IS NOT NULL AND NOT dying \
                      AND EXISTS (SELECT 1 FROM files f WHERE f.blob_key = blobs.blob_key)";
        let query = Query::new("mark a blob as used", unmark).bind(key.to_string());
        let unmarked = self.0.execute(query).await?;
        Ok(marked + unmarked > 0)
    }

    async fn index_of_artefact(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<ArtefactIndex, CatalogError> {
        let words = self.0.fetch_all(select_words(artefact)).await?;
        let accounts = self.0.fetch_all(select_accounts(artefact)).await?;
        artefact_index(&words, &accounts)
    }
}
