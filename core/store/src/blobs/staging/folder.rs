//! The folder that uploads are staged in.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cellier_model::StagedBlob;
use cellier_model::ports::{BlobError, Staging};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, ReadAtExt as _};

use crate::blobs::digest::Hasher;
use crate::blobs::disk::on_disk;
use crate::blobs::staging::upload::{LocalStaging, StagedFile};
use crate::files::{Files, make_folder_durably};

/// How many names are tried for one upload. A name is taken only where another server uses the same folder and has the
/// same process number, as happens in containers.
const NAMES_TRIED: u32 = 1000;

/// The folder that uploads are staged in. Several servers may use the same one.
#[derive(Clone, Debug)]
pub(in crate::blobs) struct StagingFolder {
    files: Arc<dyn Files>,
    path: Arc<Path>,
    count: Arc<AtomicU64>,
}

impl StagingFolder {
    /// Makes the folder if it is not there; removes what lay staged when a server died.
    pub(in crate::blobs) fn open(files: Arc<dyn Files>, path: &Path) -> io::Result<Self> {
        make_folder_durably(files.as_ref(), path)?;
        remove_abandoned(path)?;
        Ok(Self::existing(files, path))
    }

    /// A folder that is left as it is; nothing can be staged if it is not there.
    pub(in crate::blobs) fn existing(files: Arc<dyn Files>, path: &Path) -> Self {
        Self {
            files,
            path: path.into(),
            count: Arc::default(),
        }
    }

    /// Starts to stage an upload.
    pub(in crate::blobs) async fn stage(
        &self,
        digests: &[DigestAlgorithm],
    ) -> Result<Box<dyn Staging>, BlobError> {
        let (doing, folder) = ("stage an upload", self.clone());
        // Even making a file may wait for a disk, and a thread that serves connections must not.
        let file = on_disk(doing, move || folder.new_file()).await?;
        match LocalStaging::begin(file, digests) {
            Ok(staging) => Ok(Box::new(staging)),
            Err(error) => Err(BlobError::from_io(doing, error)),
        }
    }

    /// Whether the disk takes bytes.
    pub(in crate::blobs) async fn check(&self) -> Result<(), BlobError> {
        let folder = self.clone();
        on_disk("write to storage", move || {
            // On a full disk the file is there although nothing could be written into it; it goes when it is dropped.
            folder.new_file()?.append(b"check")
        })
        .await
    }

    /// A new file, which nobody else takes for his or for an abandoned one.
    fn new_file(&self) -> io::Result<StagedFile> {
        for _ in 0..NAMES_TRIED {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            let path = self.path.join(format!("{}-{count}", std::process::id()));
            match StagedFile::create(Arc::clone(&self.files), path) {
                Ok(Some(file)) => return Ok(file),
                Ok(None) => {}
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
        if file.try_lock().is_ok() && is_still(&file, &path)? {
            remove_if_there(&path)?;
        }
    }
    Ok(())
}

/// Whether a name still means the file that was opened by it: whoever had staged it may have ended since, and somebody else,
/// with the same process number in another container, have taken the name for an upload of his.
fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    let opened = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (opened.dev(), opened.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Another server that starts at the same moment removes the same.
fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
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
    use crate::files::RealFiles;

    #[test]
    fn a_name_that_another_server_has_taken_is_passed_over() {
        let temporary = tempfile::tempdir().unwrap();
        let open = || StagingFolder::open(Arc::new(RealFiles), temporary.path()).unwrap();
        let (one, other) = (open(), open());
        let (first, second) = (one.new_file().unwrap(), other.new_file().unwrap());
        assert_ne!(first.path(), second.path());
    }

    #[test]
    fn a_name_that_somebody_else_has_taken_since_is_left_alone() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("7-0");
        fs::write(&path, "left behind").unwrap();
        let opened = File::open(&path).unwrap();
        assert!(is_still(&opened, &path).unwrap());
        fs::remove_file(&path).unwrap();
        assert!(!is_still(&opened, &path).unwrap());
        remove_if_there(&path).unwrap();
        fs::write(&path, "somebody else's").unwrap();
        assert!(!is_still(&opened, &path).unwrap());
    }

    #[test]
    fn servers_that_start_at_the_same_moment_do_not_mind_each_other() {
        let temporary = tempfile::tempdir().unwrap();
        for round in 0..20 {
            for number in 0..20 {
                fs::write(temporary.path().join(format!("{round}-{number}")), "x").unwrap();
            }
            let start = || remove_abandoned(temporary.path());
            std::thread::scope(|scope| {
                let all: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
                for one in all {
                    one.join().unwrap().unwrap();
                }
            });
        }
    }
}
