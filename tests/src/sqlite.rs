//! What a story does to a database of SQLite behind the back of its server.

use std::path::Path;
use std::process::Command;

/// Runs a statement on a database of SQLite beside its server.
pub fn run_sql(database: &Path, statement: &str) {
    let done = Command::new("sqlite3")
        // Its server may be writing at this very moment.
        .args(["-cmd", ".timeout 10000"])
        .arg(database)
        .arg(statement)
        .status();
    assert!(done.expect("sqlite3 runs").success(), "{statement}");
}
