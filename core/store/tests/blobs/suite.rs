//! What every store of bytes must do, case by case.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cellier_model::ports::{BlobError, Blobs, StoredBlob};
use cellier_model::testing::SeededRandom;
use cellier_model::{BlobKey, StagedBlob};
use cellier_sdk::{DigestAlgorithm, ReadAtExt as _};
use cellier_store::Marker;
use futures_util::TryStreamExt as _;
use sha1::Digest as _;

/// Bytes that are not the same anywhere.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    cellier_model::Random::fill(&SeededRandom::new(length as u64), &mut bytes);
    bytes
}

/// The time in whole seconds, as the disk has it.
fn now() -> i64 {
    tempfile::tempfile().unwrap().metadata().unwrap().ctime()
}

pub(crate) async fn stage(
    blobs: &dyn Blobs,
    bytes: &[u8],
    digests: &[DigestAlgorithm],
) -> StagedBlob {
    let mut staging = blobs.stage(digests).await.unwrap();
    // Pieces of odd sizes, as a network gives them.
    for piece in bytes.chunks(77_777) {
        staging.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    assert_eq!(staging.size(), bytes.len() as u64);
    staging.finish().await.unwrap()
}

pub(crate) async fn store(blobs: &dyn Blobs, bytes: &[u8], seed: u64) -> BlobKey {
    let staged = stage(blobs, bytes, &[]).await;
    let key = BlobKey::fresh(staged.sha256(), &SeededRandom::new(seed));
    blobs.store(&staged, &key).await.unwrap();
    key
}

pub(crate) async fn read(blobs: &dyn Blobs, key: &BlobKey, range: std::ops::Range<u64>) -> Vec<u8> {
    let stream = blobs.read(key, range).await.unwrap();
    stream.try_collect::<Vec<Bytes>>().await.unwrap().concat()
}

pub(crate) async fn digests_are_computed_while_the_bytes_pass_by_or_afterwards(blobs: &dyn Blobs) {
    let bytes = noise(1_000_003);
    let all = [
        DigestAlgorithm::Sha1,
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha512,
    ];
    let staged = stage(blobs, &bytes, &all).await;
    let expected = |algorithm: DigestAlgorithm| match algorithm {
        DigestAlgorithm::Sha1 => sha1::Sha1::digest(&bytes).to_vec(),
        DigestAlgorithm::Sha256 => sha2::Sha256::digest(&bytes).to_vec(),
        _ => sha2::Sha512::digest(&bytes).to_vec(),
    };
    for algorithm in all {
        assert_eq!(
            staged.digest(algorithm).unwrap().as_bytes(),
            expected(algorithm),
            "{algorithm:?}"
        );
    }
    let late = stage(blobs, &bytes, &[]).await;
    assert_eq!(late.digest(DigestAlgorithm::Sha512), None);
    let computed = blobs.digest(&late, &all).await.unwrap();
    for digest in &computed {
        assert_eq!(digest.as_bytes(), expected(digest.algorithm()));
    }
    assert_eq!(computed.len(), 3);
}

pub(crate) async fn what_is_stored_reads_back_whole_and_in_any_range(blobs: &dyn Blobs) {
    for length in [0, 1, 4096, 256 * 1024, 256 * 1024 + 1, 3_000_000] {
        let bytes = noise(length);
        let key = store(blobs, &bytes, 1).await;
        let end = length as u64;
        assert_eq!(blobs.size(&key).await.unwrap(), Some(end));
        assert!(read(blobs, &key, 0..end).await == bytes, "{length} bytes");
        let (third, half) = (length / 3, length / 2);
        let part = read(blobs, &key, third as u64..half as u64).await;
        assert!(part == bytes[third..half], "the middle of {length} bytes");
        let content = blobs.open(&key).await.unwrap();
        assert_eq!(content.size(), end);
        // A format reads on a thread that may wait; never on one that serves connections.
        let reading = move || content.read_range(third as u64, 10).unwrap();
        let part = tokio::task::spawn_blocking(reading).await.unwrap();
        assert!(part == bytes[third..length.min(third + 10)]);
    }
}

/// Large enough for three parts, where a store takes parts.
pub(crate) async fn a_large_blob_reads_back_whole(blobs: &dyn Blobs) {
    let bytes = noise(20_000_003);
    let key = store(blobs, &bytes, 1).await;
    assert!(read(blobs, &key, 0..20_000_003).await == bytes);
    let seam = read(blobs, &key, 8_388_600..8_388_620).await;
    assert!(seam == bytes[8_388_600..8_388_620]);
    let staged = stage(blobs, &bytes, &[]).await;
    let again = blobs.store(&staged, &key).await;
    assert!(matches!(again, Err(BlobError::AlreadyExists { .. })));
}

pub(crate) async fn a_key_is_written_once(blobs: &dyn Blobs) {
    let key = store(blobs, b"first", 1).await;
    let staged = stage(blobs, b"second", &[]).await;
    let again = blobs.store(&staged, &key).await;
    assert!(
        matches!(again, Err(BlobError::AlreadyExists { .. })),
        "{again:?}"
    );
    assert_eq!(read(blobs, &key, 0..5).await, b"first");
    let other_generation = store(blobs, b"first", 2).await;
    assert_ne!(key, other_generation);
    blobs.delete(&other_generation).await.unwrap();
    assert_eq!(
        read(blobs, &key, 0..5).await,
        b"first",
        "a late delete never hits another generation"
    );
}

pub(crate) async fn what_is_not_there_is_missing_and_deleting_it_is_fine(blobs: &dyn Blobs) {
    let key = store(blobs, b"bytes", 1).await;
    blobs.delete(&key).await.unwrap();
    blobs.delete(&key).await.unwrap();
    assert_eq!(blobs.size(&key).await.unwrap(), None);
    assert!(matches!(
        blobs.read(&key, 0..5).await.err(),
        Some(BlobError::Missing { .. })
    ));
    assert!(matches!(
        blobs.open(&key).await.err(),
        Some(BlobError::Missing { .. })
    ));
}

pub(crate) async fn all_blobs_are_listed_with_their_size_and_age(blobs: &dyn Blobs) {
    let before = now();
    let mut stored = Vec::new();
    for number in 0..20 {
        stored.push(store(blobs, format!("blob {number}").as_bytes(), number).await);
    }
    let _never_stored = stage(blobs, b"only staged", &[]).await;
    let listed: Vec<StoredBlob> = blobs.list().await.unwrap().try_collect().await.unwrap();
    for blob in &listed {
        assert_eq!(Some(blob.size), blobs.size(&blob.key).await.unwrap());
        assert!(before <= blob.modified.as_seconds() && blob.modified.as_seconds() <= now() + 1);
    }
    let mut listed: Vec<_> = listed.into_iter().map(|blob| blob.key).collect();
    listed.sort();
    stored.sort();
    assert_eq!(listed, stored);
}

pub(crate) async fn the_keys_of_a_digest_are_found(blobs: &dyn Blobs) {
    let mut same = Vec::new();
    for seed in [1, 2] {
        same.push(store(blobs, b"the same bytes", seed).await);
    }
    let other = store(blobs, b"other bytes", 3).await;
    same.sort();
    let found = blobs.keys_of(&same[0].sha256()).await.unwrap();
    assert_eq!(found, same);
    assert_eq!(blobs.keys_of(&other.sha256()).await.unwrap(), [other]);
    blobs.delete(&other).await.unwrap();
    assert_eq!(blobs.keys_of(&other.sha256()).await.unwrap(), []);
}

pub(crate) async fn a_staged_upload_can_be_read_by_many_at_once_and_vanishes(blobs: &dyn Blobs) {
    let bytes = Arc::new(noise(500_000));
    let staged = stage(blobs, &bytes, &[]).await;
    let path = staged.path().map(Path::to_owned);
    assert!(path.as_ref().is_none_or(|path| path.exists()));
    let readers: Vec<_> = (0..4_usize)
        .map(|reader| {
            let (staged, bytes) = (staged.clone(), Arc::clone(&bytes));
            tokio::task::spawn_blocking(move || {
                let start = reader * 100_000;
                staged.content().read_range(start as u64, 5000).unwrap()
                    == bytes[start..start + 5000]
            })
        })
        .collect();
    for reader in readers {
        assert!(reader.await.unwrap());
    }
    drop(staged);
    // It goes on a thread that may wait for a disk: soon, and not at once.
    let started = std::time::Instant::now();
    while path.as_ref().is_some_and(|path| path.exists()) {
        assert!(started.elapsed().as_secs() < 30, "something is left behind");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let abandoned = blobs.stage(&[]).await.unwrap();
    drop(abandoned);
}

pub(crate) async fn a_healthy_store_says_so(blobs: &dyn Blobs) {
    blobs.check().await.unwrap();
}

/// What can carry markers, which is more than [`Blobs`]: only who owns a storage may set them.
pub(crate) trait Marked: Blobs {
    async fn marker(&self, marker: Marker) -> Option<String>;
    async fn set_marker(&self, marker: Marker, text: &str) -> bool;
    async fn remove_marker(&self, marker: Marker);
}

macro_rules! marked {
    ($store:ty) => {
        impl Marked for $store {
            async fn marker(&self, marker: Marker) -> Option<String> {
                self.marker(marker).await.unwrap()
            }

            async fn set_marker(&self, marker: Marker, text: &str) -> bool {
                self.set_marker(marker, text).await.unwrap()
            }

            async fn remove_marker(&self, marker: Marker) {
                self.remove_marker(marker).await.unwrap();
            }
        }
    };
}

marked!(cellier_store::LocalBlobs);
marked!(cellier_store::RemoteBlobs);

pub(crate) async fn a_marker_is_set_once_and_is_no_blob(blobs: &impl Marked) {
    assert_eq!(blobs.marker(Marker::Registry).await, None);
    blobs.remove_marker(Marker::Registry).await;
    assert!(blobs.set_marker(Marker::Registry, "one").await);
    assert!(!blobs.set_marker(Marker::Registry, "other").await);
    assert_eq!(blobs.marker(Marker::Registry).await.unwrap(), "one");
    assert_eq!(blobs.marker(Marker::Restoring).await, None);
    let mut listed = blobs.list().await.unwrap();
    assert!(listed.try_next().await.unwrap().is_none());
    blobs.remove_marker(Marker::Registry).await;
    assert!(blobs.set_marker(Marker::Registry, "other").await);
    assert_eq!(blobs.marker(Marker::Registry).await.unwrap(), "other");
}
