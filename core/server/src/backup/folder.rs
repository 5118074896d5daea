//! The folder of a backup.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cellier_model::ports::Blobs;
use cellier_model::{BlobKey, Timestamp};
use cellier_store::{LocalBlobs, Table};

use crate::backup::BackupError;
use crate::backup::manifest::{Manifest, PARTIAL, State};

/// The folder of a backup, while this process works on it.
pub(crate) struct BackupFolder {
    root: PathBuf,
    blobs: Arc<dyn Blobs>,
    /// Others wait, or are told, until this is closed. There is none on a medium that nobody can write.
    _lock: Option<File>,
}

impl BackupFolder {
    /// A folder that a backup is to be written into: an empty one, or one that holds a backup.
    pub(crate) fn to_write(root: &Path, now: Timestamp) -> Result<Self, BackupError> {
        make_folder(root).map_err(BackupError::io("make the folder", root))?;
        if Manifest::read(root)?.is_none() {
            // Before anything else is written, so that a backup which dies half way is known as what it is.
            refuse_unless_empty(root)?;
            Manifest::unfinished(now).write(root)?;
        }
        let lock = File::options()
            .create(true)
            .append(true)
            .open(lock_of(root))
            .map_err(BackupError::io("open", &lock_of(root)))?;
        or_busy(lock.try_lock(), root)?;
        let blobs = LocalBlobs::open(root).map_err(BackupError::io("open", root))?;
        Ok(Self {
            root: root.to_owned(),
            blobs: Arc::new(blobs),
            _lock: Some(lock),
        })
    }

    /// A folder that holds a whole backup, which is only read.
    pub(crate) fn to_read(root: &Path) -> Result<Self, BackupError> {
        let lock = match File::open(lock_of(root)) {
            Ok(lock) => {
                or_busy(lock.try_lock_shared(), root)?;
                Some(lock)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(BackupError::io("open", &lock_of(root))(error)),
        };
        let folder = Self {
            root: root.to_owned(),
            blobs: Arc::new(LocalBlobs::existing(root)),
            _lock: lock,
        };
        folder.complete_manifest().map(|_is_there| folder)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// What it holds, if that is a whole backup.
    pub(super) fn manifest(&self) -> Result<Option<Manifest>, BackupError> {
        let manifest = Manifest::read(&self.root)?;
        Ok(manifest.filter(|manifest| manifest.state == State::Complete))
    }

    /// What it holds, which must be a whole backup.
    pub(super) fn complete_manifest(&self) -> Result<Manifest, BackupError> {
        let no_backup = |problem: &str| BackupError::NoBackup {
            folder: self.root.clone(),
            problem: problem.to_owned(),
        };
        match Manifest::read(&self.root)? {
            None => Err(no_backup("there is no backup.json in it")),
            Some(manifest) if manifest.state == State::Unfinished => {
                Err(no_backup("its first backup has not been completed"))
            }
            Some(manifest) => Ok(manifest),
        }
    }

    /// Its blobs.
    pub(super) fn blobs(&self) -> &dyn Blobs {
        self.blobs.as_ref()
    }

    /// The folder of the rows of all snapshots.
    pub(super) fn catalogues(&self) -> PathBuf {
        self.root.join("catalogue")
    }

    /// The folder of the rows of one snapshot.
    pub(super) fn catalogue(&self, snapshot: u64) -> PathBuf {
        self.catalogues().join(snapshot.to_string())
    }

    /// The file of the rows of one table.
    pub(super) fn table(&self, snapshot: u64, table: &Table) -> PathBuf {
        self.catalogue(snapshot)
            .join(format!("{}.jsonl", table.name()))
    }

    /// How the file of a blob is called in a message.
    pub(super) fn name_of(key: &BlobKey) -> String {
        let name = key.to_string();
        format!("sha256/{}/{}/{name}", &name[0..2], &name[2..4])
    }
}

impl fmt::Debug for BackupFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BackupFolder").field(&self.root).finish()
    }
}

fn lock_of(root: &Path) -> PathBuf {
    root.join("lock")
}

fn or_busy(locked: Result<(), TryLockError>, root: &Path) -> Result<(), BackupError> {
    match locked {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy(root.to_owned())),
        Err(TryLockError::Error(error)) => Err(BackupError::io("lock", &lock_of(root))(error)),
    }
}

fn refuse_unless_empty(root: &Path) -> Result<(), BackupError> {
    for entry in fs::read_dir(root).map_err(BackupError::io("read", root))? {
        let entry = entry.map_err(BackupError::io("read", root))?;
        // What a backup leaves that died as soon as it began.
        if entry.file_name() != PARTIAL {
            return Err(BackupError::Occupied(root.to_owned()));
        }
    }
    Ok(())
}

/// Makes a folder and those above it that are missing, for nobody else to look into: a backup holds the hashes of keys and
/// passwords, and the private part of the key that signs. One that is there keeps the rights that it has.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path)
}

/// How files are opened that are written into a backup, for nobody else to read.
pub(super) fn new_file() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    options
}

/// Brings the entries of a folder to the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_micros(0)
    }

    #[test]
    fn a_folder_that_holds_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sha256")).unwrap();
        let refused = BackupFolder::to_write(folder.path(), now()).unwrap_err();
        assert!(matches!(refused, BackupError::Occupied(_)), "{refused}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let refused = BackupFolder::to_read(folder.path()).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("there is no backup.json in it")
        );
    }

    #[test]
    fn nobody_else_reads_a_backup() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("above/new");
        let folder_made = BackupFolder::to_write(&path, now()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("backup.json")), 0o600);
        make_folder(&folder_made.catalogue(1)).unwrap();
        assert_eq!(mode(&folder_made.catalogue(1)), 0o700);
        let rows = folder_made.catalogue(1).join("signing_keys.jsonl");
        new_file().open(&rows).unwrap();
        assert_eq!(mode(&rows), 0o600);
    }

    #[test]
    fn one_process_writes_and_nobody_reads_what_is_not_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        // One has died already as soon as it had begun.
        fs::create_dir(&path).unwrap();
        fs::write(path.join(PARTIAL), "{").unwrap();
        let first = BackupFolder::to_write(&path, now()).unwrap();
        assert!(first.manifest().unwrap().is_none());
        let second = BackupFolder::to_write(&path, now()).unwrap_err();
        assert!(matches!(second, BackupError::Busy(_)), "{second}");
        drop(first);
        let refused = BackupFolder::to_read(&path).unwrap_err();
        assert!(refused.to_string().contains("has not been completed"));
        // Its own beginnings do not stand in the way of the next attempt.
        BackupFolder::to_write(&path, now()).unwrap();
    }
}
