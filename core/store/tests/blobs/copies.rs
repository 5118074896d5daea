//! Random access to blobs in the network, and copies of whole blobs on local disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cellier_model::BlobKey;
use cellier_model::ports::Blobs as _;
use cellier_model::testing::{FakeClock, SeededRandom};
use cellier_sdk::{ReadAt, ReadAtExt as _};
use cellier_store::{RemoteBlobs, RemoteOptions, RemoteStore};
use object_store::{ObjectStoreExt as _, PutPayload};

use crate::blobs::remote::options;
use crate::blobs::suite::{noise, store};
use crate::blobs::watched::Watched;

/// A server with its folder, on a store that is watched.
struct Server {
    watched: Watched,
    clock: Arc<FakeClock>,
    folder: Arc<tempfile::TempDir>,
    blobs: RemoteBlobs,
}

impl Server {
    /// Copies may have so many bytes together.
    fn with_limit(limit: u64) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::on(Watched::default(), folder, limit)
    }

    fn on(watched: Watched, folder: Arc<tempfile::TempDir>, limit: u64) -> Self {
        let clock = Arc::new(FakeClock::at("2026-01-01T00:00:00Z"));
        let options = RemoteOptions {
            cache_limit: limit,
            ..options(folder.path())
        };
        let store = RemoteStore::of(Arc::new(watched.clone()));
        let random = Arc::new(SeededRandom::new(3));
        let blobs = RemoteBlobs::open(store, &options, Arc::<FakeClock>::clone(&clock), random);
        Self {
            watched,
            clock,
            folder,
            blobs: blobs.unwrap(),
        }
    }

    /// Another server on the same store and the same folder: after a restart, or beside this one.
    fn another(&self, limit: u64) -> Self {
        Self::on(self.watched.clone(), Arc::clone(&self.folder), limit)
    }

    async fn content(&self, key: &BlobKey) -> Arc<dyn ReadAt> {
        self.blobs.open(key).await.unwrap()
    }

    /// Asks for a copy as a format does, on a thread that may wait; the time goes on a little.
    async fn copy(&self, key: &BlobKey) -> Option<PathBuf> {
        self.clock.advance(Duration::from_secs(1));
        let content = self.content(key).await;
        local_path(&content).await
    }

    fn has_copy(&self, key: &BlobKey) -> bool {
        self.folder
            .path()
            .join(format!("cache/blobs/{key}"))
            .exists()
    }
}

async fn local_path(content: &Arc<dyn ReadAt>) -> Option<PathBuf> {
    let content = Arc::clone(content);
    let asking = move || content.local_path().map(Path::to_owned);
    tokio::task::spawn_blocking(asking).await.unwrap()
}

async fn read_range(content: &Arc<dyn ReadAt>, offset: u64, most: usize) -> io::Result<Vec<u8>> {
    let content = Arc::clone(content);
    let reading = move || content.read_range(offset, most);
    tokio::task::spawn_blocking(reading).await.unwrap()
}

#[tokio::test]
async fn many_small_reads_ask_the_store_once() {
    let server = Server::with_limit(0);
    let bytes = noise(1_000_000);
    let key = store(&server.blobs, &bytes, 1).await;
    for offset in (0..200_000).step_by(1000) {
        let content = server.content(&key).await;
        let read = read_range(&content, offset as u64, 100).await.unwrap();
        assert!(read == bytes[offset..offset + 100]);
    }
    assert_eq!(server.watched.gets(), 1);
    let content = server.content(&key).await;
    assert!(read_range(&content, 0, 1_000_000).await.unwrap() == bytes);
    assert_eq!(server.watched.gets(), 4, "blocks of 256 KiB");
    assert_eq!(content.read_at(2_000_000, &mut [0; 10]).unwrap(), 0);
}

#[tokio::test]
async fn a_copy_is_fetched_once_however_many_ask() {
    let server = Server::with_limit(10 << 20);
    let bytes = noise(3 << 20);
    let key = store(&server.blobs, &bytes, 1).await;
    let asking = (0..16).map(|_| server.copy(&key));
    let paths = futures_util::future::join_all(asking).await;
    assert_eq!(server.watched.gets(), 1);
    for path in &paths {
        assert_eq!(*path, paths[0]);
    }
    assert!(std::fs::read(paths[0].as_ref().unwrap()).unwrap() == bytes);
    let content = server.content(&key).await;
    assert!(read_range(&content, 5, 10).await.unwrap() == bytes[5..15]);
    assert_eq!(server.watched.gets(), 1, "the copy is read, not the store");
}

#[tokio::test]
async fn the_copy_that_was_not_asked_for_the_longest_makes_room() {
    let server = Server::with_limit(2500);
    let mut keys = Vec::new();
    for seed in 1..=3 {
        keys.push(store(&server.blobs, &noise(1000 + seed), 1).await);
    }
    assert!(server.copy(&keys[0]).await.is_some());
    assert!(server.copy(&keys[1]).await.is_some());
    assert!(server.copy(&keys[0]).await.is_some());
    assert!(server.copy(&keys[2]).await.is_some());
    let there: Vec<_> = keys.iter().map(|key| server.has_copy(key)).collect();
    assert_eq!(there, [true, false, true]);
    let large = store(&server.blobs, &noise(3000), 1).await;
    assert_eq!(
        server.copy(&large).await,
        None,
        "it is larger than the cache"
    );
    let content = server.content(&large).await;
    assert!(read_range(&content, 0, 3000).await.unwrap() == noise(3000));
}

#[tokio::test]
async fn a_copy_that_is_in_use_is_not_removed() {
    let server = Server::with_limit(1500);
    let used = store(&server.blobs, &noise(1001), 1).await;
    let other = store(&server.blobs, &noise(1002), 1).await;
    let content = server.content(&used).await;
    let path = local_path(&content).await.unwrap();
    assert_eq!(server.copy(&other).await, None, "there is no room");
    assert!(path.exists());
    drop(content);
    assert!(server.copy(&other).await.is_some());
    assert!(!path.exists());
}

#[tokio::test]
async fn copies_survive_a_restart_and_what_was_half_fetched_does_not() {
    let server = Server::with_limit(1 << 20);
    let bytes = noise(10_000);
    let key = store(&server.blobs, &bytes, 1).await;
    let path = server.copy(&key).await.unwrap();
    let half = server.folder.path().join("cache/partial/1-0");
    std::fs::write(&half, b"half").unwrap();

    let restarted = server.another(1 << 20);
    assert!(!half.exists());
    assert_eq!(restarted.copy(&key).await, Some(path.clone()));
    assert_eq!(restarted.watched.gets(), 1);

    std::fs::write(&path, b"damaged on the disk").unwrap();
    assert_eq!(restarted.copy(&key).await, Some(path.clone()));
    assert!(std::fs::read(&path).unwrap() == bytes);
}

#[tokio::test]
async fn two_servers_may_share_a_folder() {
    let one = Server::with_limit(1 << 20);
    let other = one.another(1 << 20);
    let key = store(&one.blobs, &noise(100_000), 1).await;
    for _ in 0..20 {
        let (mine, yours) = tokio::join!(one.copy(&key), other.copy(&key));
        for path in [mine, yours].into_iter().flatten() {
            assert!(std::fs::read(path).is_ok_and(|bytes| bytes == noise(100_000)));
        }
        let _ = std::fs::remove_file(one.folder.path().join(format!("cache/blobs/{key}")));
    }
}

#[tokio::test]
async fn a_blob_that_is_damaged_in_the_store_is_not_served() {
    let server = Server::with_limit(1 << 20);
    let key = store(&server.blobs, b"as it was", 1).await;
    let name = key.to_string();
    let path =
        object_store::path::Path::from(format!("sha256/{}/{}/{name}", &name[..2], &name[2..4]));
    let damaged = PutPayload::from_static(b"as it is!");
    server.watched.inner.put(&path, damaged).await.unwrap();
    let content = server.content(&key).await;
    assert_eq!(local_path(&content).await, None);
    let error = read_range(&content, 0, 9).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("damaged"), "{error}");
    assert!(!server.has_copy(&key));
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_costs_the_copies_alone() {
    let server = Server::with_limit(1 << 20);
    let key = store(&server.blobs, b"still served", 1).await;
    std::fs::remove_dir_all(server.folder.path().join("cache")).unwrap();
    let content = server.content(&key).await;
    assert_eq!(local_path(&content).await, None);
    assert_eq!(read_range(&content, 0, 12).await.unwrap(), b"still served");
}
