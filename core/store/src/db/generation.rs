//! Whether anything has changed, asked without reading anything.

use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// The index of the write-ahead log of an SQLite file, which everybody who writes shares.
///
/// Its header stands at the start of the file `-shm`, twice, and every commit changes it: it counts transactions and says
/// where the log ends ([WAL-index format](https://www.sqlite.org/walformat.html), section 2.1). To look at it is one
/// read from memory, so it is done where it is needed and not on a thread for things that wait.
#[derive(Debug)]
pub(crate) struct LogIndex {
    path: PathBuf,
    file: RwLock<File>,
}

/// The header at one moment. As long as it stays the same, nothing was committed.
pub(crate) type LogIndexHeader = [u8; HEADER];

const HEADER: usize = 48;

impl LogIndex {
    /// Watches the database of a file that connections are open to.
    pub(crate) fn open(database: &Path) -> std::io::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push("-shm");
        let path = PathBuf::from(path);
        Ok(Self {
            file: RwLock::new(File::open(&path)?),
            path,
        })
    }

    /// The header as it is now; nothing if it cannot be read, or is being written.
    pub(crate) fn now(&self) -> Option<LogIndexHeader> {
        let looked = read(&self.file.read().unwrap_or_else(PoisonError::into_inner));
        match looked {
            Look::Header(header) => Some(header),
            Look::Unclear => None,
            // Whoever closes the last connection removes the file, and the next one makes another.
            Look::Removed => {
                let file = File::open(&self.path).ok()?;
                *self.file.write().unwrap_or_else(PoisonError::into_inner) = file;
                None
            }
        }
    }
}

/// What a look at the file came to.
enum Look {
    Header(LogIndexHeader),
    /// It is being written, or cannot be read.
    Unclear,
    Removed,
}

fn read(file: &File) -> Look {
    let mut both = [0; 2 * HEADER];
    if file.read_exact_at(&mut both, 0).is_err() {
        return Look::Unclear;
    }
    // Looked at last: as long as the file has its name, it is the one that writers write.
    match file.metadata() {
        Ok(metadata) if metadata.nlink() == 0 => return Look::Removed,
        Ok(_) => {}
        Err(_unreadable) => return Look::Unclear,
    }
    let (first, second) = both.split_at(HEADER);
    match (first == second, first.try_into()) {
        (true, Ok(header)) => Look::Header(header),
        _ => Look::Unclear,
    }
}
