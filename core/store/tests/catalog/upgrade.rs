//! Servers of the schema before keep running while the first new one migrates: what they read and write still works, and
//! does so at once.

use std::time::{Duration, Instant};

use cellier_model::ports::{Artefacts as _, Keys as _, Sight, Visible};
use cellier_model::{AccountKind, AccountRef, FormatId};
use cellier_store::DatabaseUrl;
use sqlx::AssertSqlSafe;

use super::artefacts::{everything, names};
use super::support::{TestStore, empty_like, empty_postgres, run};

/// Statements as the catalogue of schema 1 wrote them, with values in place of placeholders.
const OF_SCHEMA_1: [&str; 4] = [
    "INSERT INTO artefacts (name_fold, id, format, name, category, title, description, public, private_access, latest, \
     size, revision, created_at, updated_at, data_updated_at, deleted_at) VALUES ('one', \
     '0197a5c0-0000-7000-8000-000000000001', 'npm', 'one', 'other', '{}', '{}', TRUE, '[]', NULL, 0, 1, 1, 1, 1, NULL)",
    "UPDATE artefacts SET name = 'one', category = 'other', title = '{}', description = '{}', public = FALSE, \
     private_access = '[]', latest = NULL, size = 0, revision = 2, created_at = 1, updated_at = 2, \
     data_updated_at = 2, deleted_at = NULL WHERE id = '0197a5c0-0000-7000-8000-000000000001'",
    "INSERT INTO api_keys (id, short_id, name, kind, allowed_name, allowed_category, allowed_format, hash, created_by, \
     created_at, expires_at, last_used_at, revoked_at) VALUES ('0197a5c0-0000-7000-8000-000000000002', 'abcdefgh', \
     'ci', 'read', NULL, NULL, NULL, '00000000000000000000000000000000000000000000000000000000000000000000000000000000\
     000000000000000000000000000000000000000000000000', '{\"type\":\"command-line\"}', 1, NULL, NULL, NULL)",
    "SELECT id, short_id, name, kind, allowed_name, allowed_category, allowed_format, hash, created_by, created_at, \
     expires_at, last_used_at, revoked_at FROM api_keys",
];

pub(crate) async fn statements_of_the_schema_before_still_work(store: &TestStore) {
    for statement in OF_SCHEMA_1 {
        run(&store.url, statement).await;
    }
    let npm = FormatId::new("npm");
    let artefact = store.artefact(&npm, "one").await.unwrap().unwrap();
    assert_eq!((&artefact.owners, artefact.revision), (&Vec::new(), 2));
    let key = store.key_by_short_id("abcdefgh").await.unwrap().unwrap();
    assert_eq!((&key.owner, key.read_only), (&None, false));
}

/// What was made visible to somebody before there were accounts is in their listings afterwards.
pub(crate) async fn access_given_before_is_listed_after(store: &TestStore) {
    let store = empty_like(store).await;
    store.migrate_only_to(1).await.unwrap();
    run(&store.url, OF_SCHEMA_1[0]).await;
    run(
        &store.url,
        r#"UPDATE artefacts SET public = FALSE, private_access =
           '[{"type":"organization","id":"acme"},{"type":"user","id":"anna"},{"type":"user","id":"anna"}]'"#,
    )
    .await;

    assert!(!store.migrate().await.unwrap().is_empty());
    for (kind, id, expected) in [
        (AccountKind::Organization, "acme", 1),
        (AccountKind::User, "anna", 1),
        (AccountKind::User, "acme", 0),
        (AccountKind::User, "bert", 0),
    ] {
        let id = id.to_owned();
        let sight = Sight {
            accounts: vec![AccountRef { kind, id }],
            ..Sight::default()
        };
        let query = cellier_model::ports::ArtefactQuery {
            visible: Visible::PublicOr(sight.clone()),
            ..everything()
        };
        assert_eq!(names(&store, &query).await.len(), expected, "{sight:?}");
    }
}

/// A backup reads its tables in one long transaction. A migration that simply waited for its end would hold up everybody
/// who comes after it, for as long as the backup takes.
#[tokio::test(flavor = "multi_thread")]
async fn while_a_migration_waits_for_a_backup_the_servers_before_go_on() {
    let store = empty_postgres().await;
    store.migrate_only_to(2).await.unwrap();
    let DatabaseUrl::Postgres(text) = &store.url else {
        unreachable!("it is on PostgreSQL")
    };
    let pool = sqlx::PgPool::connect(text).await.unwrap();
    let mut backup = pool.begin().await.unwrap();
    for table in ["artefacts", "api_keys"] {
        let read = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query(read).execute(&mut *backup).await.unwrap();
    }
    let migrating = tokio::spawn(async move { store.migrate().await });

    let started = Instant::now();
    let mut longest = Duration::ZERO;
    let mut rounds = 0;
    let mut backup = Some(backup);
    while !migrating.is_finished() || rounds < 20 {
        for statement in OF_SCHEMA_1 {
            let asked = Instant::now();
            let done = sqlx::raw_sql(statement).execute(&pool).await;
            longest = longest.max(asked.elapsed());
            done.unwrap();
        }
        let clean = "DELETE FROM artefacts; DELETE FROM api_keys";
        sqlx::raw_sql(clean).execute(&pool).await.unwrap();
        rounds += 1;
        if started.elapsed() > Duration::from_secs(3)
            && let Some(backup) = backup.take()
        {
            assert!(!migrating.is_finished(), "it waits for the backup");
            backup.rollback().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let applied = migrating.await.unwrap().unwrap();
    assert_eq!(applied.first().map(|migration| migration.number), Some(3));
    assert!(started.elapsed() > Duration::from_secs(3));
    assert!(
        longest < Duration::from_millis(2500),
        "a statement of the servers before took {longest:?}"
    );
}
