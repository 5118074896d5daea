//! The folder of the copies. It is its own index: what lies there is cached, and the time of a file says when it was
//! asked for last. So nothing is lost by a restart, and several servers may use one folder.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cellier_model::{BlobKey, Clock};

use crate::blobs::cache::copy::LocalCopy;

/// The folder of the copies.
#[derive(Clone, Debug)]
pub(super) struct CopyFolder {
    path: Arc<Path>,
    limit: u64,
    clock: Arc<dyn Clock>,
}

impl CopyFolder {
    pub(super) fn open(path: &Path, limit: u64, clock: Arc<dyn Clock>) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self {
            path: path.into(),
            limit,
            clock,
        })
    }

    /// The copy of a blob, if it is there.
    pub(super) fn find(&self, key: &BlobKey, size: u64) -> io::Result<Option<LocalCopy>> {
        let copy = LocalCopy::hold(self.place(key), size)?;
        if let Some(copy) = &copy {
            copy.touch(self.clock.now());
        }
        Ok(copy)
    }

    /// Gives a finished copy its name, once its bytes are on the disk: after a power cut it is whole or not there.
    pub(super) fn keep(&self, finished: &Path, key: &BlobKey) -> io::Result<()> {
        File::open(finished)?.sync_all()?;
        let place = self.place(key);
        match fs::hard_link(finished, &place) {
            // Another server has fetched the same, or one of another size lies there: a disk may damage files.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&place)?;
                fs::hard_link(finished, &place)
            }
            linked => linked,
        }
    }

    /// Removes copies, those first that were not asked for the longest, until so many bytes more have their place beside
    /// those that are on their way; `false` where that cannot be, because the rest is in use or the limit is too small.
    ///
    /// A file that somebody has open but not locked may go: it stays readable for whoever has it open.
    pub(super) fn make_room(&self, bytes: u64) -> io::Result<bool> {
        if bytes > self.limit {
            return Ok(false);
        }
        let mut copies = self.copies()?;
        let mut total: u64 = copies.iter().map(|copy| copy.size).sum();
        copies.sort_by_key(|copy| copy.used);
        for copy in copies {
            if total + bytes <= self.limit {
                break;
            }
            if remove_unused(&copy.path)? {
                total = total.saturating_sub(copy.size);
            }
        }
        Ok(total + bytes <= self.limit)
    }

    fn copies(&self) -> io::Result<Vec<Listed>> {
        let mut copies = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let is_copy = entry.file_name().to_str().is_some_and(is_key);
            // Another server may have removed it a moment ago.
            if let (true, Ok(metadata)) = (is_copy, entry.metadata()) {
                copies.push(Listed {
                    path: entry.path(),
                    size: metadata.len(),
                    used: (metadata.mtime(), metadata.mtime_nsec()),
                });
            }
        }
        Ok(copies)
    }

    /// The only path that is made of a key, and a key is digits and a dot.
    fn place(&self, key: &BlobKey) -> PathBuf {
        self.path.join(key.to_string())
    }
}

struct Listed {
    path: PathBuf,
    size: u64,
    used: (i64, i64),
}

fn is_key(name: &str) -> bool {
    name.parse::<BlobKey>().is_ok()
}

/// Removes a copy unless somebody holds it.
fn remove_unused(path: &Path) -> io::Result<bool> {
    let Ok(file) = File::open(path) else {
        return Ok(true);
    };
    if file.try_lock().is_err() {
        return Ok(false);
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(true),
    }
}
