//! Leases: who uses the bytes of a digest.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cellier_model::Timestamp;
use cellier_sdk::Sha256;

use crate::client::cache::Cache;
use crate::client::{ClientError, Progress, on_disk};

/// How often a lease is taken anew whose file was removed meanwhile.
const MOST_ATTEMPTS: usize = 100;

/// How a lease is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Together with others that read.
    Shared,
    /// By one who changes what is there.
    Alone,
}

/// The right to use the bytes of a digest, until it is dropped or its process dies.
#[derive(Debug)]
pub(crate) struct Lease {
    file: File,
}

impl Cache {
    /// Waits for a lease, and records the use.
    pub(crate) async fn lease(
        &self,
        sha256: Sha256,
        hold: Hold,
        progress: &Progress,
    ) -> Result<Lease, ClientError> {
        let path = self.lease_path(sha256);
        let progress = progress.clone();
        let lease = on_disk(move || {
            let taken = take(&path, |file| wait(file, hold, &progress));
            taken.map_err(ClientError::local(format!("lock {}", path.display())))
        })
        .await?;
        self.record_use(&lease)?;
        Ok(lease)
    }

    /// A lease for somebody who removes, if nobody else has one. No use is recorded.
    pub(super) fn try_lease_alone(&self, sha256: Sha256) -> io::Result<Option<Lease>> {
        let taken = take(&self.lease_path(sha256), |file| match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        });
        match taken {
            Ok(lease) => Ok(Some(lease)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Records that the bytes are used now.
    pub(crate) fn record_use(&self, lease: &Lease) -> Result<(), ClientError> {
        let micros = u64::try_from(self.clock.now().as_micros()).unwrap_or(0);
        let now = UNIX_EPOCH + Duration::from_micros(micros);
        lease
            .file
            .set_modified(now)
            .map_err(ClientError::local("record the use of the cached copy"))
    }
}

impl Lease {
    /// When the bytes were last used.
    pub(super) fn last_use(&self) -> io::Result<Timestamp> {
        Ok(timestamp(self.file.metadata()?.modified()?))
    }
}

fn timestamp(time: SystemTime) -> Timestamp {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// Opens and locks a file. Who removes it holds it alone, so after the lock it is either still there or gone for good;
/// then the next one is taken.
fn take(path: &Path, lock: impl Fn(&File) -> io::Result<()>) -> io::Result<Lease> {
    for _ in 0..MOST_ATTEMPTS {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        lock(&file)?;
        let of_file = file.metadata()?;
        match fs::metadata(path) {
            Ok(at_path) if (at_path.dev(), at_path.ino()) == (of_file.dev(), of_file.ino()) => {
                return Ok(Lease { file });
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Err(io::Error::other("somebody removes it again and again"))
}

fn wait(file: &File, hold: Hold, progress: &Progress) -> io::Result<()> {
    let tried = match hold {
        Hold::Shared => file.try_lock_shared(),
        Hold::Alone => file.try_lock(),
    };
    match tried {
        Ok(()) => return Ok(()),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    progress.note("another process is fetching or using the same bytes: waiting for it");
    match hold {
        Hold::Shared => file.lock_shared(),
        Hold::Alone => file.lock(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::cache::blob::tests::{blob_of, cache};

    #[tokio::test]
    async fn readers_share_and_whoever_changes_is_alone() {
        let (_folder, cache, _clock) = cache();
        let sha256 = blob_of(b"terrain").sha256;
        let share = async || cache.lease(sha256, Hold::Shared, &Progress::Quiet).await;
        let (first, second) = (share().await.unwrap(), share().await.unwrap());
        assert!(cache.try_lease_alone(sha256).unwrap().is_none());
        drop(first);
        assert!(cache.try_lease_alone(sha256).unwrap().is_none());
        drop(second);
        let alone = cache.try_lease_alone(sha256).unwrap().unwrap();
        let waiting = tokio::time::timeout(Duration::from_millis(50), share()).await;
        assert!(waiting.is_err());
        drop(alone);
        share().await.unwrap();
    }

    #[tokio::test]
    async fn a_lease_whose_file_was_removed_while_it_waited_is_taken_anew() {
        let (_folder, cache, _clock) = cache();
        let sha256 = blob_of(b"terrain").sha256;
        let alone = cache.try_lease_alone(sha256).unwrap().unwrap();
        let waiting = tokio::spawn({
            let cache = cache.clone();
            async move { cache.lease(sha256, Hold::Shared, &Progress::Quiet).await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        fs::remove_file(cache.lease_path(sha256)).unwrap();
        drop(alone);
        let lease = waiting.await.unwrap().unwrap();
        assert!(cache.lease_path(sha256).exists());
        assert!(cache.try_lease_alone(sha256).unwrap().is_none());
        drop(lease);
    }

    #[tokio::test]
    async fn a_lease_records_when_the_bytes_were_last_used() {
        let (_folder, cache, clock) = cache();
        let sha256 = blob_of(b"terrain").sha256;
        drop(
            cache
                .lease(sha256, Hold::Shared, &Progress::Quiet)
                .await
                .unwrap(),
        );
        let used = cellier_model::Clock::now(clock.as_ref());
        clock.advance(Duration::from_hours(5));
        let lease = cache.try_lease_alone(sha256).unwrap().unwrap();
        assert_eq!(lease.last_use().unwrap(), used);
    }
}
