//! Blobs, and what takes space.

use cellier_model::ports::{BlobRecord, Checks as _, Space as _, SpaceUsage, Versions as _};
use cellier_model::retention::Retained;
use cellier_model::{BlobKey, Timestamp};
use cellier_store::Store;

use super::versions::releases;
use super::{Migrated, at, id};

/// A blob: the byte that its digest is made of, and what tells it from others of the same digest.
pub(super) type Blob = (&'static str, u64);

/// Those that files use.
pub(super) const FIRST: Blob = ("aa", 1);
pub(super) const SECOND: Blob = ("bb", 2);
/// That nothing uses.
const UNUSED: Blob = ("cc", 3);
/// That a sweep was deleting.
const DYING: Blob = ("dd", 4);

pub(super) fn key((byte, generation): Blob) -> BlobKey {
    let text = format!("{}.{generation:016x}", byte.repeat(32));
    text.parse().unwrap()
}

pub(super) async fn read(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    for (blob, size, files, unused_since) in [
        (FIRST, 12, 2, None),
        (SECOND, 40, 2, None),
        (UNUSED, 7, 0, Some(unused_since(migrated))),
    ] {
        let state = store.blob_state(&key(blob)).await.unwrap().unwrap();
        assert_eq!((state.size, state.files), (size, files), "{blob:?}");
        assert_eq!(state.unused_since, unused_since, "{blob:?}");
        assert!(state.sizes_are(size) && state.mark_is_right(), "{state:?}");
    }
    let uses = store.uses_of_blob(&key(SECOND), 10).await.unwrap();
    let uses = uses.iter().map(|one| (one.name.as_str(), &*one.version));
    assert!(uses.eq([("@acme/Widget", "0.9.0"), ("Terrain", "2")]));
    for blob in [FIRST, SECOND] {
        let shareable = store.shareable_blob(&key(blob).sha256()).await.unwrap();
        assert_eq!(shareable, Some(key(blob)));
    }
    freeable(migrated).await;
    retained(store).await;
}

/// Before that was written down, a blob that nothing used was taken to be unused since it was made.
fn unused_since(migrated: &Migrated) -> Timestamp {
    migrated.since(2, at(300)).unwrap_or(at(122))
}

async fn freeable(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let unused = BlobRecord {
        key: key(UNUSED),
        size: 7,
    };
    let dying = BlobRecord {
        key: key(DYING),
        size: 9,
    };
    assert_eq!(store.dying_blobs(None, 10).await.unwrap(), [dying]);
    let since = unused_since(migrated);
    assert_eq!(store.unused_blobs(since, 10).await.unwrap(), []);
    assert_eq!(store.count_freeable(since).await.unwrap(), (1, 9));
    let later = at(since.as_micros() + 1);
    assert_eq!(store.unused_blobs(later, 10).await.unwrap(), [unused]);
    assert_eq!(store.count_freeable(later).await.unwrap(), (2, 16));
    let expected = SpaceUsage {
        blobs: 4,
        bytes: 68,
        reclaimable_blobs: 2,
        reclaimable_bytes: 16,
    };
    assert_eq!(store.space().await.unwrap(), expected);
}

async fn retained(store: &Store) {
    let retained = |place: usize, size, tagged| Retained {
        version: releases()[place].version.clone(),
        size,
        tagged,
    };
    let expected = [
        retained(0, 12, true),
        retained(1, 12, false),
        retained(2, 40, false),
    ];
    let found = store.retained_versions(id(0xa1)).await.unwrap();
    assert_eq!(found, expected);
}
