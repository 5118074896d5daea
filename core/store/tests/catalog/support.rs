//! Stores of both kinds, and records to put into them.

use std::ops::Deref;

use cellier_model::ports::Transaction;
use cellier_model::testing::SeededRandom;
use cellier_model::{
    Artefact, ArtefactName, BlobKey, FileDetails, FileName, FileRecord, FormatId, Id, Random as _,
    Timestamp, Uploader, VersionRecord,
};
use cellier_sdk::{Digest, DigestAlgorithm, MediaType, OrderKey, Sha256, Version};
use cellier_store::testing::TestPostgres;
use cellier_store::{DatabaseUrl, Store, StoreOptions};
use sqlx::AssertSqlSafe;

/// A migrated store that is gone after the test.
pub(crate) struct TestStore {
    store: Store,
    pub(crate) url: DatabaseUrl,
    _folder: tempfile::TempDir,
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

pub(crate) async fn on_sqlite() -> TestStore {
    migrated(empty_sqlite().await).await
}

pub(crate) async fn on_postgres() -> TestStore {
    migrated(empty_postgres().await).await
}

async fn migrated(store: TestStore) -> TestStore {
    store.migrate().await.unwrap();
    store
}

/// A database of SQLite in which nothing is, not even a schema.
pub(crate) async fn empty_sqlite() -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    open(
        &format!("sqlite://{}/catalogue.db", folder.path().display()),
        folder,
    )
    .await
}

/// A database of PostgreSQL in which nothing is, not even a schema.
pub(crate) async fn empty_postgres() -> TestStore {
    let url = tokio::task::spawn_blocking(|| TestPostgres::shared().new_database())
        .await
        .unwrap();
    open(&url, tempfile::tempdir().unwrap()).await
}

/// An empty database of the same kind.
pub(crate) async fn empty_like(store: &TestStore) -> TestStore {
    match store.url {
        DatabaseUrl::Sqlite(_) => empty_sqlite().await,
        DatabaseUrl::Postgres(_) => empty_postgres().await,
    }
}

async fn open(url: &str, folder: tempfile::TempDir) -> TestStore {
    let url: DatabaseUrl = url.parse().unwrap();
    let options = StoreOptions {
        connections: 4,
        ..StoreOptions::default()
    };
    let store = Store::open(&url, options).await.unwrap();
    TestStore {
        store,
        url,
        _folder: folder,
    }
}

/// Runs statements without values in a database, beside the stores that have it open.
pub(crate) async fn run(url: &DatabaseUrl, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    match url {
        DatabaseUrl::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            sqlx::raw_sql(statement).execute(&pool).await.unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            sqlx::raw_sql(statement).execute(&pool).await.unwrap();
        }
    }
}

/// Times of a test: second 0, 1, 2 …
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(1_767_225_600_000_000 + second * 1_000_000)
}

/// An identifier of a record made at second so much; `seed` tells those of one second apart.
pub(crate) fn id<Kind>(second: i64, seed: u64) -> Id<Kind> {
    Id::new(at(second), &SeededRandom::new(seed * 2 + 1))
}

pub(crate) fn artefact(format: &str, name: &str, second: i64) -> Artefact {
    let seed = name
        .bytes()
        .chain(format.bytes())
        .fold(7, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte));
    Artefact {
        id: id(second, seed),
        format: FormatId::new(format),
        name: ArtefactName::stored(name),
        category: "other".to_owned(),
        title: serde_json::from_str(r#"{"fr":"L'île \"bleue\" 🏝","en":"Blue"}"#).unwrap(),
        description: serde_json::from_str("{}").unwrap(),
        public: false,
        private_access: Vec::new(),
        owners: Vec::new(),
        retention: None,
        latest: None,
        size: 0,
        revision: 1,
        created_at: at(second),
        updated_at: at(second),
        data_updated_at: at(second),
        deleted_at: None,
    }
}

pub(crate) fn version(artefact: &Artefact, text: &str, second: i64) -> VersionRecord {
    let (version, parsed) = Version::semver(text).unwrap();
    VersionRecord {
        id: id(
            second,
            OrderKey::of_semver(&parsed)
                .as_str()
                .bytes()
                .fold(3, |seed, byte| seed * 33 % 999_983 + u64::from(byte)),
        ),
        artefact: artefact.id,
        order: OrderKey::of_semver(&parsed),
        stable: parsed.pre.is_empty(),
        version,
        published_at: at(second),
        yanked_at: None,
        deprecated: None,
        deleted_at: None,
    }
}

pub(crate) fn file(version: &VersionRecord, name: &str, second: i64) -> FileRecord {
    let mut bytes = [0; 32];
    SeededRandom::new(second.unsigned_abs() + name.len() as u64).fill(&mut bytes);
    let sha256 = Sha256::new(bytes);
    let mut details = FileDetails {
        license: Some("MIT".to_owned()),
        ..FileDetails::default()
    };
    details.metadata.insert("answer".to_owned(), 42.into());
    FileRecord {
        id: id(second, 99 + name.len() as u64),
        version: version.id,
        name: FileName::parse(name).unwrap(),
        variant: None,
        media_type: MediaType::octet_stream(),
        size: 12,
        blob: BlobKey::fresh(sha256, &SeededRandom::new(5)),
        digests: vec![Digest::new(DigestAlgorithm::Sha1, &[7; 20]).unwrap()],
        published_at: at(second),
        uploaded_by: Uploader {
            kind: "key".to_owned(),
            key_name: Some("ci".to_owned()),
            ..Uploader::default()
        },
        details,
    }
}

/// Takes the blob of a file into use, and notes it first if it is not there.
pub(crate) async fn take_into_use(
    transaction: &mut dyn Transaction,
    file: &FileRecord,
    second: i64,
) {
    if !transaction.use_blob(&file.blob).await.unwrap() {
        transaction
            .note_blob(&file.blob, file.size, at(second))
            .await
            .unwrap();
        assert!(transaction.use_blob(&file.blob).await.unwrap());
    }
}

/// Puts an artefact into a store, with versions that have a file each.
pub(crate) async fn put(store: &Store, artefact: &Artefact, versions: &[VersionRecord]) {
    use cellier_model::ports::Catalog as _;
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_or_lock_artefact(artefact).await.unwrap();
    for (second, version) in (1..).zip(versions) {
        transaction.insert_version(version).await.unwrap();
        let file = file(version, "data.bin", second);
        take_into_use(transaction.as_mut(), &file, second).await;
        transaction.insert_file(&file).await.unwrap();
    }
    transaction.commit().await.unwrap();
}
