//! Keys that sign.

use async_trait::async_trait;
use cellier_model::Timestamp;
use cellier_model::ports::{CatalogError, SigningKeyChanges, SigningKeys};
use cellier_model::signing::{PrivateKey, SigningKeyRecord};

use crate::catalog::Store;
use crate::catalog::records::{optional_time, time};
use crate::catalog::transaction::StoreTransaction;
use crate::db::{Query, Row};

/// The one algorithm so far; of each one key is in use at a time.
const ALGORITHM: &str = "ecdsa-p256-sha256";

const IN_USE: &str = "SELECT key_id, public_key, private_key, created_at, retired_at FROM signing_keys \
                      WHERE algorithm = $1 AND retired_at IS NULL";

#[async_trait]
impl SigningKeys for Store {
    async fn signing_key(&self) -> Result<Option<SigningKeyRecord>, CatalogError> {
        let query = Query::new("read the key that signs", IN_USE).bind(ALGORITHM);
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(signing_key).transpose()
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKeyRecord>, CatalogError> {
        let select = "SELECT key_id, public_key, NULL AS private_key, created_at, retired_at FROM signing_keys \
                      WHERE algorithm = $1 ORDER BY retired_at IS NOT NULL, retired_at DESC, key_id";
        let query = Query::new("list the keys that sign", select).bind(ALGORITHM);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(signing_key).collect()
    }
}

fn signing_key(row: &Row) -> Result<SigningKeyRecord, CatalogError> {
    Ok(SigningKeyRecord {
        id: row.text("key_id")?,
        public_key: row.text("public_key")?,
        private_key: row.optional_text("private_key")?.map(PrivateKey::new),
        created_at: time(row, "created_at")?,
        retired_at: optional_time(row, "retired_at")?,
    })
}

#[async_trait]
impl SigningKeyChanges for StoreTransaction {
    async fn lock_signing_key(&mut self) -> Result<Option<SigningKeyRecord>, CatalogError> {
        let mut query = Query::new("lock the key that signs", IN_USE).bind(ALGORITHM);
        if self.0.locks_rows() {
            query.push(" FOR UPDATE");
        }
        let row = self.0.fetch_optional(query).await?;
        row.as_ref().map(signing_key).transpose()
    }

    async fn insert_signing_key(&mut self, key: &SigningKeyRecord) -> Result<(), CatalogError> {
        let upsert = "INSERT INTO signing_keys (key_id, algorithm, public_key, private_key, created_at) \
                      VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_id) DO UPDATE \
                      SET private_key = excluded.private_key, retired_at = NULL";
        let private_key = key.private_key.as_ref().map(|key| key.reveal().to_owned());
        let query = Query::new("put a key that signs into use", upsert)
            .bind(key.id.as_str())
            .bind(ALGORITHM)
            .bind(key.public_key.as_str())
            .bind(private_key)
            .bind(key.created_at.as_micros());
        self.execute(query).await
    }

    async fn retire_signing_key(&mut self, id: &str, now: Timestamp) -> Result<(), CatalogError> {
        let update =
            "UPDATE signing_keys SET retired_at = $1, private_key = NULL WHERE key_id = $2";
        let query = Query::new("retire a key that signs", update)
            .bind(now.as_micros())
            .bind(id);
        self.execute(query).await
    }
}
