//! The folder that uploads are staged in.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cellier_model::StagedBlob;
use cellier_model::ports::{BlobError, Staging};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, ReadAtExt as _};

use crate::blobs::digest::Hasher;
use crate::blobs::disk::on_disk;
use crate::blobs::staging::upload::LocalStaging;

/// How many names are tried for one upload. A name is taken only where another server uses the same folder and has the
/// same process number, as happens in containers.
const NAMES_TRIED: u32 = 1000;

/// The folder that uploads are staged in. Several servers may use the same one.
#[derive(Clone, Debug)]
pub(in crate::blobs) struct StagingFolder {
    path: Arc<Path>,
    count: Arc<AtomicU64>,
}

impl StagingFolder {
    /// Makes the folder if it is not there; removes what lay staged when a server died.
    pub(in crate::blobs) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        remove_abandoned(path)?;
        Ok(Self::existing(path))
    }

    /// A folder that is left as it is; nothing can be staged if it is not there.
    pub(in crate::blobs) fn existing(path: &Path) -> Self {
        Self {
            path: path.into(),
            count: Arc::default(),
        }
    }

    /// Starts to stage an upload.
    pub(in crate::blobs) fn stage(
        &self,
        digests: &[DigestAlgorithm],
    ) -> Result<Box<dyn Staging>, BlobError> {
        let (path, file) = self
            .new_file()
            .map_err(|error| BlobError::from_io("stage an upload", error))?;
        match LocalStaging::begin(path, file, digests) {
            Ok(staging) => Ok(Box::new(staging)),
            Err(error) => Err(BlobError::from_io("stage an upload", error)),
        }
    }

    /// Whether the disk takes bytes.
    pub(in crate::blobs) async fn check(&self) -> Result<(), BlobError> {
        let folder = self.clone();
        on_disk("write to storage", move || {
            let (path, _file) = folder.new_file()?;
            let written = fs::write(&path, b"check");
            // On a full disk the file is there although nothing could be written into it.
            let removed = fs::remove_file(&path);
            written.and(removed)
        })
        .await
    }

    /// A new file, locked. The lock says that somebody works on it: a server that starts removes only what nobody has
    /// locked.
    pub(in crate::blobs) fn new_file(&self) -> io::Result<(PathBuf, File)> {
        for _ in 0..NAMES_TRIED {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            let path = self.path.join(format!("{}-{count}", std::process::id()));
            let created = File::options()
                .read(true)
                .write(true)
                .create_new(true)
                .open(&path);
            match created {
                Ok(file) => {
                    file.lock()?;
                    // A server that started in this very moment may have taken the file for an abandoned one.
                    if file.metadata()?.nlink() > 0 {
                        return Ok((path, file));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        let problem = format!("all names tried in {} are taken", self.path.display());
        Err(io::Error::new(io::ErrorKind::AlreadyExists, problem))
    }
}

/// Removes what a process left behind that is there no more: files that nobody has locked.
fn remove_abandoned(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(file) = File::open(&path) else {
            continue;
        };
        if file.try_lock().is_ok() {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Computes digests of staged bytes that were not asked for in time.
pub(in crate::blobs) async fn digest_staged(
    staged: &StagedBlob,
    digests: &[DigestAlgorithm],
) -> Result<Vec<Digest>, BlobError> {
    let content = Arc::clone(staged.content());
    let hashers: Vec<_> = digests.iter().copied().filter_map(Hasher::new).collect();
    on_disk("read a staged upload", move || {
        compute(content.as_ref(), hashers)
    })
    .await
}

fn compute(content: &dyn ReadAt, mut hashers: Vec<Hasher>) -> io::Result<Vec<Digest>> {
    let mut reader = content.reader();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(hashers.into_iter().filter_map(Hasher::finish).collect());
        }
        for hasher in &mut hashers {
            hasher.update(&buffer[..count]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_another_server_has_taken_is_passed_over() {
        let temporary = tempfile::tempdir().unwrap();
        let one = StagingFolder::open(temporary.path()).unwrap();
        let other = StagingFolder::open(temporary.path()).unwrap();
        let (first, _open) = one.new_file().unwrap();
        let (second, _open) = other.new_file().unwrap();
        assert_ne!(first, second);
    }
}
