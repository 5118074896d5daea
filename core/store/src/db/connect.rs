//! Databases: opening one, reading from it, beginning transactions.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cellier_model::ports::CatalogError;
use sqlx::postgres::PgPool;

use crate::db::bind::{bind_postgres, bind_sqlite};
use crate::db::postgres::open_postgres;
use crate::db::query::Issued;
use crate::db::session::{Session, Transaction};
use crate::db::sqlite::SqlitePools;
use crate::db::timing::timed;
use crate::db::{DatabaseUrl, LogIndex, Query, Row, from_sqlx};
use crate::files::{RealFiles, make_folder_durably};

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// Connections that read at the same time; on PostgreSQL all connections.
    pub connections: u32,
    /// How long a statement may take before it is given up.
    pub patience: Duration,
    /// What may be done to have it.
    pub opening: Opening,
}

/// What may be done to have a database that is a file of SQLite. A PostgreSQL is there or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// A file that is not there is made, with its folder.
    #[default]
    MayCreate,
    /// The file must be there.
    Existing,
    /// The file must be there and is only read; nothing is made beside it either.
    ReadOnly,
}

impl StoreOptions {
    /// How long a statement waits for a lock, and a request for a connection: those who wait want an answer sooner than
    /// those whose statement already runs.
    pub(super) fn wait(&self) -> Duration {
        self.patience.min(Duration::from_secs(10))
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: 8,
            patience: Duration::from_secs(30),
            opening: Opening::default(),
        }
    }
}

/// A database is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file, and none was to be made.
    #[error("there is no database at {}", .path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
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
pub(crate) struct Database {
    pools: Pools,
    /// How long a statement may take.
    patience: Duration,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite(SqlitePools),
    Postgres(PgPool),
}

impl Database {
    pub(crate) async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<Self, OpenError> {
        let connected = match url {
            DatabaseUrl::Sqlite(path) => {
                make_place(url, path, options.opening)?;
                SqlitePools::open(path, options).await.map(Pools::Sqlite)
            }
            DatabaseUrl::Postgres(text) => open_postgres(text, options).await.map(Pools::Postgres),
        };
        let pools = connected.map_err(|source| OpenError::Connect {
            url: url.clone(),
            source,
        })?;
        Ok(Self {
            pools,
            patience: options.patience,
        })
    }

    /// Whether it is a PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Something that tells whether the database has changed, where that costs less than to read.
    pub(crate) fn watch(&self) -> Option<LogIndex> {
        let Pools::Sqlite(SqlitePools { path, .. }) = &self.pools else {
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
        match &self.pools {
            Pools::Sqlite(SqlitePools {
                readers, writer, ..
            }) => {
                let readers = of(readers.size(), readers.num_idle());
                let writer = of(writer.size(), writer.num_idle());
                ConnectionUsage {
                    busy: readers.busy + writer.busy,
                    idle: readers.idle + writer.idle,
                }
            }
            Pools::Postgres(pool) => of(pool.size(), pool.num_idle()),
        }
    }

    /// Begins a transaction that may write. On SQLite it holds the write lock from the start, so that it never fails
    /// half way because another writer came in between.
    pub(crate) async fn begin(&self) -> Result<Session, CatalogError> {
        self.begin_with_patience(self.patience).await
    }

    /// Begins a transaction whose statements may take as long as they need: another server may be migrating.
    pub(crate) async fn begin_unhurried(&self) -> Result<Session, CatalogError> {
        self.begin_with_patience(Duration::MAX).await
    }

    async fn begin_with_patience(&self, limit: Duration) -> Result<Session, CatalogError> {
        let doing = "begin a transaction";
        let begun = match &self.pools {
            Pools::Sqlite(SqlitePools { writer, .. }) => {
                let transaction = timed(doing, limit, writer.begin_with("BEGIN IMMEDIATE"));
                transaction.await.map(Transaction::Sqlite)
            }
            Pools::Postgres(pool) => {
                let transaction = timed(doing, limit, pool.begin());
                transaction.await.map(Transaction::Postgres)
            }
        };
        begun
            .map(|transaction| Session::new(transaction, limit))
            .map_err(|error| from_sqlx(doing, error))
    }

    /// Begins a transaction that only reads, and sees what its first statement sees until its end.
    pub(crate) async fn begin_snapshot(&self) -> Result<Session, CatalogError> {
        let (doing, limit) = ("begin a snapshot", self.patience);
        let begun = match &self.pools {
            Pools::Sqlite(SqlitePools { readers, .. }) => {
                let transaction = timed(doing, limit, readers.begin());
                transaction.await.map(Transaction::Sqlite)
            }
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let transaction = timed(doing, limit, pool.begin_with(begin));
                transaction.await.map(Transaction::Postgres)
            }
        };
        begun
            .map(|transaction| Session::new(transaction, limit))
            .map_err(|error| from_sqlx(doing, error))
    }

    pub(crate) async fn fetch_all(&self, query: Query) -> Result<Vec<Row>, CatalogError> {
        let Issued {
            text,
            values,
            doing,
            is_kept,
        } = query.issue();
        let rows = match &self.pools {
            Pools::Sqlite(SqlitePools { readers, .. }) => {
                let rows = bind_sqlite(sqlx::query(text), values).fetch_all(readers);
                timed(doing, self.patience, rows)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Pools::Postgres(pool) => {
                let rows = bind_postgres(sqlx::query(text), values)
                    .persistent(is_kept)
                    .fetch_all(pool);
                timed(doing, self.patience, rows)
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

/// Makes the folder of a file that may be created; any other file must be there.
fn make_place(url: &DatabaseUrl, path: &Path, opening: Opening) -> Result<(), OpenError> {
    if opening != Opening::MayCreate {
        let missing = || OpenError::Missing {
            path: path.to_owned(),
        };
        return path.is_file().then_some(()).ok_or_else(missing);
    }
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    make_folder_durably(&RealFiles, folder).map_err(|source| OpenError::Folder {
        url: url.clone(),
        source,
    })
}
