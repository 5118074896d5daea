//! Stores in the network for the suite, and what only they have to prove.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cellier_model::testing::{FakeClock, SeededRandom};
use cellier_store::testing::TestS3;
use cellier_store::{Patience, RemoteBlobs, RemoteOptions, RemoteStore, S3Location};
use object_store::memory::InMemory;

use crate::blobs::suite::{noise, read, store};

/// Patience for servers on the same machine.
pub(crate) fn patience() -> Patience {
    Patience {
        answer: Duration::from_secs(20),
        idle: Duration::from_secs(20),
        backoff: Duration::from_millis(5),
        ..Patience::default()
    }
}

pub(crate) fn options(folder: &Path) -> RemoteOptions {
    RemoteOptions {
        staging: folder.join("staging"),
        cache: folder.join("cache"),
        cache_limit: 64 << 20,
        patience: patience(),
    }
}

pub(crate) fn open(folder: &Path, store: RemoteStore) -> RemoteBlobs {
    open_with(store, &options(folder))
}

pub(crate) fn open_with(store: RemoteStore, options: &RemoteOptions) -> RemoteBlobs {
    let clock = Arc::new(FakeClock::at("2026-01-01T00:00:00Z"));
    let random = Arc::new(SeededRandom::new(5));
    RemoteBlobs::open(store, options, clock, random).unwrap()
}

pub(crate) fn bucket(url: &str, patience: Patience) -> RemoteStore {
    let location: S3Location = url.parse().unwrap();
    RemoteStore::s3(&location, TestS3::variable, patience).unwrap()
}

pub(crate) fn in_memory(folder: &Path) -> RemoteBlobs {
    open(folder, RemoteStore::of(Arc::new(InMemory::new())))
}

pub(crate) fn on_embedded_s3(folder: &Path) -> RemoteBlobs {
    let url = TestS3::embedded().new_bucket();
    open(folder, bucket(&url, patience()))
}

pub(crate) fn on_moto(folder: &Path) -> RemoteBlobs {
    let url = TestS3::moto().new_bucket();
    open(folder, bucket(&url, patience()))
}

#[tokio::test]
async fn real_servers_pass_the_probe() {
    let folder = tempfile::tempdir().unwrap();
    in_memory(folder.path()).probe(false).await.unwrap();
    on_embedded_s3(folder.path()).probe(true).await.unwrap();
    on_moto(folder.path()).probe(true).await.unwrap();
}

#[tokio::test]
async fn a_store_keeps_checksums_if_its_url_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    for server in [TestS3::embedded(), TestS3::moto()] {
        for checksum in ["sha256", "crc64nvme"] {
            let url = format!("{}&checksum={checksum}", server.new_bucket());
            let blobs = open(folder.path(), bucket(&url, patience()));
            for length in [100, 9 << 20] {
                let bytes = noise(length);
                let key = store(&blobs, &bytes, 1).await;
                assert!(read(&blobs, &key, 0..length as u64).await == bytes);
            }
        }
    }
}
