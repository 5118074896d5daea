//! Verified bytes.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use cellier_sdk::Sha256;
use sha2::Digest as _;

use crate::client::cache::{Cache, remove_if_there};
use crate::client::{ClientError, Progress, Travel, on_disk};

/// How much is read at a time.
const PIECE: usize = 256 * 1024;

/// Bytes, as a registry describes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    /// Their digest.
    pub(crate) sha256: Sha256,
    /// How many they are.
    pub(crate) size: u64,
}

/// What the cache has of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The very bytes.
    Sound,
    /// Other bytes: what they are.
    Damaged(String),
    /// Nothing.
    Missing,
}

impl Cache {
    /// Looks whether the bytes of a blob are there, and reads them to the end to be sure: disks forget, and nothing but
    /// the digest tells. Whoever asks holds the lease.
    pub(crate) async fn look(&self, blob: Blob, progress: &Progress) -> Result<Found, ClientError> {
        let path = self.blob_path(blob.sha256);
        let travel = match fs::metadata(&path) {
            Ok(_) => progress.start("checking the cached copy", 0, blob.size),
            Err(_) => Travel::Untold,
        };
        on_disk(move || {
            examine(&path, blob, &travel)
                .map_err(ClientError::local(format!("read {}", path.display())))
        })
        .await
    }

    /// Takes what was fetched among the verified bytes, if it is what it should be; else removes it. Whoever asks holds
    /// the lease alone.
    pub(crate) async fn keep(&self, blob: Blob, progress: &Progress) -> Result<Found, ClientError> {
        let travel = progress.start("checking what was fetched", 0, blob.size);
        let cache = self.clone();
        on_disk(move || {
            let partial = cache.partial_path(blob.sha256);
            let kept = cache.keep_if_sound(&partial, blob, &travel);
            kept.map_err(ClientError::local(format!("keep {}", partial.display())))
        })
        .await
    }

    fn keep_if_sound(&self, partial: &Path, blob: Blob, travel: &Travel) -> io::Result<Found> {
        let found = examine(partial, blob, travel)?;
        if found == Found::Sound {
            let path = self.blob_path(blob.sha256);
            let folder = path.parent().unwrap_or(&self.root);
            fs::create_dir_all(folder)?;
            let file = File::open(partial)?;
            let mode = file.metadata()?.permissions().mode();
            file.set_permissions(Permissions::from_mode(mode & !0o222))?;
            file.sync_all()?;
            fs::rename(partial, &path)?;
            File::open(folder)?.sync_all()?;
        } else {
            remove_if_there(partial)?;
        }
        remove_if_there(&self.etag_path(blob.sha256))?;
        Ok(found)
    }
}

/// Compares a file with what it should be.
fn examine(path: &Path, blob: Blob, travel: &Travel) -> io::Result<Found> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(error) => return Err(error),
    };
    let size = file.metadata()?.len();
    if size != blob.size {
        let problem = format!("it has {size} bytes, not {}", blob.size);
        return Ok(Found::Damaged(problem));
    }
    let found = digest(file, travel)?;
    if found == blob.sha256 {
        Ok(Found::Sound)
    } else {
        let problem = format!("its SHA-256 is {found}, not {}", blob.sha256);
        Ok(Found::Damaged(problem))
    }
}

fn digest(mut file: File, travel: &Travel) -> io::Result<Sha256> {
    let mut hasher = sha2::Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(Sha256::new(hasher.finalize().into()));
        }
        hasher.update(&piece[..read]);
        travel.advance(read as u64);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use cellier_model::testing::FakeClock;

    use super::*;

    pub(in crate::client::cache) fn blob_of(content: &[u8]) -> Blob {
        Blob {
            sha256: Sha256::new(sha2::Sha256::digest(content).into()),
            size: content.len() as u64,
        }
    }

    pub(in crate::client::cache) fn cache() -> (tempfile::TempDir, Cache, Arc<FakeClock>) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::at("2026-03-01T12:00:00Z"));
        let cache = Cache::open(
            &folder.path().join("cache"),
            Arc::<FakeClock>::clone(&clock),
        );
        (folder, cache.unwrap(), clock)
    }

    /// Puts content into the cache as a download would.
    pub(in crate::client::cache) async fn store(cache: &Cache, content: &[u8]) -> Blob {
        let blob = blob_of(content);
        fs::write(cache.partial_path(blob.sha256), content).unwrap();
        let kept = cache.keep(blob, &Progress::Quiet).await.unwrap();
        assert_eq!(kept, Found::Sound);
        blob
    }

    #[tokio::test]
    async fn what_is_sound_is_kept_read_only_and_found_again() {
        let (_folder, cache, _clock) = cache();
        let blob = store(&cache, b"terrain").await;
        let path = cache.blob_path(blob.sha256);
        assert_eq!(fs::read(&path).unwrap(), b"terrain");
        assert!(fs::metadata(&path).unwrap().permissions().readonly());
        assert!(!cache.partial_path(blob.sha256).exists());
        let found = cache.look(blob, &Progress::Quiet).await.unwrap();
        assert_eq!(found, Found::Sound);
    }

    #[tokio::test]
    async fn one_flipped_bit_a_missing_end_and_a_missing_file_are_told_apart() {
        let (_folder, cache, _clock) = cache();
        let blob = store(&cache, b"terrain").await;
        let path = cache.blob_path(blob.sha256);
        let look = async || cache.look(blob, &Progress::Quiet).await.unwrap();
        for (content, problem) in [
            (b"terrai\x6f".as_slice(), "its SHA-256 is"),
            (b"terr", "it has 4 bytes, not 7"),
        ] {
            fs::remove_file(&path).unwrap();
            fs::write(&path, content).unwrap();
            match look().await {
                Found::Damaged(found) => assert!(found.starts_with(problem), "{found}"),
                other => panic!("{other:?}"),
            }
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(look().await, Found::Missing);
    }

    #[tokio::test]
    async fn nothing_is_kept_of_what_is_not_what_it_should_be() {
        let (_folder, cache, _clock) = cache();
        let blob = blob_of(b"terrain");
        fs::write(cache.partial_path(blob.sha256), b"terroir").unwrap();
        let kept = cache.keep(blob, &Progress::Quiet).await.unwrap();
        assert!(matches!(kept, Found::Damaged(_)));
        assert!(!cache.partial_path(blob.sha256).exists());
        assert!(!cache.blob_path(blob.sha256).exists());
    }
}
