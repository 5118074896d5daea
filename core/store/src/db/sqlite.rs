//! Connections to a file of SQLite.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};

use crate::db::{Opening, StoreOptions};

/// One file: readers never wait for the writer (WAL), and there is one writer.
#[derive(Clone, Debug)]
pub(super) struct SqlitePools {
    pub(super) path: PathBuf,
    pub(super) readers: SqlitePool,
    pub(super) writer: SqlitePool,
}

impl SqlitePools {
    pub(super) async fn open(path: &Path, options: StoreOptions) -> Result<Self, sqlx::Error> {
        let wait = options.wait();
        let connect = match options.opening {
            Opening::ReadOnly => only_reading(path, wait),
            Opening::MayCreate => connect_options(path, wait).create_if_missing(true),
            Opening::Existing => connect_options(path, wait),
        };
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(wait)
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
        Ok(Self {
            path: path.to_owned(),
            readers,
            writer,
        })
    }
}

fn connect_options(path: &Path, wait: Duration) -> SqliteConnectOptions {
    // FULL, because NORMAL may lose the last commits when the power goes: what was acknowledged is never lost.
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(wait)
}

/// Reads without a trace. To read beside others SQLite makes two files beside its own, and does not remove them when it may
/// only read; where they are not there, nobody has the file open and none of that is needed.
fn only_reading(path: &Path, wait: Duration) -> SqliteConnectOptions {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(!Path::new(&log).exists())
        .busy_timeout(wait)
}

/// Whether a connection can go on after a transaction. SQLite ends a transaction by itself when the disk is full; sqlx
/// then still counts it, cannot roll it back, and would never begin another one on this connection.
async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a transaction that was dropped waits in a queue; the ping stands behind it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    /// SQLite documents that in WAL mode a commit under `synchronous = FULL` syncs the log before it returns; here it is
    /// shown that this is how the writer really runs, also on a connection that replaces the first one.
    #[tokio::test]
    async fn the_writer_syncs_every_commit_before_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.db");
        let pools = SqlitePools::open(&path, StoreOptions::default())
            .await
            .unwrap();
        for _ in 0..2 {
            let mut writer = pools.writer.acquire().await.unwrap();
            for (pragma, expected) in [
                ("PRAGMA journal_mode", "wal"),
                ("PRAGMA synchronous", "2"),
                ("PRAGMA foreign_keys", "1"),
            ] {
                let row = sqlx::query(pragma).fetch_one(&mut *writer).await.unwrap();
                let found = row
                    .try_get::<String, _>(0)
                    .or_else(|_number| row.try_get::<i64, _>(0).map(|number| number.to_string()));
                assert_eq!(found.unwrap(), expected, "{pragma}");
            }
            writer.close().await.unwrap();
        }
    }
}
