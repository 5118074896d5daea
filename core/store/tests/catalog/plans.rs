//! The plans of hot queries, asked of the databases themselves, and the state of the schema.

use cellier_store::{DatabaseUrl, Store};
use sqlx::{AssertSqlSafe, Row as _};

use super::support::TestStore;

/// Queries as the catalogue writes them, with values in place of placeholders.
const HOT: [(&str, &str); 14] = [
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
    (
        "keys of accounts",
        "SELECT * FROM api_keys WHERE revoked_at IS NULL AND owner_name IN ('x') ORDER BY id DESC LIMIT 21",
    ),
    (
        "public listing by change",
        "SELECT * FROM artefacts a WHERE a.deleted_at IS NULL AND a.public AND (a.data_updated_at, a.id) < (5, 'x') \
         ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21",
    ),
    (
        "public listing by name",
        "SELECT * FROM artefacts a WHERE a.deleted_at IS NULL AND a.public AND (a.name_fold, a.format) > ('x', 'y') \
         ORDER BY a.name_fold, a.format LIMIT 21",
    ),
    (
        "listing of a format by change",
        "SELECT * FROM artefacts a WHERE a.deleted_at IS NULL AND a.format = 'npm' \
         ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21",
    ),
    ("session", "SELECT * FROM sessions WHERE token_hash = 'x'"),
    (
        "sessions of a user",
        "SELECT * FROM sessions WHERE user_name = 'x' AND expires_at > 5 ORDER BY id DESC LIMIT 21",
    ),
];

/// Queries that put a few rows in order at their end, which no index could do for them. They must find those rows by an
/// index all the same.
const ORDERED_AT_THE_END: [(&str, &str); 2] = [
    (
        "what a person may do",
        "SELECT a.name, a.kind, a.superadmin, m.role, g.download, g.publish FROM accounts a \
         LEFT JOIN members m ON m.organization = a.name AND m.user_name = 'x' \
         LEFT JOIN access_grants g ON g.account = a.name \
         WHERE a.name IN (SELECT 'x' UNION ALL SELECT organization FROM members WHERE user_name = 'x') \
         AND a.disabled_at IS NULL AND a.deleted_at IS NULL ORDER BY a.name",
    ),
    (
        "listing for an account",
        "SELECT a.* FROM (SELECT id FROM (SELECT a.id FROM artefacts a WHERE a.public AND a.deleted_at IS NULL \
         ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21) AS of_all \
         UNION SELECT id FROM (SELECT a.id FROM (SELECT DISTINCT artefact_id FROM artefact_access \
         WHERE account IN ('user:x', 'organization:y')) AS named CROSS JOIN artefacts a \
         WHERE a.id = named.artefact_id AND a.deleted_at IS NULL \
         ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21) AS of_accounts \
         UNION SELECT id FROM (SELECT a.id FROM artefacts a WHERE a.deleted_at IS NULL \
         AND (a.name_fold >= 'x' AND a.name_fold < 'y' OR a.format = 'npm' AND a.name_fold = 'z') \
         ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21) AS of_scopes) AS seen \
         CROSS JOIN artefacts a WHERE a.id = seen.id ORDER BY a.data_updated_at DESC, a.id DESC LIMIT 21",
    ),
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

/// 20,000 artefacts of which an account may see a hundred: 30 public ones, 40 that name it, 30 of its scope.
const MANY: &str = "INSERT INTO artefacts (name_fold, id, format, name, category, title, description, public, \
     private_access, latest, size, revision, created_at, updated_at, data_updated_at, deleted_at) \
     SELECT CASE WHEN n % 666 = 1 THEN 'x' || n ELSE 'n' || n END, 'id' || n, 'npm', 'n' || n, 'other', '{}', '{}', \
     n % 666 = 0, '[]', NULL, 0, 1, n, n, n, NULL FROM n";
const MANY_NAMED: &str = "INSERT INTO artefact_access (account, artefact_id) \
     SELECT CASE WHEN n % 500 = 2 THEN 'user:x' ELSE 'user:z' || n % 50 END, 'id' || n FROM n";

/// Most rows that a listing may look at to show 21 of 100. Without an index for each way of seeing it would be all 20,000.
const MOST_ROWS: u64 = 1000;

pub(crate) async fn a_listing_for_an_account_reads_what_it_may_see_alone(store: &TestStore) {
    match &store.url {
        DatabaseUrl::Sqlite(path) => {
            // What SQLite chooses does not depend on how many rows there are.
            for (what, query) in ORDERED_AT_THE_END {
                let plan = sqlite_plan(path, query).await;
                let of_results = [
                    "of_all",
                    "of_accounts",
                    "of_scopes",
                    "named",
                    "seen",
                    "CONSTANT",
                ];
                let scans_table = |line: &&String| {
                    let scanned = line.strip_prefix("SCAN ").unwrap_or_default();
                    !scanned.is_empty()
                        && !of_results.iter().any(|result| scanned.starts_with(result))
                        && !scanned.ends_with("USING INDEX artefacts_public_by_change")
                };
                let scans: Vec<_> = plan.iter().filter(scans_table).collect();
                assert!(scans.is_empty(), "{what} reads a whole table: {plan:#?}");
            }
        }
        DatabaseUrl::Postgres(url) => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            for statement in [MANY, MANY_NAMED] {
                let numbers = "WITH n AS (SELECT generate_series(1, 20000) AS n)";
                let (insert, select) = statement.split_once("SELECT").unwrap();
                let statement = format!("{insert} {numbers} SELECT{select}");
                sqlx::query(AssertSqlSafe(statement))
                    .execute(&pool)
                    .await
                    .unwrap();
            }
            sqlx::raw_sql("ANALYZE").execute(&pool).await.unwrap();
            for (what, query) in ORDERED_AT_THE_END {
                let explain = AssertSqlSafe(format!("EXPLAIN (ANALYZE, TIMING OFF) {query}"));
                let rows = sqlx::query(explain).fetch_all(&pool).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                let read: u64 = plan.iter().map(|line| rows_of(line)).sum();
                assert!(read < MOST_ROWS, "{what} reads {read} rows: {plan:#?}");
            }
        }
    }
}

/// The rows that a line of PostgreSQL's account of a query tells of: those a step gave, and those it read and dropped.
fn rows_of(line: &str) -> u64 {
    let number_after = |start: &str| {
        let rest = line.split_once(start)?.1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    };
    let given = line.contains("actual").then(|| {
        let actual = line.split_once("actual rows=").map_or("", |(_, rest)| rest);
        let digits: String = actual.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0) * number_after("loops=").unwrap_or(1)
    });
    given.unwrap_or(0) + number_after("Rows Removed by Filter: ").unwrap_or(0)
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
