//! One server on a file of SQLite.
//!
//! Several processes may write to such a file one after the other, and the command line does so beside a running server.
//! Two *servers* on it would be a mistake of the operator: most likely one that was started twice, or two that were meant
//! to be replicas. So a server holds a lock on a file beside the database for as long as it lives. The operating system
//! lets go of it when the process ends, however that ends: there is no stale lock to remove.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use cellier_store::DatabaseUrl;

/// What the name of the database gets for its lock.
const SUFFIX: &str = ".server-lock";

/// The right to be the server on a database; given up when it is dropped.
#[derive(Debug)]
pub(crate) struct ServerLock {
    _held: Option<File>,
}

/// A server cannot have a database for itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerLockError {
    /// It has another server.
    #[error(
        "another cellier serve runs on the database {} and holds {}: a file of SQLite takes one server. Stop that one \
         first, or, to run several, keep the catalogue in PostgreSQL (database.url = \"postgres://USER@HOST/NAME\"; \
         cellier backup and cellier restore move it there)",
        .database.display(), .lock.display()
    )]
    Taken {
        /// The database.
        database: PathBuf,
        /// The file that the other server has locked.
        lock: PathBuf,
    },
    /// The lock cannot be asked for.
    #[error("failed to lock {} for the only server on the database", .lock.display())]
    Failed {
        /// The file.
        lock: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

impl ServerLock {
    /// Takes the lock of a database, or says who has it. PostgreSQL takes any number of servers and needs none.
    pub(crate) fn take(database: &DatabaseUrl) -> Result<Self, ServerLockError> {
        let Some(database) = database.path() else {
            return Ok(Self { _held: None });
        };
        let lock = beside(database);
        match try_lock(&lock) {
            Ok(held) => Ok(Self { _held: Some(held) }),
            Err(TryLockError::WouldBlock) => Err(ServerLockError::Taken {
                database: database.to_owned(),
                lock,
            }),
            Err(TryLockError::Error(source)) => Err(ServerLockError::Failed { lock, source }),
        }
    }
}

/// The file to lock: beside the database itself, whatever links lead to it, so that two names of one database have one lock.
///
/// It is not the database itself that is locked. SQLite has locks of its own on that, and POSIX takes those away from a
/// process that closes any other handle of the same file.
fn beside(database: &Path) -> PathBuf {
    let real = fs::canonicalize(database).unwrap_or_else(|_not_there_yet| database.to_owned());
    let mut name = real.into_os_string();
    name.push(SUFFIX);
    name.into()
}

fn try_lock(path: &Path) -> Result<File, TryLockError> {
    let file = open(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.create(true).truncate(false).write(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &Path) -> DatabaseUrl {
        DatabaseUrl::Sqlite(path.to_owned())
    }

    #[test]
    fn a_second_server_is_refused_until_the_first_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("new").join("cellier.db");
        let first = ServerLock::take(&url(&database)).unwrap();
        let refused = ServerLock::take(&url(&database)).unwrap_err().to_string();
        for part in [
            database.to_str().unwrap(),
            "cellier.db.server-lock",
            "PostgreSQL",
        ] {
            assert!(refused.contains(part), "{part:?} is missing in: {refused}");
        }
        drop(first);
        ServerLock::take(&url(&database)).unwrap();
    }

    #[test]
    fn another_name_of_the_same_database_has_the_same_lock() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("cellier.db");
        fs::write(&database, "").unwrap();
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&database, &link).unwrap();
        let _first = ServerLock::take(&url(&database)).unwrap();
        let second = ServerLock::take(&url(&link));
        assert!(matches!(second, Err(ServerLockError::Taken { .. })));
        ServerLock::take(&url(&folder.path().join("other.db"))).unwrap();
    }

    #[test]
    fn postgres_takes_any_number_of_servers() {
        let url: DatabaseUrl = "postgres://app@db.example/registry".parse().unwrap();
        let _first = ServerLock::take(&url).unwrap();
        ServerLock::take(&url).unwrap();
    }

    #[test]
    fn a_lock_that_cannot_be_made_is_told_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let failed = ServerLock::take(&url(&file.join("cellier.db"))).unwrap_err();
        assert!(matches!(failed, ServerLockError::Failed { .. }));
        assert!(failed.to_string().contains("cellier.db.server-lock"));
    }
}
