//! The two databases, as far as a benchmark fills them itself.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cellier_store::testing::TestPostgres;

/// A database of this run.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Database {
    /// A new file.
    pub(crate) fn sqlite(path: PathBuf) -> Self {
        Self::Sqlite(path)
    }

    /// A new database in the private PostgreSQL of this run.
    pub(crate) fn postgres() -> Self {
        Self::Postgres(TestPostgres::shared().new_database())
    }

    /// As the configuration names it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Begins a transaction that writes. On SQLite it is the writer from the start: one that reads first is refused if
    /// anybody else writes in between.
    pub(crate) fn begin(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE;",
            Self::Postgres(_) => "BEGIN;",
        }
    }

    /// Brings a database that was just filled into the state that it has after a while. Nothing but the server itself
    /// tends a file of SQLite, so there are no statistics in one; PostgreSQL gathers them by itself, in its own time.
    pub(crate) fn settle(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "PRAGMA wal_checkpoint(TRUNCATE);",
            Self::Postgres(_) => "VACUUM ANALYZE; CHECKPOINT;",
        }
    }

    /// A number as so many hexadecimal digits, in this database's SQL.
    pub(crate) fn hex(&self, number: &str, digits: u32) -> String {
        match self {
            Self::Sqlite(_) => format!("printf('%0{digits}x', {number})"),
            Self::Postgres(_) => format!("lpad(to_hex({number}), {digits}, '0')"),
        }
    }

    /// Runs statements and gives what they print, a row a line.
    pub(crate) fn run(&self, statements: &str) -> Result<String, String> {
        let mut command = match self {
            Self::Sqlite(path) => {
                let mut command = Command::new("sqlite3");
                // A server may be writing at the same moment.
                command.args(["-bail", "-cmd", ".timeout 30000"]).arg(path);
                command
            }
            Self::Postgres(url) => {
                let mut command = Command::new("psql");
                command.args(["--quiet", "--no-align", "--tuples-only"]);
                command.args(["--set", "ON_ERROR_STOP=1", url]);
                command
            }
        };
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        if let Some(mut stdin) = process.stdin.take() {
            let written = stdin.write_all(statements.as_bytes());
            written.map_err(|error| error.to_string())?;
        }
        let output = process
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("the database refused: {said}"))
    }
}
