//! The plans of hot queries, asked of the databases themselves, and the state of the schema.

use cellier_store::{DatabaseUrl, Store};
use sqlx::{AssertSqlSafe, Row as _};

use super::support::TestStore;

/// Queries as the catalogue writes them, with values in place of placeholders.
const HOT: [(&str, &str); 8] = [
    (
        "artefact by name",
        "SELECT * FROM artefacts a WHERE a.format = 'npm' AND a.name_fold = 'x'",
    ),
    (
        "artefacts of a name",
        "SELECT * FROM artefacts a WHERE a.name_fold = 'x'",
    ),
    (
        "listing by change",
        "SELECT * FROM artefacts a WHERE (a.data_updated_at, a.id) < (5, 'x') ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21",
    ),
    (
        "listing by name",
        "SELECT * FROM artefacts a WHERE (a.name_fold, a.format) > ('x', 'y') ORDER BY a.name_fold, a.format LIMIT 21",
    ),
    (
        "search",
        "SELECT w.artefact_id FROM artefact_words w WHERE w.word >= 'terr' AND w.word < 'terrz' LIMIT 100",
    ),
    (
        "version",
        "SELECT * FROM versions v LEFT JOIN files f ON f.version_id = v.id WHERE v.artefact_id = 'x' AND v.version = '1.0.0'",
    ),
    (
        "versions in order",
        "SELECT * FROM versions WHERE artefact_id = 'x' AND sort_key < 'y' ORDER BY sort_key DESC LIMIT 21",
    ),
    ("key", "SELECT * FROM api_keys WHERE short_id = 'x'"),
];

pub(crate) async fn every_hot_query_uses_an_index(store: &TestStore) {
    for (what, query) in HOT {
        let plan = match &store.url {
            DatabaseUrl::Sqlite(path) => sqlite_plan(path, query).await,
            DatabaseUrl::Postgres(url) => postgres_plan(url, query).await,
        };
        let scans = plan
            .iter()
            .any(|line| line.contains("Seq Scan") || line.starts_with("SCAN"));
        assert!(!scans, "{what} reads a whole table: {plan:?}");
        let sorts = plan
            .iter()
            .any(|line| line.contains("Sort  (") || line.contains("TEMP B-TREE"));
        assert!(
            !sorts,
            "{what} sorts what an index could give in order: {plan:?}"
        );
    }
}

async fn sqlite_plan(path: &std::path::Path, query: &str) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
    let rows = sqlx::query(explain).fetch_all(&pool).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Small tables are read whole whatever indexes there are: that is forbidden here, so that only a missing index does it.
async fn postgres_plan(url: &str, query: &str) -> Vec<String> {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    for setting in [
        "SET enable_seqscan = off",
        "SET enable_sort = off",
        "SET enable_bitmapscan = off",
    ] {
        sqlx::query(setting)
            .execute(&mut *connection)
            .await
            .unwrap();
    }
    let explain = AssertSqlSafe(format!("EXPLAIN {query}"));
    let rows = sqlx::query(explain)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

pub(crate) async fn a_second_migration_finds_nothing_to_do(store: &Store) {
    assert!(store.pending_migrations().await.unwrap().is_empty());
    assert!(store.migrate().await.unwrap().is_empty());
}
