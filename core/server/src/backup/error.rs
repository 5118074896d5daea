//! Why there is no backup, or no restore.

use std::io;
use std::path::{Path, PathBuf};

use cellier_model::ports::{BlobError, CatalogError};
use cellier_store::{ImportError, SnapshotError};

/// How many damaged files a message names.
pub(super) const NAMED: usize = 20;

/// Why there is no backup, or no restore.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// The folder holds something else; nothing is written into it.
    #[error("{} is not empty and holds no backup: name an empty folder, or one of a backup", .0.display())]
    Occupied(PathBuf),
    /// The folder does not hold a backup.
    #[error("{} holds no backup: {problem}", .folder.display())]
    NoBackup {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The backup was made by a newer version.
    #[error(
        "the backup in {} was made by a newer version of cellier ({made_by}): {problem}; use that version",
        .folder.display()
    )]
    Newer {
        /// The folder.
        folder: PathBuf,
        /// The version that made it.
        made_by: String,
        /// What is too new.
        problem: String,
    },
    /// Another process works on the folder.
    #[error("another process works on the backup in {} right now; try again when it has ended", .0.display())]
    Busy(PathBuf),
    /// Files of the backup are not what they were.
    #[error("the backup is damaged: {}", listed(.files, *.more))]
    Damaged {
        /// The first of them, each with what is wrong.
        files: Vec<String>,
        /// How many more.
        more: u64,
    },
    /// Blobs of the storage are not what they should be, so a backup of them would be worth nothing.
    #[error(
        "the storage is damaged, so the backup before stays as it was: {}; cellier fsck tells what is hit, and \
         cellier fsck --repair --from BACKUP repairs it",
        listed(.blobs, *.more)
    )]
    Storage {
        /// The first of them, each with what is wrong.
        blobs: Vec<String>,
        /// How many more.
        more: u64,
    },
    /// The database or the storage that should be restored into holds something.
    #[error(
        "{place} is not empty: it holds {holds}; a restore needs an empty database and an empty storage"
    )]
    NotEmpty {
        /// Which of them.
        place: String,
        /// What it holds.
        holds: String,
    },
    /// The storage that should be restored into belongs to a registry.
    #[error(
        "the storage belongs to registry {registry}: a restore needs a storage of its own, so name an empty folder or an \
         empty prefix of a bucket in storage.url"
    )]
    OfAnother {
        /// The name that it carries.
        registry: String,
    },
    /// The rows of the backup could not be imported.
    #[error("failed to restore the rows")]
    Import(#[source] ImportError),
    /// The rows could not be written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The folder cannot be read or written.
    #[error("failed to {doing} {}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The database does not answer as it should.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The storage, or the folder as a storage, does not answer as it should.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl BackupError {
    /// For `map_err`: an error of a file.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// Whether somebody should do something else, rather than look for what is broken.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Occupied(_)
                | Self::NoBackup { .. }
                | Self::Newer { .. }
                | Self::Busy(_)
                | Self::Damaged { .. }
                | Self::Storage { .. }
                | Self::NotEmpty { .. }
                | Self::OfAnother { .. }
        )
    }
}

fn listed(problems: &[String], more: u64) -> String {
    let named = problems.join("; ");
    match more {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}

/// Things that are wrong: the first are kept, the others counted.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) named: Vec<String>,
    pub(super) more: u64,
}

impl Problems {
    pub(super) fn add(&mut self, problem: String) {
        if self.named.len() < NAMED {
            self.named.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn are_none(&self) -> bool {
        self.named.is_empty()
    }
}
