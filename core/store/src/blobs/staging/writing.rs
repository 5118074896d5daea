//! The file of an upload, as the thread that writes it has it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::files::Files;

/// After how many bytes the disk is told to begin with them.
const BEGIN_EVERY: u64 = 4 << 20;

/// The file of an upload, as the thread that writes it has it.
///
/// The system keeps what is written in memory for half a minute before it takes it to the disk by itself; then all of a
/// large upload would go there at the very end, while its client waits. So the disk is told to begin while more comes.
pub(super) struct Writing {
    files: Arc<dyn Files>,
    file: File,
    path: PathBuf,
    written: u64,
    begun: u64,
}

impl Writing {
    /// Writes to a file that was made at `path` and is empty.
    pub(super) fn new(files: Arc<dyn Files>, file: File, path: PathBuf) -> Self {
        Self {
            files,
            file,
            path,
            written: 0,
            begun: 0,
        }
    }

    /// Appends bytes.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files.append(&mut self.file, &self.path, bytes)?;
        self.written += bytes.len() as u64;
        if self.written - self.begun >= BEGIN_EVERY {
            begin(&self.file, self.begun..self.written);
            self.begun = self.written;
        }
        Ok(())
    }
}

/// Begins to take a part of a file to the disk and waits for nothing. It is no promise: whether the bytes are there, and
/// whether it went wrong, is for the sync to say that comes before a blob has its name.
#[cfg(target_os = "linux")]
fn begin(file: &File, part: Range<u64>) {
    use rustix::fs::{Advice, fadvise};
    // "Not needed" makes the kernel begin to write pages that are dirty, and forget those that are not: these were written
    // a moment ago (mm/fadvise.c).
    let length = std::num::NonZeroU64::new(part.end - part.start);
    if let Err(error) = fadvise(file, part.start, length, Advice::DontNeed) {
        tracing::debug!(%error, "the disk could not be told to begin with an upload: {error}");
    }
}

/// Other systems have no word for it, and do all at the sync.
#[cfg(not(target_os = "linux"))]
fn begin(_file: &File, _part: Range<u64>) {}
