//! Files and folders that survive a power cut.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// What is done to files and folders so that bytes survive a power cut: the few operations whose order decides what is
/// left after one. Reading is not among them.
///
/// A stand-in can watch this order, and make any of the operations fail.
pub(crate) trait Files: fmt::Debug + Send + Sync {
    /// Makes a new file, open for reading and writing.
    fn create(&self, path: &Path) -> io::Result<File>;

    /// Appends bytes to a file that was made at `path`.
    fn append(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Brings the bytes of a file to the disk.
    fn sync(&self, path: &Path) -> io::Result<()>;

    /// Gives a file a second name.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a name away, and the file if it was the last one.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Brings the entries of a folder to the disk: the names in it, not what they name.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// The files of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealFiles;

impl Files for RealFiles {
    fn create(&self, path: &Path) -> io::Result<File> {
        File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)
    }

    fn append(&self, file: &mut File, _path: &Path, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // The parent of a relative path of one part is written as nothing.
        let is_here = path.as_os_str().is_empty();
        let path = if is_here { Path::new(".") } else { path };
        File::open(path)?.sync_all()
    }
}

/// Makes a folder, and those above it that are missing, and brings all their entries to the disk.
///
/// What lies in a folder is lost with it: a folder whose own entry in its parent is not on the disk may be gone after a
/// power cut, with everything in it that was synced with so much care. That it is there does not say that it is on the
/// disk, so those above it are synced also when nothing had to be made.
pub(crate) fn make_folder_durably(files: &dyn Files, folder: &Path) -> io::Result<()> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.is_dir();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    for path in missing.iter().rev() {
        match files.make_folder(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => files.sync_folder(path.parent().unwrap_or(path))?,
        }
    }
    for above in folder.ancestors().skip(1 + missing.len()) {
        // One that we may not even open is none that we have made.
        if files.sync_folder(above).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_with_those_above_it_and_a_file_in_the_way_is_told() {
        let temporary = tempfile::tempdir().unwrap();
        let deep = temporary.path().join("a/b/c");
        make_folder_durably(&RealFiles, &deep).unwrap();
        make_folder_durably(&RealFiles, &deep).unwrap();
        assert!(deep.is_dir());
        fs::write(temporary.path().join("file"), b"x").unwrap();
        let below = temporary.path().join("file/below");
        assert!(make_folder_durably(&RealFiles, &below).is_err());
    }
}
