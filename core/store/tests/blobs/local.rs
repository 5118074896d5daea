//! What only the store on local disk has to prove.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use cellier_model::BlobKey;
use cellier_model::ports::{Blobs as _, StoredBlob};
use cellier_model::testing::SeededRandom;
use cellier_store::LocalBlobs;
use futures_util::TryStreamExt as _;

use crate::blobs::suite::stage;

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
