//! Sessions, and the set-up link.

use async_trait::async_trait;
use cellier_model::accounts::AccountName;
use cellier_model::ports::{CatalogError, SessionChanges, Sessions};
use cellier_model::sessions::{Session, SessionPolicy, TokenHash};
use cellier_model::{Id, Timestamp};

use crate::catalog::Store;
use crate::catalog::records::{id, time};
use crate::catalog::transaction::StoreTransaction;
use crate::db::{Query, Row};

macro_rules! session_columns {
    () => {
        "id, token_hash, user_name, created_at, last_used_at, expires_at, address, user_agent"
    };
}

#[async_trait]
impl Sessions for Store {
    async fn session(&self, hash: &TokenHash) -> Result<Option<Session>, CatalogError> {
        let select = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions WHERE token_hash = $1"
        );
        let query = Query::new("look for a session", select).bind(hash.to_hex());
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(session).transpose()
    }

    async fn session_of_id(&self, id: Id<Session>) -> Result<Option<Session>, CatalogError> {
        let select = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions WHERE id = $1"
        );
        let query = Query::new("read a session", select).bind(id.to_string());
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(session).transpose()
    }

    async fn sessions(
        &self,
        user: &AccountName,
        (policy, now): (SessionPolicy, Timestamp),
        before: Option<Id<Session>>,
        limit: u32,
    ) -> Result<Vec<Session>, CatalogError> {
        let select = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions WHERE user_name = "
        );
        let mut query = Query::new("list sessions", select);
        query.push_value(user.as_str());
        query.push(" AND expires_at > ").push_value(now.as_micros());
        query
            .push(" AND last_used_at > ")
            .push_value(now.minus(policy.idle).as_micros());
        if let Some(before) = before {
            query.push(" AND id < ").push_value(before.to_string());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_value(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(session).collect()
    }

    async fn note_session_use(
        &self,
        uses: &[(Id<Session>, Timestamp)],
    ) -> Result<(), CatalogError> {
        let update = "UPDATE sessions SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1";
        let mut transaction = self.database.begin().await?;
        for (id, at) in uses {
            let query = Query::new("note the use of a session", update)
                .bind(at.as_micros())
                .bind(id.to_string());
            transaction.execute(query).await?;
        }
        transaction.commit().await
    }

    async fn forget_sessions(&self, expired_before: Timestamp) -> Result<(), CatalogError> {
        let delete = "DELETE FROM sessions WHERE expires_at < $1";
        let mut transaction = self.database.begin().await?;
        let query = Query::new("forget sessions", delete).bind(expired_before.as_micros());
        transaction.execute(query).await?;
        transaction.commit().await
    }
}

fn session(row: &Row) -> Result<Session, CatalogError> {
    let address = row.optional_text("address")?.map(|text| text.parse());
    Ok(Session {
        id: id(row, "id")?,
        hash: row.parsed("token_hash", TokenHash::from_hex)?,
        user: row.parsed("user_name", AccountName::parse)?,
        created_at: time(row, "created_at")?,
        last_used_at: time(row, "last_used_at")?,
        expires_at: time(row, "expires_at")?,
        address: address
            .transpose()
            .map_err(|_not_an_address| CatalogError::Broken {
                what: "session",
                problem: "its address".to_owned(),
            })?,
        user_agent: row.optional_text("user_agent")?,
    })
}

/// Finds the set-up link if it is the one and has not expired.
pub(super) fn setup_link_query(hash: &TokenHash, now: Timestamp) -> Query {
    let select = "SELECT 1 AS one FROM setup_links WHERE token_hash = $1 AND expires_at > $2";
    Query::new("look for the set-up link", select)
        .bind(hash.to_hex())
        .bind(now.as_micros())
}

#[async_trait]
impl SessionChanges for StoreTransaction {
    async fn insert_session(&mut self, session: &Session, kept: u32) -> Result<(), CatalogError> {
        let insert = concat!(
            "INSERT INTO sessions (",
            session_columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        );
        let query = Query::new("make a session", insert)
            .bind(session.id.to_string())
            .bind(session.hash.to_hex())
            .bind(session.user.as_str())
            .bind(session.created_at.as_micros())
            .bind(session.last_used_at.as_micros())
            .bind(session.expires_at.as_micros())
            .bind(session.address.map(|address| address.to_string()))
            .bind(session.user_agent.clone());
        self.execute(query).await?;
        let delete = "DELETE FROM sessions WHERE user_name = $1 AND id NOT IN \
                      (SELECT id FROM sessions WHERE user_name = $1 ORDER BY id DESC LIMIT $2)";
        let query = Query::new("end the oldest sessions", delete)
            .bind(session.user.as_str())
            .bind(kept);
        self.execute(query).await
    }

    async fn end_session(&mut self, id: Id<Session>) -> Result<bool, CatalogError> {
        let delete = "DELETE FROM sessions WHERE id = $1";
        let query = Query::new("end a session", delete).bind(id.to_string());
        Ok(self.0.execute(query).await? == 1)
    }

    async fn end_session_of_token(&mut self, hash: &TokenHash) -> Result<(), CatalogError> {
        let delete = "DELETE FROM sessions WHERE token_hash = $1";
        let query = Query::new("end the session of a token", delete).bind(hash.to_hex());
        self.execute(query).await
    }

    async fn end_sessions_of(
        &mut self,
        user: &AccountName,
        but: Option<Id<Session>>,
    ) -> Result<(), CatalogError> {
        let delete = "DELETE FROM sessions WHERE user_name = $1 AND id <> $2";
        let query = Query::new("end the sessions of a user", delete)
            .bind(user.as_str())
            .bind(but.map_or_else(String::new, |but| but.to_string()));
        self.execute(query).await
    }

    async fn session_is_there(&mut self, id: Id<Session>) -> Result<bool, CatalogError> {
        let select = "SELECT 1 AS one FROM sessions WHERE id = $1";
        let mut query = Query::new("ask whether a session is there", select).bind(id.to_string());
        if self.0.locks_rows() {
            query.push(" FOR SHARE");
        }
        Ok(self.0.fetch_optional(query).await?.is_some())
    }

    async fn put_setup_link(
        &mut self,
        hash: &TokenHash,
        expires_at: Timestamp,
    ) -> Result<(), CatalogError> {
        let upsert = "INSERT INTO setup_links (slot, token_hash, expires_at) VALUES (1, $1, $2) \
                      ON CONFLICT (slot) DO UPDATE \
                      SET token_hash = excluded.token_hash, expires_at = excluded.expires_at";
        let query = Query::new("offer a set-up link", upsert)
            .bind(hash.to_hex())
            .bind(expires_at.as_micros());
        self.execute(query).await
    }

    async fn take_setup_link(
        &mut self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let delete = "DELETE FROM setup_links WHERE token_hash = $1 AND expires_at > $2";
        let query = Query::new("use the set-up link up", delete)
            .bind(hash.to_hex())
            .bind(now.as_micros());
        Ok(self.0.execute(query).await? == 1)
    }

    async fn withdraw_setup_link(&mut self) -> Result<(), CatalogError> {
        let delete = "DELETE FROM setup_links";
        self.execute(Query::new("withdraw the set-up link", delete))
            .await
    }
}
