//! Stores in the network for the suite, and what only they have to prove.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cellier_model::testing::{FakeClock, SeededRandom};
use cellier_store::testing::TestS3;
use cellier_store::{Patience, RemoteBlobs, RemoteOptions, RemoteStore, S3Location};
use object_store::memory::InMemory;

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
    // A probe of its own for every process and test: they share servers.
    let seed = std::ptr::from_ref(options) as u64 ^ u64::from(std::process::id());
    let random = Arc::new(SeededRandom::new(seed));
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
