//! A table that somebody holds on to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// A table of PostgreSQL that nobody else can use; let go when this is dropped.
#[derive(Debug)]
pub struct HeldTable(Child);

impl HeldTable {
    /// Takes a table through a `psql` that is connected already, or waits until it can be had.
    pub(super) fn take(psql: &mut Command, table: &str) -> Self {
        let mut psql = psql
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql runs");
        let mut told = BufReader::new(psql.stdout.take().expect("standard output"));
        let stdin = psql.stdin.as_mut().expect("standard input");
        writeln!(stdin, "BEGIN; LOCK TABLE {table}; SELECT 'held';").expect("psql listens");
        let mut line = String::new();
        told.read_line(&mut line).expect("psql answers");
        assert_eq!(line, "held\n", "the table {table} could not be taken");
        Self(psql)
    }
}

impl Drop for HeldTable {
    fn drop(&mut self) {
        // The server notices that its client is gone, and takes back what it did.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
