//! Transactions.

use std::time::Duration;

use cellier_model::ports::CatalogError;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::{Postgres, Sqlite};

use crate::db::bind::{bind_postgres, bind_sqlite};
use crate::db::query::Issued;
use crate::db::timing::{in_time, timed};
use crate::db::{Query, Row, from_sqlx};

/// A transaction. Dropped without a commit, it is rolled back.
pub(crate) struct Session {
    transaction: Transaction,
    /// How long a statement may take.
    limit: Duration,
}

pub(super) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Session {
    pub(super) fn new(transaction: Transaction, limit: Duration) -> Self {
        Self { transaction, limit }
    }

    /// Whether rows must be locked by name; SQLite has one writer anyway.
    pub(crate) fn locks_rows(&self) -> bool {
        matches!(self.transaction, Transaction::Postgres(_))
    }

    pub(crate) async fn fetch_all(&mut self, query: Query) -> Result<Vec<Row>, CatalogError> {
        let Issued {
            text,
            values,
            doing,
            is_kept,
        } = query.issue();
        let rows = match &mut self.transaction {
            Transaction::Sqlite(session) => {
                let rows = bind_sqlite(sqlx::query(text), values).fetch_all(&mut **session);
                timed(doing, self.limit, rows)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Transaction::Postgres(session) => {
                let rows = bind_postgres(sqlx::query(text), values)
                    .persistent(is_kept)
                    .fetch_all(&mut **session);
                timed(doing, self.limit, rows)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        rows.map_err(|error| from_sqlx(doing, error))
    }

    pub(crate) async fn fetch_optional(
        &mut self,
        query: Query,
    ) -> Result<Option<Row>, CatalogError> {
        Ok(self.fetch_all(query).await?.into_iter().next())
    }

    /// Rows one after the other, for tables that are larger than memory. None may take longer than a statement may.
    pub(crate) fn fetch(&mut self, query: Query) -> BoxStream<'_, Result<Row, CatalogError>> {
        let Issued {
            text,
            values,
            doing,
            is_kept,
        } = query.issue();
        let rows = match &mut self.transaction {
            Transaction::Sqlite(session) => bind_sqlite(sqlx::query(text), values)
                .fetch(&mut **session)
                .map_ok(Row::Sqlite)
                .boxed(),
            Transaction::Postgres(session) => bind_postgres(sqlx::query(text), values)
                .persistent(is_kept)
                .fetch(&mut **session)
                .map_ok(Row::Postgres)
                .boxed(),
        };
        in_time(self.limit, rows)
            .map_err(move |error| from_sqlx(doing, error))
            .boxed()
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn execute(&mut self, query: Query) -> Result<u64, CatalogError> {
        let Issued {
            text,
            values,
            doing,
            is_kept,
        } = query.issue();
        let touched = match &mut self.transaction {
            Transaction::Sqlite(session) => {
                let done = bind_sqlite(sqlx::query(text), values).execute(&mut **session);
                let done = timed(doing, self.limit, done).await;
                done.map(|done| done.rows_affected())
            }
            Transaction::Postgres(session) => {
                let done = bind_postgres(sqlx::query(text), values)
                    .persistent(is_kept)
                    .execute(&mut **session);
                let done = timed(doing, self.limit, done).await;
                done.map(|done| done.rows_affected())
            }
        };
        touched.map_err(|error| from_sqlx(doing, error))
    }

    /// Runs several statements without values, as a migration has them. They may take as long as they need.
    pub(crate) async fn execute_script(
        &mut self,
        script: &'static str,
    ) -> Result<(), CatalogError> {
        let done = match &mut self.transaction {
            Transaction::Sqlite(session) => sqlx::raw_sql(script)
                .execute(&mut **session)
                .await
                .map(drop),
            Transaction::Postgres(session) => sqlx::raw_sql(script)
                .execute(&mut **session)
                .await
                .map(drop),
        };
        done.map_err(|error| from_sqlx("run a migration", error))
    }

    pub(crate) async fn commit(self) -> Result<(), CatalogError> {
        let doing = "commit";
        let done = match self.transaction {
            Transaction::Sqlite(session) => timed(doing, self.limit, session.commit()).await,
            Transaction::Postgres(session) => timed(doing, self.limit, session.commit()).await,
        };
        done.map_err(|error| from_sqlx(doing, error))
    }
}
