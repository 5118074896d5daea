//! Making room: what has not been used for long goes, unless somebody uses it or would be given it.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use cellier_sdk::Sha256;

use crate::client::ClientError;
use crate::client::cache::{Cache, Lease, remove_if_there};

/// What is to go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct What {
    /// Only what was not used for so long.
    pub(crate) unused_for: Duration,
    /// Also what a tag, a range or a bare name means now, which `pull` would give out when the registry is out of reach.
    pub(crate) newest_too: bool,
    /// Nothing really: it is only told what would go.
    pub(crate) dry_run: bool,
}

/// What went, and what stayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pruned {
    /// The digests whose bytes went.
    pub(crate) removed: Vec<Sha256>,
    /// How many bytes that were.
    pub(crate) freed: u64,
    /// How many stayed because they were used lately.
    pub(crate) used_lately: usize,
    /// How many stayed because somebody holds them.
    pub(crate) in_use: usize,
    /// How many stayed because a selector means them.
    pub(crate) newest: usize,
}

impl Cache {
    /// Removes what has not been used for long. Bytes that somebody holds, and those that a selector means, stay.
    pub(crate) fn prune(&self, what: What) -> Result<Pruned, ClientError> {
        let resolutions = self.resolutions()?;
        let newest: HashSet<Sha256> = resolutions
            .iter()
            .filter(|(_, known)| known.is_newest() && !what.newest_too)
            .map(|(_, known)| known.sha256)
            .collect();
        let mut pruned = Pruned::default();
        for sha256 in self.digests()? {
            let path = self.blob_path(sha256);
            let judged = self.judge(sha256, what, &newest, &mut pruned);
            let lease =
                judged.map_err(ClientError::local(format!("examine {}", path.display())))?;
            let Some(lease) = lease.filter(|_| !what.dry_run) else {
                continue;
            };
            for (record, known) in &resolutions {
                if known.sha256 == sha256 {
                    remove_if_there(record)
                        .map_err(ClientError::local(format!("remove {}", record.display())))?;
                }
            }
            self.remove(sha256)
                .map_err(ClientError::local(format!("remove {}", path.display())))?;
            drop(lease);
        }
        Ok(pruned)
    }

    /// Counts what becomes of a digest; gives the lease if it is to go.
    fn judge(
        &self,
        sha256: Sha256,
        what: What,
        newest: &HashSet<Sha256>,
        pruned: &mut Pruned,
    ) -> io::Result<Option<Lease>> {
        let Some(lease) = self.try_lease_alone(sha256)? else {
            pruned.in_use += 1;
            return Ok(None);
        };
        let path = self.blob_path(sha256);
        if self.clock.now().since(lease.last_use()?) < what.unused_for {
            pruned.used_lately += 1;
        } else if newest.contains(&sha256) && path.exists() {
            pruned.newest += 1;
        } else if is_held(&path)? {
            pruned.in_use += 1;
        } else {
            let size = |path: &Path| fs::metadata(path).map(|metadata| metadata.len());
            let sizes = [size(&path), size(&self.partial_path(sha256))];
            if sizes.iter().any(Result::is_ok) {
                pruned.removed.push(sha256);
            }
            pruned.freed += sizes.into_iter().flatten().sum::<u64>();
            return Ok(Some(lease));
        }
        Ok(None)
    }

    /// The lease's own file goes last: whoever waits for it finds that out and takes a new one.
    fn remove(&self, sha256: Sha256) -> io::Result<()> {
        remove_if_there(&self.blob_path(sha256))?;
        remove_if_there(&self.partial_path(sha256))?;
        remove_if_there(&self.etag_path(sha256))?;
        remove_if_there(&self.lease_path(sha256))
    }

    /// All digests of which there is anything.
    fn digests(&self) -> Result<BTreeSet<Sha256>, ClientError> {
        let mut digests = BTreeSet::new();
        for folder in ["partial", "leases", "blobs"] {
            let folder = self.root.join(folder);
            collect(&folder, 2, &mut digests)
                .map_err(ClientError::local(format!("read {}", folder.display())))?;
        }
        Ok(digests)
    }
}

/// Whether a program has locked the bytes themselves, as `flock --shared "$(cellier pull …)" program` does.
fn is_held(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The digests that name files in a folder and `depth - 1` levels below it. What has another name is not ours.
fn collect(folder: &Path, depth: u32, digests: &mut BTreeSet<Sha256>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if depth > 1 {
                collect(&entry.path(), depth - 1, digests)?;
            }
            continue;
        }
        let name = entry.file_name();
        let digest = name.to_str().and_then(|name| name.parse::<Sha256>().ok());
        digests.extend(digest);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Progress;
    use crate::client::cache::blob::tests::{blob_of, cache, store};
    use crate::client::cache::resolution::tests::resolution;
    use crate::client::cache::{Blob, Hold};

    const MONTH: What = What {
        unused_for: Duration::from_hours(30 * 24),
        newest_too: false,
        dry_run: false,
    };

    async fn used(cache: &Cache, content: &[u8]) -> Blob {
        let blob = store(cache, content).await;
        let lease = cache.lease(blob.sha256, Hold::Shared, &Progress::Quiet);
        drop(lease.await.unwrap());
        blob
    }

    #[tokio::test]
    async fn only_what_was_not_used_for_the_period_goes() {
        let (_folder, cache, clock) = cache();
        let old = used(&cache, b"old").await;
        let exact = resolution("terrain", Some("3"), old);
        let question = cache.remember(exact).unwrap().question;
        clock.advance(Duration::from_hours(20 * 24));
        let young = used(&cache, b"young").await;
        assert_eq!(cache.prune(MONTH).unwrap().used_lately, 2);
        clock.advance(Duration::from_hours(20 * 24));
        let pruned = cache.prune(MONTH).unwrap();
        assert_eq!((pruned.removed, pruned.freed), (vec![old.sha256], 3));
        assert!(!cache.blob_path(old.sha256).exists());
        assert!(!cache.lease_path(old.sha256).exists());
        assert!(cache.blob_path(young.sha256).exists());
        assert_eq!(cache.recall(&question).unwrap(), None);
    }

    #[tokio::test]
    async fn what_a_selector_means_now_stays_unless_that_is_asked_for() {
        let (_folder, cache, clock) = cache();
        let blob = used(&cache, b"terrain").await;
        cache.remember(resolution("terrain", None, blob)).unwrap();
        clock.advance(Duration::from_hours(1000 * 24));
        assert_eq!(cache.prune(MONTH).unwrap().newest, 1);
        assert!(cache.blob_path(blob.sha256).exists());
        let all = What {
            newest_too: true,
            ..MONTH
        };
        assert_eq!(cache.prune(all).unwrap().removed, [blob.sha256]);
        assert_eq!(cache.resolutions().unwrap(), []);
    }

    #[tokio::test]
    async fn what_somebody_holds_stays() {
        let (_folder, cache, clock) = cache();
        let leased = used(&cache, b"leased").await;
        let locked = used(&cache, b"locked").await;
        clock.advance(Duration::from_hours(1000 * 24));
        let other_process = File::open(cache.lease_path(leased.sha256)).unwrap();
        other_process.lock_shared().unwrap();
        let service = File::open(cache.blob_path(locked.sha256)).unwrap();
        service.lock_shared().unwrap();
        let pruned = cache.prune(MONTH).unwrap();
        assert_eq!((pruned.in_use, pruned.removed.len()), (2, 0));
        drop((other_process, service));
        assert_eq!(cache.prune(MONTH).unwrap().removed.len(), 2);
    }

    #[tokio::test]
    async fn an_abandoned_download_goes_too_and_a_dry_run_only_tells() {
        let (_folder, cache, clock) = cache();
        let blob = blob_of(b"terrain");
        let lease = cache.lease(blob.sha256, Hold::Alone, &Progress::Quiet);
        drop(lease.await.unwrap());
        fs::write(cache.partial_path(blob.sha256), b"terr").unwrap();
        clock.advance(Duration::from_hours(31 * 24));
        let dry = What {
            dry_run: true,
            ..MONTH
        };
        let told = cache.prune(dry).unwrap();
        assert!(cache.partial_path(blob.sha256).exists());
        assert_eq!(cache.prune(MONTH).unwrap(), told);
        assert_eq!((told.removed.len(), told.freed), (1, 4));
        assert!(!cache.partial_path(blob.sha256).exists());
    }
}
