//! Versions, their files and blobs.

use cellier_model::ports::{Catalog as _, ReleaseQuery, Versions as _};
use cellier_model::{Artefact, FileDetails, Variant};
use cellier_sdk::OrderKey;
use cellier_store::Store;

use super::support::{artefact, at, file, put, take_into_use, version};

fn all_of(artefact: &Artefact) -> ReleaseQuery {
    ReleaseQuery {
        artefact: artefact.id,
        line: None,
        stable_only: false,
        without_yanked: false,
        from: None,
        below: None,
        limit: 100,
    }
}

async fn texts(store: &Store, query: &ReleaseQuery) -> Vec<String> {
    let page = store.releases(query).await.unwrap();
    page.releases
        .iter()
        .map(|release| release.version.version.to_string())
        .collect()
}

pub(crate) async fn a_version_reads_back_with_its_files_and_their_details(store: &Store) {
    let one = artefact("npm", "one", 0);
    let mut first = version(&one, "1.0.0-beta.1+build.7", 1);
    first.deprecated = Some("use 2.0.0 — it's better".to_owned());
    let plain = file(&first, "Réunion \"2026\".tgz", 1);
    let mut arm = file(&first, "arm.tgz", 2);
    arm.variant = Some(Variant::parse("linux-arm64").unwrap());
    put(store, &one, &[]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_version(&first).await.unwrap();
    for file in [&plain, &arm] {
        take_into_use(transaction.as_mut(), file, 1).await;
        transaction.insert_file(file).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let release = store
        .release(one.id, "1.0.0-beta.1+build.7")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(release.version, first);
    let listed = store.whole_releases(&all_of(&one)).await.unwrap().releases;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].files, release.files);
    assert_eq!(release.files, [plain, arm]);
    assert!(
        store
            .release(one.id, "1.0.0-beta.1")
            .await
            .unwrap()
            .is_none()
    );
}

pub(crate) async fn versions_are_listed_newest_first_without_details(store: &Store) {
    let one = artefact("npm", "one", 0);
    let versions = ["1.9.0", "1.10.0", "1.10.0-rc.1", "0.1.0"].map(|text| version(&one, text, 1));
    put(store, &one, &versions).await;
    assert_eq!(
        texts(store, &all_of(&one)).await,
        ["1.10.0", "1.10.0-rc.1", "1.9.0", "0.1.0"]
    );
    let page = store
        .releases(&ReleaseQuery {
            limit: 3,
            ..all_of(&one)
        })
        .await
        .unwrap();
    assert!(page.more);
    assert_eq!(page.releases[0].files.len(), 1);
    assert_eq!(page.releases[0].files[0].details, FileDetails::default());
    let below = page
        .releases
        .last()
        .map(|release| release.version.order.clone());
    assert_eq!(
        texts(
            store,
            &ReleaseQuery {
                below,
                ..all_of(&one)
            }
        )
        .await,
        ["0.1.0"]
    );
}

pub(crate) async fn a_line_is_a_range_and_yanked_and_unstable_ones_can_be_left_out(store: &Store) {
    let one = artefact("npm", "one", 0);
    let mut versions =
        ["1.2.3", "1.2.4", "1.2.5-rc.1", "1.20.0", "12.0.0"].map(|text| version(&one, text, 1));
    versions[1].yanked_at = Some(at(3));
    put(store, &one, &versions).await;
    let line = ReleaseQuery {
        line: Some(OrderKey::of_line(&[1, 2])),
        ..all_of(&one)
    };
    assert_eq!(texts(store, &line).await, ["1.2.5-rc.1", "1.2.4", "1.2.3"]);
    let stable = ReleaseQuery {
        stable_only: true,
        ..line.clone()
    };
    assert_eq!(texts(store, &stable).await, ["1.2.4", "1.2.3"]);
    let found = ReleaseQuery {
        without_yanked: true,
        ..stable
    };
    assert_eq!(texts(store, &found).await, ["1.2.3"]);
    let between = ReleaseQuery {
        from: Some(versions[1].order.clone()),
        below: Some(versions[4].order.clone()),
        ..all_of(&one)
    };
    assert_eq!(
        texts(store, &between).await,
        ["1.20.0", "1.2.5-rc.1", "1.2.4"]
    );
}

pub(crate) async fn the_last_the_latest_and_the_newest_are_told_apart(store: &Store) {
    let one = artefact("npm", "one", 0);
    let mut versions =
        ["1.0.0", "1.1.0", "2.0.0-beta.1", "3.0.0"].map(|text| version(&one, text, 1));
    versions[1].yanked_at = Some(at(2));
    put(store, &one, &versions).await;
    versions[3].deleted_at = Some(at(3));
    let mut transaction = store.begin().await.unwrap();
    transaction
        .delete_files(versions[3].id, at(9))
        .await
        .unwrap();
    transaction.update_version(&versions[3]).await.unwrap();
    let text = |release: Option<cellier_model::Release>| {
        release.map(|release| release.version.version.to_string())
    };
    assert_eq!(
        text(transaction.last_release(one.id).await.unwrap()).as_deref(),
        Some("3.0.0")
    );
    assert_eq!(
        text(transaction.newest_release(one.id).await.unwrap()).as_deref(),
        Some("2.0.0-beta.1")
    );
    assert_eq!(
        text(transaction.latest_release(one.id).await.unwrap()).as_deref(),
        Some("1.0.0")
    );
    let nothing = artefact("npm", "nothing", 0);
    assert!(
        transaction
            .last_release(nothing.id)
            .await
            .unwrap()
            .is_none()
    );
}

pub(crate) async fn deleted_versions_are_seen_by_transactions_alone(store: &Store) {
    let one = artefact("npm", "one", 0);
    let mut first = version(&one, "1.0.0", 1);
    put(store, &one, std::slice::from_ref(&first)).await;
    first.deleted_at = Some(at(4));
    let mut transaction = store.begin().await.unwrap();
    transaction.delete_files(first.id, at(4)).await.unwrap();
    transaction.update_version(&first).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(store.release(one.id, "1.0.0").await.unwrap().is_none());
    assert!(texts(store, &all_of(&one)).await.is_empty());
    let mut transaction = store.begin().await.unwrap();
    let tombstone = transaction.release(one.id, "1.0.0").await.unwrap().unwrap();
    assert_eq!(
        (tombstone.version.deleted_at, tombstone.files.len()),
        (Some(at(4)), 0)
    );
}

pub(crate) async fn a_blob_in_use_can_be_shared(store: &Store) {
    let one = artefact("npm", "one", 0);
    let first = version(&one, "1.0.0", 1);
    let stored = file(&first, "data.bin", 1);
    assert_eq!(store.shareable_blob(&stored.sha256()).await.unwrap(), None);
    put(store, &one, std::slice::from_ref(&first)).await;
    assert_eq!(
        store.shareable_blob(&stored.sha256()).await.unwrap(),
        Some(stored.blob)
    );
    let mut transaction = store.begin().await.unwrap();
    assert!(
        transaction.use_blob(&stored.blob).await.unwrap(),
        "a second use is confirmed"
    );
}
