//! Rows of every schema that there ever was, read after all migrations that came later.
//!
//! `rows/` holds, as plain SQL, what servers wrote that knew no later migration. A database is migrated to the schema of
//! one number, gets the rows of that and of those before, is migrated to the newest, and is read by the catalogue.
//!
//! # To add a migration
//!
//! Rows for its tables and columns in `rows/`, named as the migration, and what they read as in the file of their noun.

mod artefacts;
mod keys;
mod people;
mod space;
mod state;
mod versions;

use std::time::UNIX_EPOCH;

use cellier_model::{Id, Timestamp};
use cellier_store::{DatabaseUrl, Store};
use sqlx::{AssertSqlSafe, Row as _};

use super::backup::columns_in;
use super::support::{TestStore, empty_like, run};

/// What each schema added, by its number. The fifth added indexes alone.
const ROWS: [(u32, &str); 5] = [
    (1, include_str!("migrated/rows/0001_catalogue.sql")),
    (2, include_str!("migrated/rows/0002_space.sql")),
    (3, include_str!("migrated/rows/0003_accounts.sql")),
    (4, include_str!("migrated/rows/0004_protocols.sql")),
    (6, include_str!("migrated/rows/0006_registry.sql")),
];

/// A database as it was, and what is asked of it.
struct Migrated {
    store: TestStore,
    /// The number of the schema that its rows were written on.
    from: u32,
    /// When the lease among them ends.
    lease_ends: Timestamp,
}

impl Migrated {
    /// What a row holds that was written on the schema of this number or a later one.
    fn since<T>(&self, number: u32, written: T) -> Option<T> {
        (self.from >= number).then_some(written)
    }
}

/// The newest schema is among them: that its rows read back shows that they are rows as it has them.
pub(crate) async fn what_any_older_schema_held_reads_the_same_in_the_newest(store: &TestStore) {
    for from in 1..=Store::schema() {
        eprintln!("from schema {from}");
        let migrated = Migrated {
            store: empty_like(store).await,
            from,
            lease_ends: in_half_an_hour(),
        };
        migrate(&migrated).await;
        artefacts::read(&migrated).await;
        versions::read(&migrated).await;
        space::read(&migrated).await;
        keys::read(&migrated).await;
        people::read(&migrated).await;
        state::read(&migrated).await;
    }
}

async fn migrate(migrated: &Migrated) {
    let Migrated { store, from, .. } = migrated;
    let applied = store.migrate_only_to(*from).await.unwrap();
    let numbers = applied.iter().map(|one| one.number);
    assert!(numbers.eq(1..=*from), "{applied:?}");
    for (_, rows) in ROWS.iter().filter(|(number, _)| number <= from) {
        let ends = migrated.lease_ends.as_micros().to_string();
        run(&store.url, &rows.replace("{lease}", &ends)).await;
    }
    let empty = columns_without_values(&store.url).await;
    assert!(empty.is_empty(), "rows/ has nothing for {empty:?}");

    let applied = store.migrate().await.unwrap();
    let numbers = applied.iter().map(|one| one.number);
    assert!(numbers.eq(from + 1..=Store::schema()), "{applied:?}");
}

/// Columns, and with them tables, that hold nothing: what happens to their rows would not be seen.
async fn columns_without_values(url: &DatabaseUrl) -> Vec<String> {
    let looks: Vec<_> = columns_in(url)
        .await
        .iter()
        .map(|(table, column)| {
            format!(
                "SELECT '{table}.{column}' WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {column} IS NOT NULL)"
            )
        })
        .collect();
    let select = AssertSqlSafe(looks.join(" UNION ALL "));
    match url {
        DatabaseUrl::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            let rows = sqlx::query(select).fetch_all(&pool).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        DatabaseUrl::Postgres(url) => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            let rows = sqlx::query(select).fetch_all(&pool).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

/// A lease that holds must end soon by the real clock, which PostgreSQL goes by.
fn in_half_an_hour() -> Timestamp {
    let now = UNIX_EPOCH.elapsed().unwrap().as_micros();
    Timestamp::from_micros(i64::try_from(now).unwrap() + 30 * 60 * 1_000_000)
}

/// The identifier that ends so.
fn id<Kind>(end: u8) -> Id<Kind> {
    let text = format!("0197a5c0-0000-7000-8000-0000000000{end:02x}");
    text.parse().unwrap()
}

/// So many microseconds after the beginning of time.
fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}
