//! What takes space, and who may free it.

use cellier_model::ports::{Catalog as _, Space as _, SpaceUsage, Transaction, Versions as _};
use cellier_model::retention::RetentionPolicy;
use cellier_model::testing::SeededRandom;
use cellier_model::{BlobKey, FileRecord, Tag, Timestamp, VersionRecord};
use cellier_store::{RegistryId, Store};

use super::support::{artefact, at, file, id, put, take_into_use, version};

/// Puts an artefact with one version, whose file has the same bytes as those of all others here.
async fn put_one(store: &Store, name: &str, second: i64) -> (VersionRecord, FileRecord) {
    let artefact = artefact("npm", name, second);
    let version = version(&artefact, "1.0.0", second);
    put(store, &artefact, &[]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_version(&version).await.unwrap();
    let stored = insert_file(transaction.as_mut(), &version, second).await;
    transaction.commit().await.unwrap();
    (version, stored)
}

async fn insert_file(
    transaction: &mut dyn Transaction,
    version: &VersionRecord,
    second: i64,
) -> FileRecord {
    let mut stored = file(version, "data.bin", 1);
    stored.id = id(second, 77);
    take_into_use(transaction, &stored, second).await;
    transaction.insert_file(&stored).await.unwrap();
    stored
}

async fn delete_files(store: &Store, version: &VersionRecord, now: Timestamp) {
    let mut transaction = store.begin().await.unwrap();
    transaction.delete_files(version.id, now).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn condemn(store: &Store, key: &BlobKey, before: Timestamp) -> bool {
    let mut transaction = store.begin().await.unwrap();
    let condemned = transaction.condemn_blob(key, before).await.unwrap();
    transaction.commit().await.unwrap();
    condemned
}

async fn unused(store: &Store, before: Timestamp) -> Vec<BlobKey> {
    let blobs = store.unused_blobs(before, 10).await.unwrap();
    blobs.iter().map(|blob| blob.key).collect()
}

pub(crate) async fn a_blob_is_unused_when_its_last_file_goes(store: &Store) {
    let (first, stored) = put_one(store, "one", 1).await;
    let (second, _) = put_one(store, "two", 2).await;
    delete_files(store, &first, at(10)).await;
    assert!(
        unused(store, at(99)).await.is_empty(),
        "the second file uses it"
    );
    assert!(!condemn(store, &stored.blob, at(99)).await);
    delete_files(store, &second, at(11)).await;
    assert!(
        unused(store, at(11)).await.is_empty(),
        "not yet, at second 11"
    );
    assert_eq!(unused(store, at(12)).await, [stored.blob]);
}

pub(crate) async fn two_who_remove_the_last_two_files_of_a_blob_leave_it_unused(store: &Store) {
    let (first, stored) = put_one(store, "one", 1).await;
    let (second, _) = put_one(store, "two", 2).await;
    let tasks = [first, second].map(|version| {
        let store = store.clone();
        tokio::spawn(async move { delete_files(&store, &version, at(10)).await })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(unused(store, at(11)).await, [stored.blob]);
}

pub(crate) async fn what_is_taken_into_use_again_is_not_condemned(store: &Store) {
    let (first, stored) = put_one(store, "one", 1).await;
    delete_files(store, &first, at(10)).await;
    let mut transaction = store.begin().await.unwrap();
    assert!(transaction.use_blob(&stored.blob).await.unwrap());
    transaction.commit().await.unwrap();
    assert!(unused(store, at(99)).await.is_empty());
    assert!(!condemn(store, &stored.blob, at(99)).await);
}

pub(crate) async fn a_condemned_blob_is_used_by_nobody_and_forgotten(store: &Store) {
    let (first, stored) = put_one(store, "one", 1).await;
    delete_files(store, &first, at(10)).await;
    assert!(
        !condemn(store, &stored.blob, at(10)).await,
        "its grace is not over"
    );
    assert!(condemn(store, &stored.blob, at(11)).await);
    assert!(
        !condemn(store, &stored.blob, at(11)).await,
        "once is enough"
    );
    assert_eq!(store.shareable_blob(&stored.sha256()).await.unwrap(), None);
    assert!(unused(store, at(99)).await.is_empty());
    assert_eq!(
        store.dying_blobs(None, 10).await.unwrap()[0].key,
        stored.blob
    );

    let mut transaction = store.begin().await.unwrap();
    assert!(!transaction.use_blob(&stored.blob).await.unwrap());
    transaction.forget_blobs(&[stored.blob]).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(store.dying_blobs(None, 10).await.unwrap().is_empty());
    assert!(store.known_blobs(&[stored.blob]).await.unwrap().is_empty());
}

pub(crate) async fn a_noted_blob_is_known_and_unused_until_a_file_takes_it(store: &Store) {
    let (_, used) = put_one(store, "one", 1).await;
    let fresh: BlobKey = format!("{}.0000000000000001", used.sha256())
        .parse()
        .unwrap();
    let mut transaction = store.begin().await.unwrap();
    assert!(
        !transaction.use_blob(&fresh).await.unwrap(),
        "what nobody has noted is used by nobody"
    );
    transaction.note_blob(&fresh, 12, at(5)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        store.shareable_blob(&used.sha256()).await.unwrap(),
        Some(used.blob),
        "the bytes of the fresh one may not be stored yet"
    );
    assert_eq!(unused(store, at(6)).await, [fresh]);
    let stranger: BlobKey = format!("{}.0000000000000002", used.sha256())
        .parse()
        .unwrap();
    let mut known = store
        .known_blobs(&[stranger, fresh, used.blob])
        .await
        .unwrap();
    known.sort();
    let mut expected = [fresh, used.blob];
    expected.sort();
    assert_eq!(known, expected);
}

pub(crate) async fn a_sweep_and_a_publish_that_meet_never_both_win(store: &Store) {
    let (first, stored) = put_one(store, "one", 1).await;
    delete_files(store, &first, at(2)).await;
    for round in 0..20_i64 {
        let sweep = {
            let store = store.clone();
            tokio::spawn(async move { condemn(&store, &stored.blob, at(99)).await })
        };
        let publish = {
            let (store, key) = (store.clone(), stored.blob);
            tokio::spawn(async move {
                let mut transaction = store.begin().await.unwrap();
                let used = transaction.use_blob(&key).await.unwrap();
                transaction.commit().await.unwrap();
                used
            })
        };
        let (condemned, used) = (sweep.await.unwrap(), publish.await.unwrap());
        assert_ne!(condemned, used, "round {round}");
        // Back to the start: the blob is there, and unused.
        let mut transaction = store.begin().await.unwrap();
        transaction.forget_blobs(&[stored.blob]).await.unwrap();
        insert_file(transaction.as_mut(), &first, round).await;
        transaction.delete_files(first.id, at(2)).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

pub(crate) async fn space_is_added_up(store: &Store) {
    assert_eq!(store.space().await.unwrap(), SpaceUsage::default());
    let (first, _) = put_one(store, "one", 1).await;
    let used = SpaceUsage {
        blobs: 1,
        bytes: 12,
        ..SpaceUsage::default()
    };
    assert_eq!(store.space().await.unwrap(), used);
    delete_files(store, &first, at(10)).await;
    let reclaimable = SpaceUsage {
        reclaimable_blobs: 1,
        reclaimable_bytes: 12,
        ..used
    };
    assert_eq!(store.space().await.unwrap(), reclaimable);
}

pub(crate) async fn what_is_retained_is_listed_with_sizes_and_tags(store: &Store) {
    let one = artefact("npm", "one", 0);
    let versions = ["1.0.0", "2.0.0", "3.0.0-rc.1"].map(|text| version(&one, text, 1));
    put(store, &one, &versions).await;
    let mut transaction = store.begin().await.unwrap();
    let beta = Tag::parse("beta").unwrap();
    transaction
        .set_tag(one.id, &beta, versions[2].id, at(5))
        .await
        .unwrap();
    let mut gone = versions[0].clone();
    gone.deleted_at = Some(at(6));
    transaction.update_version(&gone).await.unwrap();
    let inside = transaction.retained_versions(one.id).await.unwrap();
    transaction.commit().await.unwrap();
    let retained = store.retained_versions(one.id).await.unwrap();
    assert_eq!(retained, inside);
    let facts: Vec<_> = retained
        .iter()
        .map(|one| (one.version.version.as_str(), one.size, one.tagged))
        .collect();
    assert_eq!(facts, [("3.0.0-rc.1", 12, true), ("2.0.0", 12, false)]);
}

pub(crate) async fn artefacts_of_a_format_come_page_by_page_with_their_policies(store: &Store) {
    let mut with_policy = artefact("npm", "b", 2);
    with_policy.retention = Some(RetentionPolicy {
        newest: Some(3),
        ..RetentionPolicy::default()
    });
    put(store, &artefact("npm", "a", 1), &[]).await;
    put(store, &with_policy, &[]).await;
    put(store, &artefact("file", "c", 3), &[]).await;
    let npm = cellier_model::FormatId::new("npm");
    let first = store.artefacts_of_format(&npm, None, 1).await.unwrap();
    let second = store
        .artefacts_of_format(&npm, Some(first[0].id), 5)
        .await
        .unwrap();
    assert_eq!(first[0].name.as_str(), "a");
    assert_eq!(second, [with_policy]);
}

pub(crate) async fn dying_blobs_come_page_by_page_and_are_added_up_with_the_unused(store: &Store) {
    let key =
        |number: u32| -> BlobKey { format!("{number:064x}.0000000000000001").parse().unwrap() };
    let keys: Vec<_> = (1..=3).map(key).collect();
    let mut transaction = store.begin().await.unwrap();
    for (key, size) in keys.iter().zip([5, 7, 11]) {
        transaction.note_blob(key, size, at(10)).await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(store.count_freeable(at(99)).await.unwrap(), (3, 23));
    assert_eq!(store.count_freeable(at(10)).await.unwrap(), (0, 0));
    for key in &keys[..2] {
        assert!(condemn(store, key, at(99)).await);
    }
    // Those that are dying count whatever the grace.
    assert_eq!(store.count_freeable(at(10)).await.unwrap(), (2, 12));
    assert!(condemn(store, &keys[2], at(99)).await);
    let mut found = Vec::new();
    while let [one] = store.dying_blobs(found.last(), 1).await.unwrap()[..] {
        found.push(one.key);
    }
    assert_eq!(found, keys);
}

pub(crate) async fn unknown_blobs_are_noted_once_and_forgotten_when_they_are_gone(store: &Store) {
    let key =
        |number: u32| -> BlobKey { format!("{number:064x}.0000000000000001").parse().unwrap() };
    // More than one statement names.
    let keys: Vec<_> = (0..450).map(key).collect();
    for (second, noted) in [(10, &keys[..]), (20, &keys[..300])] {
        let mut transaction = store.begin().await.unwrap();
        transaction.note_orphans(noted, at(second)).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let seen = store.orphans_seen(&keys).await.unwrap();
    assert_eq!(seen.len(), 450);
    assert!(seen.iter().all(|(_, first)| *first == at(10)));
    let mut transaction = store.begin().await.unwrap();
    transaction.forget_orphans(at(20)).await.unwrap();
    transaction.commit().await.unwrap();
    let mut left = store.orphans_seen(&keys).await.unwrap();
    left.sort();
    let left: Vec<_> = left.into_iter().map(|(key, _)| key).collect();
    assert_eq!(left, keys[..300]);
}

pub(crate) async fn a_registry_is_named_once_whoever_comes_second(store: &Store) {
    assert_eq!(store.registry_id().await.unwrap(), None);
    let name = |seed| RegistryId::new(&SeededRandom::new(seed));
    assert_eq!(store.name_registry(&name(1)).await.unwrap(), name(1));
    assert_eq!(store.name_registry(&name(2)).await.unwrap(), name(1));
    assert_eq!(store.registry_id().await.unwrap(), Some(name(1)));
}
