//! One copy of a blob on local disk.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use cellier_model::Timestamp;

/// A copy of a blob on local disk, which stays there while this lives.
///
/// Its lock is what holds it: who makes room removes only what nobody has locked, in this process and in others that use
/// the same folder.
#[derive(Debug)]
pub(in crate::blobs) struct LocalCopy {
    file: File,
    path: PathBuf,
}

impl LocalCopy {
    /// Takes hold of a copy; `None` if there is none, if it is being removed at this very moment, or if its size is not
    /// that of the blob.
    pub(super) fn hold(path: PathBuf, size: u64) -> io::Result<Option<Self>> {
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if file.try_lock_shared().is_err() {
            return Ok(None);
        }
        let metadata = file.metadata()?;
        // Whoever removed it between opening and locking has left us a file without a name.
        let is_sound = metadata.nlink() > 0 && metadata.len() == size;
        Ok(is_sound.then_some(Self { file, path }))
    }

    /// Notes that the copy was asked for. The file says so itself, so that it is known after a restart too.
    pub(super) fn touch(&self, now: Timestamp) {
        let micros = u64::try_from(now.as_micros()).unwrap_or(0);
        let now = std::time::UNIX_EPOCH + std::time::Duration::from_micros(micros);
        if let Err(error) = self.file.set_modified(now) {
            tracing::debug!(%error, "a copy in the cache could not be touched: {error}");
        }
    }

    /// Where it is.
    pub(in crate::blobs) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads from it.
    pub(in crate::blobs) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
}
