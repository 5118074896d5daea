//! Migrations: numbered, up only, the same numbers and names for both databases.

use std::time::Duration;

use cellier_model::ports::CatalogError;
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use crate::db::{Database, Query, Session, is_lock_timeout};

/// How long a migration waits for a table that others use. Whoever asks for that table meanwhile stands behind it, also the
/// requests of servers that still run. It is less than PostgreSQL takes (1 s) to look for a deadlock, so that it is always
/// the migration that gives way.
const WAITS_FOR_A_TABLE: &str = "SET LOCAL lock_timeout = '500ms'";

/// How often a migration that gave way is tried again, and how long it pauses in between: for some ten minutes.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_millis(500);

/// A step from one schema to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its number: 1, 2, 3 …
    pub number: u32,
    /// Its name.
    pub name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Migration {
    /// All of them in their order: what a database that is not there yet needs.
    pub fn all() -> &'static [Self] {
        &ALL
    }
}

macro_rules! migration {
    ($number:literal, $file:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../../../migrations/sqlite/", $file, ".sql")),
            postgres: include_str!(concat!("../../../../migrations/postgres/", $file, ".sql")),
        }
    };
}

/// All of them, in order.
const ALL: [Migration; 6] = [
    migration!(1, "0001_catalogue", "catalogue"),
    migration!(2, "0002_space", "space"),
    migration!(3, "0003_accounts", "accounts"),
    migration!(4, "0004_protocols", "protocols"),
    migration!(5, "0005_indexes", "indexes"),
    migration!(6, "0006_registry", "registry"),
];

/// The schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database has migrations that this program does not know: it is older than the database.
    #[error(
        "the database has migration {number}, which this version of cellier does not know: use the newer version"
    )]
    FromTheFuture {
        /// The number of the unknown migration.
        number: i64,
    },
    /// A migration that was applied reads differently now.
    #[error(
        "migration {number} was applied to the database with another text than this version of cellier has"
    )]
    Changed {
        /// Its number.
        number: u32,
    },
    /// Somebody holds on to a table that is to be changed.
    #[error(
        "the tables of the database were in use for ten minutes, by a backup or by a transaction that somebody left open: \
         wait for the one, or end the other (SELECT * FROM pg_stat_activity), and start again; nothing was changed"
    )]
    InUse,
    /// The database does not do it.
    #[error("failed to migrate the database")]
    Database(#[from] CatalogError),
}

/// The number of the newest schema.
pub(crate) fn newest_schema() -> u32 {
    ALL.iter().map(|one| one.number).max().unwrap_or(0)
}

/// Applies what is pending and says what that was. Several servers may do it at once: one does, the others wait.
///
/// Servers of the version before may go on meanwhile. So a migration that does not get a table soon gives way to whoever
/// uses it, and tries again.
pub(crate) async fn migrate(database: &Database) -> Result<Vec<Migration>, MigrateError> {
    for tried in 0..TRIES {
        let mut session = database.begin_unhurried().await?;
        wait_for_other_migrations(&mut session).await?;
        give_way(&mut session).await?;
        match migrate_to(&mut session, newest_schema()).await {
            Ok(applied) => {
                session.commit().await?;
                return Ok(applied);
            }
            Err(MigrateError::Database(error)) if is_lock_timeout(&error) => {
                if tried == 0 {
                    tracing::warn!(
                        "the migration waits until the tables that it changes are not in use"
                    );
                }
            }
            Err(error) => return Err(error),
        }
        drop(session);
        sleep(PAUSE).await;
    }
    Err(MigrateError::InUse)
}

/// Applies what is pending up to a number, and says what that was.
pub(crate) async fn migrate_to(
    session: &mut Session,
    number: u32,
) -> Result<Vec<Migration>, MigrateError> {
    let is_postgres = session.locks_rows();
    wait_for_other_migrations(session).await?;
    let create = "CREATE TABLE IF NOT EXISTS migrations \
                  (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)";
    session
        .execute(Query::new("create the table of migrations", create))
        .await?;
    let select = "SELECT number, sha256 FROM migrations ORDER BY number";
    let rows = session
        .fetch_all(Query::new("read the migrations", select))
        .await?;
    let mut applied = Vec::new();
    for row in &rows {
        applied.push((row.int("number")?, row.text("sha256")?));
    }
    let mut pending = compare(&applied, is_postgres)?;
    pending.retain(|migration| migration.number <= number);
    for migration in &pending {
        apply(session, migration, is_postgres).await?;
    }
    Ok(pending)
}

/// One server migrates at a time: on SQLite who may write, on PostgreSQL who has this lock until the transaction ends. To ask
/// for it twice does no harm.
async fn wait_for_other_migrations(session: &mut Session) -> Result<(), CatalogError> {
    if session.locks_rows() {
        // Any number will do, as long as it is always the same.
        let lock = "SELECT pg_advisory_xact_lock(7301938641)";
        session
            .execute(Query::new("lock the migrations", lock))
            .await?;
    }
    Ok(())
}

/// From here on a statement fails that waits too long for a table. SQLite needs none of that: its readers never wait.
async fn give_way(session: &mut Session) -> Result<(), CatalogError> {
    if session.locks_rows() {
        let query = Query::new("limit the wait for tables", WAITS_FOR_A_TABLE);
        session.execute(query).await?;
    }
    Ok(())
}

/// What [`migrate`] would apply.
pub(crate) async fn pending(database: &Database) -> Result<Vec<Migration>, MigrateError> {
    let select = "SELECT number, sha256 FROM migrations ORDER BY number";
    let is_postgres = database.is_postgres();
    let exists = if is_postgres {
        "SELECT 1 AS one FROM pg_tables WHERE tablename = 'migrations' AND schemaname = current_schema()"
    } else {
        "SELECT 1 AS one FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"
    };
    if database
        .fetch_optional(Query::new("look for the table of migrations", exists))
        .await?
        .is_none()
    {
        return Ok(ALL.to_vec());
    }
    let mut applied = Vec::new();
    for row in database
        .fetch_all(Query::new("read the migrations", select))
        .await?
    {
        applied.push((row.int("number")?, row.text("sha256")?));
    }
    compare(&applied, is_postgres)
}

fn compare(applied: &[(i64, String)], is_postgres: bool) -> Result<Vec<Migration>, MigrateError> {
    for (number, sha256) in applied {
        let known = ALL
            .iter()
            .find(|migration| i64::from(migration.number) == *number);
        let known = known.ok_or(MigrateError::FromTheFuture { number: *number })?;
        if checksum(known, is_postgres) != *sha256 {
            return Err(MigrateError::Changed {
                number: known.number,
            });
        }
    }
    let is_pending = |migration: &&Migration| {
        applied
            .iter()
            .all(|(number, _)| *number != i64::from(migration.number))
    };
    Ok(ALL.iter().filter(is_pending).copied().collect())
}

async fn apply(
    session: &mut Session,
    migration: &Migration,
    is_postgres: bool,
) -> Result<(), CatalogError> {
    tracing::info!(
        number = migration.number,
        "applying migration {} ({})",
        migration.number,
        migration.name
    );
    session
        .execute_script(script(migration, is_postgres))
        .await?;
    let insert = "INSERT INTO migrations (number, name, sha256) VALUES ($1, $2, $3)";
    let query = Query::new("record a migration", insert)
        .bind(migration.number)
        .bind(migration.name)
        .bind(checksum(migration, is_postgres));
    session.execute(query).await.map(drop)
}

fn script(migration: &Migration, is_postgres: bool) -> &'static str {
    if is_postgres {
        migration.postgres
    } else {
        migration.sqlite
    }
}

fn checksum(migration: &Migration, is_postgres: bool) -> String {
    let digest: [u8; 32] = Sha256::digest(script(migration, is_postgres)).into();
    cellier_sdk::Sha256::new(digest).to_hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations_in_order() {
        let names = |folder: &str| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../migrations")
                .join(folder);
            let mut names: Vec<_> = std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let listed: Vec<_> = ALL
            .iter()
            .map(|one| format!("{:04}_{}.sql", one.number, one.name))
            .collect();
        assert_eq!(names("sqlite"), listed);
        assert_eq!(names("postgres"), listed);
        for (place, migration) in ALL.iter().enumerate() {
            assert_eq!(migration.number as usize, place + 1);
        }
    }
}
