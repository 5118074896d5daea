//! A stranger's database, opened so that it can do no harm, and its errors in words.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, Error, ErrorCode, OpenFlags, Params, Row};

use super::budget::Budget;
use super::guard::{self, Denied};
use crate::codes::mbtiles::{COMPUTED, DAMAGED, TOO_MANY_STEPS};
use crate::limits;
use crate::stop::Stop;
use crate::text::{grouped, quote};

/// What reading the schema may take: some thousand tables. It is kept in memory, whatever the size of the file.
const SCHEMA_STEPS: u64 = 20_000;

/// A stranger's database.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    budget: Budget,
    denied: Denied,
    /// Whether queries run through views that join.
    joins: Cell<bool>,
}

impl Database {
    /// Opens the file and reads its schema. Up to so many KiB of its pages are kept in memory.
    pub(super) fn open(path: &Path, size: u64, cache: u32) -> Result<Self, Stop> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let budget = Budget::of_file(size);
        let connection = Connection::open_with_flags(address(path), flags)
            .map_err(|error| explain(&error, &Denied::default()))?;
        let denied = budget
            .within(SCHEMA_STEPS, || guard::set_up(&connection, &budget, cache))
            .map_err(|error| explain(&error, &Denied::default()))?;
        Ok(Self {
            connection,
            budget,
            denied,
            joins: Cell::new(false),
        })
    }

    /// Paces whatever comes next as what joins tables, for its steps grow with more than the size of the file.
    pub(super) fn pace(&self) {
        self.joins.set(true);
    }

    /// Shows every row of a query, until the visitor has seen enough.
    pub(super) fn rows<P: Params>(
        &self,
        sql: &str,
        parameters: P,
        mut visit: impl FnMut(&Row<'_>) -> rusqlite::Result<ControlFlow<()>>,
    ) -> Result<(), Stop> {
        let show = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()? {
                if visit(row)?.is_break() {
                    break;
                }
                if self.joins.get() {
                    self.budget.has_joined();
                }
            }
            Ok(())
        };
        let shown = if self.joins.get() {
            self.budget.paced(show)
        } else {
            show()
        };
        shown.map_err(|error| explain(&error, &self.denied))
    }

    /// Shows every row that a pragma answers with about something of this name.
    pub(super) fn pragma(
        &self,
        pragma: &str,
        about: &str,
        visit: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Stop> {
        self.connection
            .pragma(None, pragma, about, visit)
            .map_err(|error| explain(&error, &self.denied))
    }

    /// Works with values of up to so many bytes, which only our own queries ask for.
    pub(super) fn with_long_values<T>(
        &self,
        most: usize,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let set = |most| {
            guard::set_longest_value(&self.connection, most)
                .map_err(|error| explain(&error, &self.denied))
        };
        set(u32::try_from(most).unwrap_or(u32::MAX))?;
        let done = work();
        set(guard::VALUE)?;
        done
    }

    /// Lets whatever comes next take so many steps, whatever was left.
    pub(super) fn renew_budget(&self, steps: u64) {
        self.budget.renew(steps);
    }

    /// Does work that may take no more than so many steps; none if it takes more.
    pub(super) fn within<T>(
        &self,
        steps: u64,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        let mut ran_out = false;
        let done = self.budget.within(steps, || {
            let done = work();
            ran_out = self.budget.is_spent();
            done
        });
        match done {
            Err(Stop::Refused(_)) if ran_out && !self.budget.is_spent() => Ok(None),
            done => done.map(Some),
        }
    }
}

const HEX: [u8; 16] = *b"0123456789ABCDEF";

/// The URL by which SQLite opens a file without taking locks and without looking at files beside it.
fn address(path: &Path) -> String {
    let mut address = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push('%');
            address.push(char::from(HEX[usize::from(byte >> 4)]));
            address.push(char::from(HEX[usize::from(byte & 0xf)]));
        }
    }
    address.push_str("?mode=ro&immutable=1");
    address
}

/// What an error of SQLite means: the host's trouble, or something about the file.
fn explain(error: &Error, denied: &Denied) -> Stop {
    let finding = match error.sqlite_error_code() {
        Some(
            ErrorCode::OutOfMemory
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::DiskFull
            | ErrorCode::NoLargeFileSupport,
        ) => return Stop::Unreadable(io::Error::other(error.to_string())),
        Some(ErrorCode::OperationInterrupted) => TOO_MANY_STEPS
            .error("reading the database takes more steps than a tileset of its size can need"),
        Some(ErrorCode::AuthorizationForStatementDenied) => {
            let what = denied.get().map_or("a query does more than read", |it| it);
            COMPUTED.error(what)
        }
        Some(ErrorCode::TooBig) => COMPUTED.error(format!(
            "a value other than a tile has more than {} bytes, or a view computes with tiles",
            grouped(u64::from(guard::VALUE))
        )),
        // SQL that cannot be compiled is the file's: ours is the same for every file.
        Some(ErrorCode::Unknown) => COMPUTED.error(format!(
            "SQLite cannot run what the tables and views are made of: {}",
            quote(&words(error))
        )),
        _ => DAMAGED.error(format!(
            "SQLite cannot read the database: {}",
            quote(&words(error))
        )),
    };
    Stop::Refused(finding)
}

/// The sentence of SQLite, without the codes around it.
fn words(error: &Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(words)) => words.clone(),
        other => other.to_string(),
    }
}

/// The longest value that holds a tile, and what the row around it takes.
pub(super) const TILE_VALUE: usize = limits::TILE + 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_smuggle_parameters_into_the_address() {
        assert_eq!(
            address(Path::new("/tmp/a b?mode=rwc&x=%41#.db")),
            "file:/tmp/a%20b%3Fmode%3Drwc%26x%3D%2541%23.db?mode=ro&immutable=1"
        );
    }
}
