//! What only the store on local disk has to prove.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use cellier_model::BlobKey;
use cellier_model::ports::{Blobs as _, StoredBlob};
use cellier_model::testing::SeededRandom;
use cellier_sdk::DigestAlgorithm;
use cellier_store::LocalBlobs;
use futures_util::TryStreamExt as _;

use crate::blobs::suite::{noise, read, stage, store};

pub(crate) fn open(folder: &Path) -> LocalBlobs {
    LocalBlobs::open(folder).unwrap()
}

#[tokio::test]
async fn what_a_dead_server_left_staged_is_removed_and_what_a_living_one_stages_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let living = open(folder.path());
    let staged = stage(&living, b"at work", &[]).await;
    std::fs::write(folder.path().join("staging/1-0"), b"left behind").unwrap();
    let _second = open(folder.path());
    assert!(staged.path().unwrap().exists());
    assert!(!folder.path().join("staging/1-0").exists());
}

/// A runtime in which as few threads as here may wait for a disk.
fn with_two_threads_for_disks(story: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(2)
        .build()
        .unwrap();
    let in_time = async { tokio::time::timeout(Duration::from_secs(20), story).await };
    runtime.block_on(in_time).expect("somebody is waited for");
}

#[test]
fn clients_that_read_nothing_hold_no_thread() {
    with_two_threads_for_disks(async {
        let folder = tempfile::tempdir().unwrap();
        let blobs = open(folder.path());
        let bytes = noise(4 << 20);
        let key = store(&blobs, &bytes, 1).await;
        let mut stalled = Vec::new();
        for _ in 0..20 {
            stalled.push(blobs.read(&key, 0..4 << 20).await.unwrap());
        }
        for stream in &mut stalled {
            assert!(stream.try_next().await.unwrap().is_some());
        }
        blobs.check().await.unwrap();
        assert_eq!(read(&blobs, &key, 0..4 << 20).await, bytes);
        let mut first = stalled.swap_remove(0);
        let mut rest = 0;
        while let Some(piece) = first.try_next().await.unwrap() {
            rest += piece.len();
        }
        assert!(rest > 3 << 20, "who goes on reading gets the rest: {rest}");
    });
}

#[test]
fn uploads_that_pause_hold_no_thread() {
    with_two_threads_for_disks(async {
        let folder = tempfile::tempdir().unwrap();
        let blobs = open(folder.path());
        let mut paused = Vec::new();
        for _ in 0..20 {
            let mut staging = blobs.stage(&[DigestAlgorithm::Sha512]).await.unwrap();
            staging.write(Bytes::from_static(b"some ")).await.unwrap();
            paused.push(staging);
        }
        blobs.check().await.unwrap();
        let words = store(&blobs, b"some words", 1).await;
        for mut staging in paused {
            staging.write(Bytes::from_static(b"words")).await.unwrap();
            let staged = staging.finish().await.unwrap();
            assert_eq!(staged.sha256(), words.sha256());
            assert_eq!(staged.size(), 10);
        }
    });
}

#[tokio::test]
async fn a_blob_is_as_old_as_its_storing_and_not_as_its_upload() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(folder.path());
    let staged = stage(&blobs, b"waits for its inspection", &[]).await;
    let uploaded = std::fs::metadata(staged.path().unwrap()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let key = BlobKey::fresh(staged.sha256(), &SeededRandom::new(1));
    blobs.store(&staged, &key).await.unwrap();
    let listed: Vec<StoredBlob> = blobs.list().await.unwrap().try_collect().await.unwrap();
    let uploaded = uploaded.mtime() * 1_000_000 + uploaded.mtime_nsec() / 1000;
    assert!(listed[0].modified.as_micros() >= uploaded + 50_000);
}
