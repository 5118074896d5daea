//! Everything that is compared with what it should be.

use cellier_model::ports::{
    ArtefactIndex, BlobState, BlobUse, Catalog as _, Checks as _, Space as _, Transaction,
    Versions as _,
};
use cellier_model::{BlobKey, FileName, FileRecord, VersionRecord};
use cellier_store::Store;

use super::accounts::{organization, user};
use super::support::{artefact, at, id, put, version};

/// Puts an artefact with one version and one file, whose bytes are those of `seed`.
async fn put_one(store: &Store, name: &str, seed: i64) -> (VersionRecord, FileRecord) {
    let artefact = artefact("npm", name, seed);
    let version = version(&artefact, "1.0.0", seed);
    put(store, &artefact, std::slice::from_ref(&version)).await;
    let release = store.release(artefact.id, "1.0.0").await.unwrap().unwrap();
    (version, release.files[0].clone())
}

/// Another key of the same bytes.
fn twin(key: &BlobKey) -> BlobKey {
    format!("{}.0000000000000007", key.sha256())
        .parse()
        .unwrap()
}

async fn change(store: &Store, change: impl AsyncFnOnce(&mut dyn Transaction)) {
    let mut transaction = store.begin().await.unwrap();
    change(transaction.as_mut()).await;
    transaction.commit().await.unwrap();
}

pub(crate) async fn a_blob_is_read_with_what_its_files_say(store: &Store) {
    let (_, one) = put_one(store, "one", 1).await;
    let expected = BlobState {
        key: one.blob,
        size: 12,
        files: 1,
        smallest_file: 12,
        largest_file: 12,
        unused_since: None,
    };
    assert_eq!(store.blob_state(&one.blob).await.unwrap(), Some(expected));
    assert!(expected.is_used() && expected.mark_is_right() && expected.sizes_are(12));
    let hit = BlobUse {
        format: cellier_model::FormatId::new("npm"),
        name: cellier_model::ArtefactName::stored("one"),
        version: "1.0.0".to_owned(),
        file: FileName::parse("data.bin").unwrap(),
    };
    assert_eq!(store.uses_of_blob(&one.blob, 5).await.unwrap(), [hit]);
    let stranger = twin(&one.blob);
    assert_eq!(store.blob_state(&stranger).await.unwrap(), None);
    assert_eq!(store.uses_of_blob(&stranger, 5).await.unwrap(), []);

    change(store, async |transaction| {
        let mut other = one.clone();
        other.id = id(9, 9);
        other.name = FileName::parse("other.bin").unwrap();
        other.size = 5;
        transaction.insert_file(&other).await.unwrap();
    })
    .await;
    let state = store.blob_state(&one.blob).await.unwrap().unwrap();
    assert_eq!(
        (state.files, state.smallest_file, state.largest_file),
        (2, 5, 12)
    );
    assert!(!state.sizes_are(12));
    assert_eq!(store.uses_of_blob(&one.blob, 1).await.unwrap().len(), 1);
}

pub(crate) async fn blobs_come_page_by_page_without_dying_ones(store: &Store) {
    let (version, gone) = put_one(store, "one", 1).await;
    change(store, async |transaction| {
        transaction.delete_files(version.id, at(2)).await.unwrap();
        assert!(transaction.condemn_blob(&gone.blob, at(3)).await.unwrap());
        for generation in [3_u64, 1, 2] {
            let key = format!("{}.{generation:016x}", gone.sha256());
            let key = key.parse().unwrap();
            transaction.note_blob(&key, 7, at(4)).await.unwrap();
        }
    })
    .await;
    let first = store.blob_states(None, 2).await.unwrap();
    let second = store.blob_states(Some(first[1].key), 2).await.unwrap();
    let generations: Vec<_> = first
        .iter()
        .chain(&second)
        .map(|blob| blob.key.to_string().split_off(80))
        .collect();
    assert_eq!(generations, ["1", "2", "3"]);
    assert_eq!(first[0].unused_since, Some(at(4)));
    assert_eq!((first[0].files, first[0].smallest_file), (0, 7));
    assert!(!first[0].is_used() && first[0].mark_is_right());
    assert_eq!(store.blob_state(&gone.blob).await.unwrap(), None);
}

pub(crate) async fn files_that_use_another_blob_leave_theirs_unused(store: &Store) {
    let (version, one) = put_one(store, "one", 1).await;
    let fresh = twin(&one.blob);
    assert_eq!(store.twins_of_blob(&one.blob).await.unwrap(), []);
    change(store, async |transaction| {
        transaction.note_blob(&fresh, 13, at(5)).await.unwrap();
    })
    .await;
    assert_eq!(
        store.twins_of_blob(&one.blob).await.unwrap(),
        [],
        "a blob that no file uses may be deleted by the publish that has noted it"
    );
    change(store, async |transaction| {
        assert!(transaction.use_blob(&fresh).await.unwrap());
        let files = transaction.repoint_files(&one.blob, &fresh, at(6)).await;
        assert_eq!(files.unwrap(), 1);
    })
    .await;
    let left = store.blob_state(&one.blob).await.unwrap().unwrap();
    assert_eq!((left.files, left.unused_since), (0, Some(at(6))));
    let used = store.blob_state(&fresh).await.unwrap().unwrap();
    assert_eq!((used.files, used.unused_since), (1, None));
    assert!(used.sizes_are(13), "the file is as large as its new blob");
    assert_eq!(store.twins_of_blob(&one.blob).await.unwrap()[0].key, fresh);

    change(store, async |transaction| {
        transaction.delete_files(version.id, at(7)).await.unwrap();
        assert!(transaction.condemn_blob(&one.blob, at(8)).await.unwrap());
    })
    .await;
}

pub(crate) async fn a_wrong_mark_is_corrected_and_a_right_one_stays(store: &Store) {
    let (_, used) = put_one(store, "one", 1).await;
    let unused = twin(&used.blob);
    change(store, async |transaction| {
        transaction.note_blob(&unused, 12, at(5)).await.unwrap();
        assert!(!transaction.correct_mark(&used.blob, at(6)).await.unwrap());
        assert!(!transaction.correct_mark(&unused, at(6)).await.unwrap());
        // Taken into use by nobody's file.
        assert!(transaction.use_blob(&unused).await.unwrap());
    })
    .await;
    assert!(
        !store
            .blob_state(&unused)
            .await
            .unwrap()
            .unwrap()
            .mark_is_right()
    );
    change(store, async |transaction| {
        assert!(transaction.correct_mark(&unused, at(7)).await.unwrap());
        // A file that uses a blob nobody took into use.
        transaction
            .repoint_files(&used.blob, &unused, at(8))
            .await
            .unwrap();
    })
    .await;
    let state = store.blob_state(&unused).await.unwrap().unwrap();
    assert!(state.is_used() && !state.mark_is_right());
    change(store, async |transaction| {
        assert!(transaction.correct_mark(&unused, at(9)).await.unwrap());
    })
    .await;
    assert!(
        store
            .blob_state(&unused)
            .await
            .unwrap()
            .unwrap()
            .mark_is_right()
    );
    assert_eq!(
        store.unused_blobs(at(99), 9).await.unwrap()[0].key,
        used.blob
    );
}

pub(crate) async fn the_size_of_a_blob_is_written_everywhere(store: &Store) {
    let (_, one) = put_one(store, "one", 1).await;
    change(store, async |transaction| {
        transaction.correct_size(&one.blob, 99).await.unwrap();
    })
    .await;
    let state = store.blob_state(&one.blob).await.unwrap().unwrap();
    assert!(state.sizes_are(99));
}

pub(crate) async fn all_artefacts_come_page_by_page_with_what_finds_them(store: &Store) {
    let mut one = artefact("npm", "one", 1);
    one.owners = vec![user("anna").reference()];
    one.private_access = vec![organization("acme").reference()];
    let mut deleted = artefact("file", "gone", 2);
    deleted.deleted_at = Some(at(3));
    put(store, &one, &[]).await;
    put(store, &deleted, &[]).await;
    change(store, async |transaction| {
        let words = ["île".to_owned(), "blue".to_owned()];
        transaction.index_artefact(one.id, &words).await.unwrap();
        let inside = transaction.index_of_artefact(one.id).await.unwrap();
        assert_eq!(inside.words, ["blue", "île"]);
        assert_eq!(inside.accounts, ["organization:acme", "user:anna"]);
    })
    .await;
    let first = store.all_artefacts(None, 1).await.unwrap();
    let second = store.all_artefacts(Some(first[0].id), 5).await.unwrap();
    assert_eq!(
        (first.as_slice(), second.as_slice()),
        (&[one][..], &[deleted][..])
    );
    let index = store.index_of_artefact(first[0].id).await.unwrap();
    assert_eq!(index.words, ["blue", "île"]);
    assert_eq!(index.accounts, ["organization:acme", "user:anna"]);
    let nothing = store.index_of_artefact(second[0].id).await.unwrap();
    assert_eq!(nothing, ArtefactIndex::default());
}
