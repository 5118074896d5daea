//! All rows at one moment as text, and back.

use std::collections::{BTreeMap, BTreeSet};

use cellier_model::accounts::Role;
use cellier_model::ports::{
    Accounts as _, Artefacts as _, Catalog as _, Checks as _, Keys as _, PasswordHash,
};
use cellier_model::retention::RetentionPolicy;
use cellier_model::{FormatId, Tag};
use cellier_store::{DatabaseUrl, ImportError, Store, is_transient, tables};
use sqlx::Row as _;

use super::support::{
    TestStore, artefact, at, empty_like, empty_postgres, empty_sqlite, file, id, put,
    take_into_use, version,
};
use super::{accounts, audit, keys, signing_keys};

/// Tables as text.
type Texts = BTreeMap<&'static str, String>;

/// Puts something into every table, with what is hard to carry: quotes, line breaks, every script, the largest numbers.
async fn fill(store: &Store) {
    let mut one = artefact("npm", "@acme/Widget", 1);
    one.description =
        serde_json::from_str(r#"{"de":"Zeile\nzwei, \"so\" \\","ja":"地図 🗺"}"#).unwrap();
    one.retention = Some(RetentionPolicy {
        newest: Some(3),
        ..RetentionPolicy::default()
    });
    one.size = i64::MAX.unsigned_abs();
    let (anna, acme) = (accounts::user("anna"), accounts::organization("acme"));
    one.owners = vec![anna.reference()];
    let versions = ["1.0.0", "1.1.0-rc.1", "2.0.0"].map(|text| version(&one, text, 2));
    put(store, &one, &versions).await;
    put(store, &artefact("file", "report", 3), &[]).await;
    let mut transaction = store.begin().await.unwrap();
    let words = ["widget".to_owned(), "île".to_owned()];
    transaction.index_artefact(one.id, &words).await.unwrap();
    let npm = FormatId::new("npm");
    transaction.claim_door_name(&one.name, &npm).await.unwrap();
    let beta = Tag::parse("beta").unwrap();
    let tagged = versions[1].id;
    transaction
        .set_tag(one.id, &beta, tagged, at(4))
        .await
        .unwrap();
    let mut yanked = versions[2].clone();
    yanked.yanked_at = Some(at(5));
    yanked.deprecated = Some("use 1.0.0".to_owned());
    transaction.update_version(&yanked).await.unwrap();
    let mut key = keys::key(6).0;
    key.owner = Some(anna.reference());
    key.read_only = true;
    transaction.insert_key(&key).await.unwrap();
    let password = PasswordHash::stored("$argon2id$secret");
    for (account, password) in [(&anna, Some(&password)), (&acme, None)] {
        let made = transaction.insert_account(account, password).await;
        assert!(made.unwrap());
    }
    let signing = signing_keys::key("one", 6);
    transaction.insert_signing_key(&signing).await.unwrap();
    let grant = accounts::grant(&acme, 9);
    transaction.insert_grant(&grant).await.unwrap();
    for event in [
        audit::event(7, "version.publish", "npm/@acme/Widget@1.0.0", Some("k1")),
        audit::event(8, "key.create", "k3", None),
    ] {
        transaction.append_audit(&event).await.unwrap();
    }
    transaction.commit().await.unwrap();
    accounts::join(store, "acme", "anna", Role::Admin).await;
}

async fn export(store: &Store) -> Texts {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut texts = Texts::new();
    for table in tables(Store::schema()) {
        let mut text = Vec::new();
        let rows = snapshot.write(table, &mut text).await.unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count() as u64, rows);
        texts.insert(table.name(), text);
    }
    texts
}

async fn import(store: &Store, schema: u32, texts: &Texts) -> Result<(), ImportError> {
    let mut import = store.import(schema).await?;
    for table in tables(schema) {
        let text = texts.get(table.name()).map_or("", String::as_str);
        let rows = import.read(table, &mut text.as_bytes()).await?;
        assert_eq!(rows, text.lines().count() as u64);
    }
    import.finish().await
}

pub(crate) async fn every_table_and_column_is_part_of_a_backup_or_left_out_on_purpose(
    store: &TestStore,
) {
    let listed: BTreeSet<(String, String)> = tables(Store::schema())
        .flat_map(|table| {
            let of_table = |column: &str| (table.name().to_owned(), column.to_owned());
            table.column_names().map(of_table)
        })
        .collect();
    let in_schema: BTreeSet<(String, String)> = columns_in(&store.url)
        .await
        .into_iter()
        .filter(|(table, _)| !is_transient(table))
        .collect();
    assert_eq!(
        listed, in_schema,
        "core/store/src/backup/tables.rs names every column that is part of a backup"
    );
}

/// All tables and their columns, asked of the database itself.
pub(crate) async fn columns_in(url: &DatabaseUrl) -> Vec<(String, String)> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            let select = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
                          WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
            let rows = sqlx::query(select).fetch_all(&pool).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
        DatabaseUrl::Postgres(url) => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            let select = "SELECT table_name::text, column_name::text FROM information_schema.columns \
                          WHERE table_schema = current_schema()";
            let rows = sqlx::query(select).fetch_all(&pool).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
    }
}

pub(crate) async fn what_was_exported_reads_the_same_from_either_database(store: &Store) {
    fill(store).await;
    let texts = export(store).await;
    let empty: Vec<_> = texts.iter().filter(|(_, text)| text.is_empty()).collect();
    assert_eq!(empty, [], "every table has something to carry");
    for target in [empty_sqlite().await, empty_postgres().await] {
        import(&target, Store::schema(), &texts).await.unwrap();
        assert_eq!(export(&target).await, texts);
        assert!(target.pending_migrations().await.unwrap().is_empty());
        let npm = FormatId::new("npm");
        let one = target.artefact(&npm, "@acme/widget").await.unwrap();
        assert_eq!(one, store.artefact(&npm, "@acme/widget").await.unwrap());
        let (key, token) = keys::key(6);
        let found = target.key_by_short_id(&key.short_id).await.unwrap();
        assert!(found.unwrap().hash.matches(&token.hash()));
        let person = store.person("anna").await.unwrap();
        assert!(person.is_some());
        assert_eq!(target.person("anna").await.unwrap(), person);
    }
}

pub(crate) async fn a_snapshot_is_one_moment(store: &Store) {
    fill(store).await;
    let before = export(store).await;
    let mut snapshot = store.snapshot().await.unwrap();
    let mut texts = Texts::new();
    for (round, table) in (20..).zip(tables(Store::schema())) {
        let mut text = Vec::new();
        snapshot.write(table, &mut text).await.unwrap();
        texts.insert(table.name(), String::from_utf8(text).unwrap());
        // Somebody publishes between any two tables, and is not held up.
        publish_late(store, round).await;
    }
    assert_eq!(texts, before);
}

async fn publish_late(store: &Store, second: i64) {
    let late = artefact("npm", &format!("late-{second}"), second);
    let first = version(&late, "1.0.0", second);
    let file = file(&first, "data.bin", second);
    put(store, &late, &[]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_version(&first).await.unwrap();
    take_into_use(transaction.as_mut(), &file, second).await;
    transaction.insert_file(&file).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(crate) async fn only_blobs_that_files_use_are_exported(store: &Store) {
    fill(store).await;
    let used = export(store).await["blobs"].clone();
    let mut transaction = store.begin().await.unwrap();
    let unused = format!("{}.0000000000000001", "ab".repeat(32));
    let unused = unused.parse().unwrap();
    transaction.note_blob(&unused, 1, at(9)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(export(store).await["blobs"], used);
}

pub(crate) async fn rows_of_an_older_schema_are_imported_and_migrated(store: &TestStore) {
    let blob = format!("{}.0000000000000001", "ab".repeat(32));
    let (artefact_id, version_id) = (id::<()>(1, 1).to_string(), id::<()>(1, 2).to_string());
    // As the first schema had them: artefacts without retention, blobs without unused_since.
    let texts = Texts::from([
        (
            "artefacts",
            format!(
                r#"{{"id":"{artefact_id}","format":"file","name":"old","name_fold":"old","category":"other","title":"{{}}","description":"{{}}","public":true,"private_access":"[]","latest":"1","size":5,"revision":1,"created_at":1,"updated_at":1,"data_updated_at":1,"deleted_at":null}}"#
            ) + "\n",
        ),
        (
            "versions",
            format!(
                r#"{{"id":"{version_id}","artefact_id":"{artefact_id}","version":"1","sort_key":"1","stable":true,"published_at":1,"yanked_at":null,"deprecated":null,"deleted_at":null}}"#
            ) + "\n",
        ),
        (
            "blobs",
            format!(
                r#"{{"blob_key":"{blob}","sha256":"{}","size":5,"dying":false,"created_at":1}}"#,
                "ab".repeat(32)
            ) + "\n",
        ),
        (
            "files",
            format!(
                r#"{{"id":"f","version_id":"{version_id}","name":"old.txt","variant":"","media_type":"text/plain","size":5,"blob_key":"{blob}","digests":"{{}}","published_at":1,"uploaded_by":"{{\"type\":\"system\"}}","details":"{{}}"}}"#
            ) + "\n",
        ),
    ]);
    let target = empty_like(store).await;
    import(&target, 1, &texts).await.unwrap();
    assert!(target.pending_migrations().await.unwrap().is_empty());
    let file = FormatId::new("file");
    let old = target.artefact(&file, "old").await.unwrap().unwrap();
    assert_eq!(old.retention, None);
    let state = target.blob_state(&blob.parse().unwrap()).await.unwrap();
    assert!(state.unwrap().mark_is_right());

    let another = empty_like(store).await;
    let refused = import(&another, 2, &texts).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "line 1 of the table artefacts: retention is missing",
        "what is said to be of a schema must be of that schema"
    );
}

pub(crate) async fn nothing_is_imported_where_something_is(store: &TestStore) {
    assert_eq!(store.contents().await.unwrap(), []);
    let texts = Texts::new();
    import(store, Store::schema(), &texts).await.unwrap();
    put(store, &artefact("npm", "precious", 1), &[]).await;
    assert_eq!(store.contents().await.unwrap(), [("artefacts", 1)]);
    let refused = store.import(Store::schema()).await.unwrap_err();
    let ImportError::NotEmpty { tables } = refused else {
        panic!("{refused}");
    };
    assert_eq!(tables, [("artefacts", 1)]);
    let npm = FormatId::new("npm");
    let still_there = store.artefact(&npm, "precious").await.unwrap();
    assert!(still_there.is_some());
    let fresh = empty_like(store).await;
    assert_eq!(fresh.contents().await.unwrap(), [], "without a schema too");
}

pub(crate) async fn a_wrong_line_is_named_and_nothing_of_the_import_stays(store: &TestStore) {
    fill(store).await;
    let good = export(store).await;
    let target = empty_like(store).await;
    let spoil = |table: &'static str, from: &str, to: &str| {
        let mut texts = good.clone();
        let spoilt = texts[table].replacen(from, to, 1);
        assert_ne!(spoilt, texts[table]);
        texts.insert(table, spoilt);
        texts
    };
    for (texts, says) in [
        (
            spoil("tags", "\"moved_at\":", "\"moved\":"),
            "line 1 of the table tags: moved_at is missing",
        ),
        (
            spoil("audit_events", "}\n{", "}\n[{"),
            "line 2 of the table audit_events: it is no row",
        ),
        (
            spoil("files", "\"blob_key\":\"", "\"blob_key\":\"0"),
            "the database refuses rows of the table files among those up to line 3",
        ),
    ] {
        let refused = import(&target, Store::schema(), &texts).await.unwrap_err();
        assert!(refused.to_string().starts_with(says), "{refused}");
    }
    let mut cut = good.clone();
    cut.get_mut("files").unwrap().pop();
    let mut refused = target.import(Store::schema()).await.unwrap();
    let files = tables(Store::schema()).find(|one| one.name() == "files");
    let read = refused
        .read(files.unwrap(), &mut cut["files"].as_bytes())
        .await;
    assert!(matches!(
        read,
        Err(ImportError::Read { table: "files", .. })
    ));
    drop(refused);

    import(&target, Store::schema(), &good).await.unwrap();
    assert_eq!(export(&target).await, good);
}

pub(crate) async fn what_a_newer_version_has_written_is_refused(store: &TestStore) {
    let target = empty_like(store).await;
    let newer = Store::schema() + 1;
    let refused = target.import(newer).await.unwrap_err();
    assert!(matches!(refused, ImportError::FromTheFuture { schema, .. } if schema == newer));
    assert!(refused.to_string().contains("use the newer version"));
}
