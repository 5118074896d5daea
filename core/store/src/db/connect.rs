//! Connections: to SQLite one that writes and some that read, to PostgreSQL a pool.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use cellier_model::ports::CatalogError;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::query::Query as SqlxQuery;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _, Postgres, Sqlite};

use crate::db::timing::timed;
use crate::db::{DatabaseUrl, LogIndex, Query, Row, Value, from_sqlx};

/// How long a statement waits for a lock, and a request for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// Connections that read at the same time; on PostgreSQL all connections.
    pub connections: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

/// A database is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder of an SQLite file cannot be made.
    #[error("failed to make the folder of the database {url}")]
    Folder {
        /// The database.
        url: DatabaseUrl,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The database does not take the connection.
    #[error("failed to open the database {url}")]
    Connect {
        /// The database.
        url: DatabaseUrl,
        /// What went wrong.
        #[source]
        source: sqlx::Error,
    },
}

/// The connections of a store at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionUsage {
    /// Those that work right now.
    pub busy: u32,
    /// Those that wait for work.
    pub idle: u32,
}

/// A database that takes statements.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// One file: readers never wait for the writer (WAL), and there is one writer.
    Sqlite {
        path: PathBuf,
        readers: SqlitePool,
        writer: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

impl Database {
    pub(crate) async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                if let Some(folder) = path
                    .parent()
                    .filter(|folder| !folder.as_os_str().is_empty())
                {
                    std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
                        url: url.clone(),
                        source,
                    })?;
                }
                open_sqlite(path, options).await
            }
            DatabaseUrl::Postgres(text) => open_postgres(text, options).await,
        }
        .map_err(|source| OpenError::Connect {
            url: url.clone(),
            source,
        })
    }

    /// Something that tells whether the database has changed, where that costs less than to read.
    pub(crate) fn watch(&self) -> Option<LogIndex> {
        let Self::Sqlite { path, .. } = self else {
            return None;
        };
        match LogIndex::open(path) {
            Ok(watched) => Some(watched),
            Err(error) => {
                tracing::warn!(%error, "the database cannot be watched, so reads are not remembered: {error}");
                None
            }
        }
    }

    /// How many connections there are, and how many of them work.
    pub(crate) fn usage(&self) -> ConnectionUsage {
        let of = |size: u32, idle: usize| {
            let idle = u32::try_from(idle).map_or(size, |idle| idle.min(size));
            ConnectionUsage {
                busy: size - idle,
                idle,
            }
        };
        match self {
            Self::Sqlite {
                readers, writer, ..
            } => {
                let readers = of(readers.size(), readers.num_idle());
                let writer = of(writer.size(), writer.num_idle());
                ConnectionUsage {
                    busy: readers.busy + writer.busy,
                    idle: readers.idle + writer.idle,
                }
            }
            Self::Postgres(pool) => of(pool.size(), pool.num_idle()),
        }
    }

    /// Begins a transaction that may write. On SQLite it holds the write lock from the start, so that it never fails
    /// half way because another writer came in between.
    pub(crate) async fn begin(&self) -> Result<Session, CatalogError> {
        let doing = "begin a transaction";
        match self {
            Self::Sqlite { writer, .. } => {
                let transaction = timed(doing, writer.begin_with("BEGIN IMMEDIATE"));
                transaction
                    .await
                    .map(Session::Sqlite)
                    .map_err(|error| from_sqlx(doing, error))
            }
            Self::Postgres(pool) => timed(doing, pool.begin())
                .await
                .map(Session::Postgres)
                .map_err(|error| from_sqlx(doing, error)),
        }
    }

    /// Begins a transaction that only reads, and sees what its first statement sees until its end.
    pub(crate) async fn begin_snapshot(&self) -> Result<Session, CatalogError> {
        let doing = "begin a snapshot";
        match self {
            Self::Sqlite { readers, .. } => timed(doing, readers.begin())
                .await
                .map(Session::Sqlite)
                .map_err(|error| from_sqlx(doing, error)),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                timed(doing, pool.begin_with(begin))
                    .await
                    .map(Session::Postgres)
                    .map_err(|error| from_sqlx(doing, error))
            }
        }
    }

    pub(crate) async fn fetch_all(&self, query: Query) -> Result<Vec<Row>, CatalogError> {
        let Query {
            text,
            values,
            doing,
        } = query;
        let text = AssertSqlSafe(text.into_owned());
        let rows = match self {
            Self::Sqlite { readers, .. } => {
                let rows = bind_sqlite(sqlx::query(text), values).fetch_all(readers);
                timed(doing, rows)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(pool) => {
                let rows = bind_postgres(sqlx::query(text), values).fetch_all(pool);
                timed(doing, rows)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        rows.map_err(|error| from_sqlx(doing, error))
    }

    pub(crate) async fn fetch_optional(&self, query: Query) -> Result<Option<Row>, CatalogError> {
        Ok(self.fetch_all(query).await?.into_iter().next())
    }
}

/// A transaction. Dropped without a commit, it is rolled back.
pub(crate) enum Session {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Session {
    /// Whether rows must be locked by name; SQLite has one writer anyway.
    pub(crate) fn locks_rows(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    pub(crate) async fn fetch_all(&mut self, query: Query) -> Result<Vec<Row>, CatalogError> {
        let Query {
            text,
            values,
            doing,
        } = query;
        let text = AssertSqlSafe(text.into_owned());
        let rows = match self {
            Self::Sqlite(session) => {
                let rows = bind_sqlite(sqlx::query(text), values).fetch_all(&mut **session);
                timed(doing, rows)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(session) => {
                let rows = bind_postgres(sqlx::query(text), values).fetch_all(&mut **session);
                timed(doing, rows)
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

    /// Rows one after the other, for tables that are larger than memory.
    pub(crate) fn fetch(&mut self, query: Query) -> BoxStream<'_, Result<Row, CatalogError>> {
        let Query {
            text,
            values,
            doing,
        } = query;
        let text = AssertSqlSafe(text.into_owned());
        match self {
            Self::Sqlite(session) => bind_sqlite(sqlx::query(text), values)
                .fetch(&mut **session)
                .map(move |row| {
                    row.map(Row::Sqlite)
                        .map_err(|error| from_sqlx(doing, error))
                })
                .boxed(),
            Self::Postgres(session) => bind_postgres(sqlx::query(text), values)
                .fetch(&mut **session)
                .map(move |row| {
                    row.map(Row::Postgres)
                        .map_err(|error| from_sqlx(doing, error))
                })
                .boxed(),
        }
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn execute(&mut self, query: Query) -> Result<u64, CatalogError> {
        let Query {
            text,
            values,
            doing,
        } = query;
        let text = AssertSqlSafe(text.into_owned());
        let touched = match self {
            Self::Sqlite(session) => {
                let done = bind_sqlite(sqlx::query(text), values).execute(&mut **session);
                timed(doing, done).await.map(|done| done.rows_affected())
            }
            Self::Postgres(session) => {
                let done = bind_postgres(sqlx::query(text), values).execute(&mut **session);
                timed(doing, done).await.map(|done| done.rows_affected())
            }
        };
        touched.map_err(|error| from_sqlx(doing, error))
    }

    /// Runs several statements without values, as a migration has them.
    pub(crate) async fn execute_script(
        &mut self,
        script: &'static str,
    ) -> Result<(), CatalogError> {
        let done = match self {
            Self::Sqlite(session) => sqlx::raw_sql(script)
                .execute(&mut **session)
                .await
                .map(drop),
            Self::Postgres(session) => sqlx::raw_sql(script)
                .execute(&mut **session)
                .await
                .map(drop),
        };
        done.map_err(|error| from_sqlx("run a migration", error))
    }

    pub(crate) async fn commit(self) -> Result<(), CatalogError> {
        let doing = "commit";
        let done = match self {
            Self::Sqlite(session) => timed(doing, session.commit()).await,
            Self::Postgres(session) => timed(doing, session.commit()).await,
        };
        done.map_err(|error| from_sqlx(doing, error))
    }
}

async fn open_sqlite(
    path: &std::path::Path,
    options: StoreOptions,
) -> Result<Database, sqlx::Error> {
    // FULL, because NORMAL may lose the last commits when the power goes: what was acknowledged is never lost.
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writer = pool()
        .min_connections(1)
        .max_connections(1)
        .after_release(|connection, _| Box::pin(is_sound(connection)))
        .connect_with(connect.clone())
        .await?;
    let readers = pool()
        .max_connections(options.connections)
        .connect_with(connect.read_only(true))
        .await?;
    Ok(Database::Sqlite {
        path: path.to_owned(),
        readers,
        writer,
    })
}

/// Whether a connection can go on after a transaction. SQLite ends a transaction by itself when the disk is full; sqlx
/// then still counts it, cannot roll it back, and would never begin another one on this connection.
async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a transaction that was dropped waits in a queue; the ping stands behind it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_postgres(url: &str, options: StoreOptions) -> Result<Database, sqlx::Error> {
    let connect = PgConnectOptions::from_str(url)?.application_name("cellier");
    let pool = PgPoolOptions::new()
        .acquire_timeout(PATIENCE)
        .max_connections(options.connections);
    Ok(Database::Postgres(pool.connect_with(connect).await?))
}

type OfSqlite<'q> = SqlxQuery<'q, Sqlite, SqliteArguments>;
type OfPostgres<'q> = SqlxQuery<'q, Postgres, PgArguments>;

fn bind_sqlite(mut query: OfSqlite<'_>, values: Vec<Value>) -> OfSqlite<'_> {
    for value in values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::OptionalText(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::OptionalInt(number) => query.bind(number),
            Value::Bool(value) => query.bind(value),
        };
    }
    query
}

fn bind_postgres(mut query: OfPostgres<'_>, values: Vec<Value>) -> OfPostgres<'_> {
    for value in values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::OptionalText(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::OptionalInt(number) => query.bind(number),
            Value::Bool(value) => query.bind(value),
        };
    }
    query
}
