//! API keys.

use std::sync::Arc;

use async_trait::async_trait;
use cellier_model::keys::{ApiKey, KeyHash, KeyType, NamePattern, Scope, UnknownKeyType};
use cellier_model::ports::{CatalogError, Keys};
use cellier_model::{AccountRef, FormatId, Id, Timestamp};
use cellier_sdk::{Digest, DigestAlgorithm};

use crate::catalog::Store;
use crate::catalog::records::{id, json, optional_time, time};
use crate::db::{Query, Row, Session};

macro_rules! key_columns {
    () => {
        "id, short_id, name, kind, allowed_name, allowed_category, allowed_format, hash, created_by, created_at, \
         expires_at, last_used_at, revoked_at, owner_kind, owner_name, read_only"
    };
}

#[async_trait]
impl Keys for Store {
    async fn key_by_short_id(&self, short_id: &str) -> Result<Option<Arc<ApiKey>>, CatalogError> {
        let select = concat!(
            "SELECT ",
            key_columns!(),
            " FROM api_keys WHERE short_id = $1"
        );
        let read = || async {
            let query = Query::new("look for a key", select).bind(short_id);
            let row = self.database.fetch_optional(query).await?;
            row.as_ref().map(key).transpose()
        };
        self.reads
            .get(|reads| &mut reads.keys, short_id.to_owned(), read)
            .await
    }

    async fn key(&self, id: Id<ApiKey>) -> Result<Option<ApiKey>, CatalogError> {
        let select = concat!("SELECT ", key_columns!(), " FROM api_keys WHERE id = $1");
        let row = self
            .database
            .fetch_optional(Query::new("read a key", select).bind(id.to_string()))
            .await?;
        row.as_ref().map(key).transpose()
    }

    async fn keys(
        &self,
        before: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, CatalogError> {
        let select = concat!(
            "SELECT ",
            key_columns!(),
            " FROM api_keys WHERE revoked_at IS NULL"
        );
        let mut query = Query::new("list keys", select);
        if let Some(before) = before {
            query.push(" AND id < ").push_value(before.to_string());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_value(limit);
        self.database
            .fetch_all(query)
            .await?
            .iter()
            .map(key)
            .collect()
    }

    async fn keys_of(
        &self,
        owners: &[AccountRef],
        before: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, CatalogError> {
        let select = concat!(
            "SELECT ",
            key_columns!(),
            " FROM api_keys WHERE revoked_at IS NULL AND owner_name IN ("
        );
        let mut query = Query::new("list the keys of accounts", select);
        // The names of accounts are unique whatever their kind, so the name alone finds the owner.
        query.push_values(owners.iter().map(|owner| owner.id.as_str()));
        query.push(")");
        if let Some(before) = before {
            query.push(" AND id < ").push_value(before.to_string());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_value(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(key).collect()
    }

    async fn note_key_use(&self, uses: &[(Id<ApiKey>, Timestamp)]) -> Result<(), CatalogError> {
        let update = "UPDATE api_keys SET last_used_at = $1 \
                      WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)";
        let mut session = self.database.begin().await?;
        for (id, at) in uses {
            let query = Query::new("note the use of a key", update)
                .bind(at.as_micros())
                .bind(id.to_string());
            session.execute(query).await?;
        }
        let outcome = session.commit().await;
        self.reads.forget();
        outcome
    }
}

fn key(row: &Row) -> Result<ApiKey, CatalogError> {
    let allowed_name = row.optional_text("allowed_name")?;
    let name = allowed_name
        .map(|text| NamePattern::parse(&text))
        .transpose();
    let broken = |problem: String| CatalogError::Broken {
        what: "key",
        problem,
    };
    let hash = row.parsed("hash", |hex| Digest::from_hex(DigestAlgorithm::Sha512, hex))?;
    let hash = hash
        .as_bytes()
        .try_into()
        .map_err(|_wrong_length| broken("its hash is too short".to_owned()))?;
    Ok(ApiKey {
        id: id(row, "id")?,
        short_id: row.text("short_id")?,
        name: row.text("name")?,
        kind: row.parsed("kind", read_kind)?,
        owner: owner(row)?,
        read_only: row.bool("read_only")?,
        scope: Scope {
            name: name.map_err(|error| broken(error.to_string()))?,
            category: row.optional_text("allowed_category")?,
            format: row.optional_text("allowed_format")?.map(FormatId::new),
        },
        hash: KeyHash::from_bytes(hash),
        created_by: row.json("created_by")?,
        created_at: time(row, "created_at")?,
        expires_at: optional_time(row, "expires_at")?,
        last_used_at: optional_time(row, "last_used_at")?,
        revoked_at: optional_time(row, "revoked_at")?,
    })
}

/// How the type of a key that belongs to an account is written: in words that servers do not know which know nothing of
/// owners. To those, such a key must not be one that reads everything.
const READ_OF_ACCOUNT: &str = "account-read";

fn read_kind(text: &str) -> Result<KeyType, UnknownKeyType> {
    match text {
        READ_OF_ACCOUNT => Ok(KeyType::Read),
        other => other.parse(),
    }
}

fn write_kind(key: &ApiKey) -> &'static str {
    match (key.kind, &key.owner) {
        (KeyType::Read, Some(_)) => READ_OF_ACCOUNT,
        (kind, _) => kind.as_str(),
    }
}

fn owner(row: &Row) -> Result<Option<AccountRef>, CatalogError> {
    let Some(id) = row.optional_text("owner_name")? else {
        return Ok(None);
    };
    let kind = row.parsed("owner_kind", str::parse)?;
    Ok(Some(AccountRef { kind, id }))
}

pub(super) async fn insert_key(session: &mut Session, key: &ApiKey) -> Result<(), CatalogError> {
    let insert = concat!(
        "INSERT INTO api_keys (",
        key_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    let hash = Digest::new(DigestAlgorithm::Sha512, key.hash.as_bytes()).map_err(|error| {
        CatalogError::Broken {
            what: "key",
            problem: error.to_string(),
        }
    })?;
    let micros = |time: Option<Timestamp>| time.map(Timestamp::as_micros);
    let query = Query::new("make a key", insert)
        .bind(key.id.to_string())
        .bind(key.short_id.as_str())
        .bind(key.name.as_str())
        .bind(write_kind(key))
        .bind(
            key.scope
                .name
                .as_ref()
                .map(|pattern| pattern.as_str().to_owned()),
        )
        .bind(key.scope.category.clone())
        .bind(key.scope.format.as_ref().map(ToString::to_string))
        .bind(hash.to_hex())
        .bind(json("uploader", &key.created_by)?)
        .bind(key.created_at.as_micros())
        .bind(micros(key.expires_at))
        .bind(micros(key.last_used_at))
        .bind(micros(key.revoked_at))
        .bind(
            key.owner
                .as_ref()
                .map(|owner| owner.kind.as_str().to_owned()),
        )
        .bind(key.owner.as_ref().map(|owner| owner.id.clone()))
        .bind(key.read_only);
    session.execute(query).await.map(drop)
}

pub(super) async fn revoke_key(
    session: &mut Session,
    id: Id<ApiKey>,
    now: Timestamp,
) -> Result<bool, CatalogError> {
    let update = "UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    let query = Query::new("revoke a key", update)
        .bind(now.as_micros())
        .bind(id.to_string());
    Ok(session.execute(query).await? == 1)
}

/// Locks the key's row on PostgreSQL: a revocation that comes at the same time waits until the publish is through.
pub(super) async fn key_is_active(
    session: &mut Session,
    id: Id<ApiKey>,
    now: Timestamp,
) -> Result<bool, CatalogError> {
    let select = "SELECT 1 AS one FROM api_keys \
                  WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    let mut query = Query::new("ask whether a key works", select)
        .bind(id.to_string())
        .bind(now.as_micros());
    if session.locks_rows() {
        query.push(" FOR SHARE");
    }
    Ok(session.fetch_optional(query).await?.is_some())
}
