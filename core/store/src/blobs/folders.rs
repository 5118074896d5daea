//! Folders of blobs that survive a power cut.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::files::Files;

/// The folders whose own entries are known to be on the disk.
///
/// That a folder is there does not say that it is durable: another upload may have made it a moment ago, and not have
/// come to syncing its parent yet. So a folder counts only once this process has synced its parent after it was there.
#[derive(Debug, Default)]
pub(super) struct DurableFolders(Mutex<HashSet<PathBuf>>);

impl DurableFolders {
    /// Makes a folder below `root` and those above it that are missing, and syncs the parents of those not known yet.
    pub(super) fn make(&self, files: &dyn Files, root: &Path, folder: &Path) -> io::Result<()> {
        if folder == root || self.knows(folder) {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.make(files, root, parent)?;
            match files.make_folder(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => files.sync_folder(parent)?,
            }
        }
        self.lock().insert(folder.to_owned());
        Ok(())
    }

    fn knows(&self, folder: &Path) -> bool {
        self.lock().contains(folder)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
