//! Whether anything has changed, asked without reading anything.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};

/// A number that differs whenever anybody, in this process or another, has committed a change to an SQLite file.
///
/// `PRAGMA data_version` looks at the shared index of the write-ahead log: some microseconds, no disk, so it is asked
/// where it is needed and not on a thread for things that wait. It differs for a connection whenever *another* one has
/// committed; this one never writes.
#[derive(Debug)]
pub(crate) struct DataVersion(Mutex<Connection>);

impl DataVersion {
    /// Watches a file that is there already.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Self(Mutex::new(Connection::open_with_flags(path, flags)?)))
    }

    /// The number as it is now; nothing if the file cannot be asked.
    pub(crate) fn now(&self) -> Option<i64> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached("PRAGMA data_version").ok()?;
        statement.query_row([], |row| row.get(0)).ok()
    }
}
