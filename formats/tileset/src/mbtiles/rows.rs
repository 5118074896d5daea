//! The rows of the table `metadata`.

use std::ops::ControlFlow;

use rusqlite::types::ValueRef;

use super::database::Database;
use crate::codes::mbtiles::{NAME_TWICE, PATCH};
use crate::findings::Findings;
use crate::limits;
use crate::stop::Stop;
use crate::text::quote;

/// The metadata by name. Where a name appears twice, the last row holds.
#[derive(Debug, Default)]
pub(super) struct Rows(Vec<(String, String)>);

impl Rows {
    /// Reads them. Values may be long where `metadata` is a table; what a view makes up is kept short.
    pub(super) fn read(
        database: &Database,
        is_table: bool,
        findings: &mut Findings,
    ) -> Result<Self, Stop> {
        let mut rows = Self::default();
        if is_table {
            database.with_long_values(limits::METADATA, || rows.fill(database, findings))?;
        } else {
            rows.fill(database, findings)?;
        }
        Ok(rows)
    }

    fn fill(&mut self, database: &Database, findings: &mut Findings) -> Result<(), Stop> {
        let mut count = 0;
        let mut size = 0;
        database.rows("SELECT name, value FROM metadata", [], |row| {
            let (name, value) = (text(row.get_ref(0)?), text(row.get_ref(1)?));
            count += 1;
            if let (Some(name), Some(value)) = (name, value) {
                size += name.len() + value.len();
                self.set(name, value, findings);
            }
            Ok(
                if count < limits::METADATA_ROWS && size < limits::METADATA_TOTAL {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                },
            )
        })
    }

    fn set(&mut self, name: String, value: String, findings: &mut Findings) {
        if let Some(before) = self.0.iter_mut().find(|(known, _)| *known == name) {
            let message = format!(
                "{} appears twice in the metadata; the last is used",
                quote(&name)
            );
            findings.report(&NAME_TWICE, message);
            before.1 = value;
        } else {
            self.0.push((name, value));
        }
    }

    /// The value of a name; white space alone is no value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The SQL that gives a name another value.
    pub(super) fn fix(&self, name: &str, value: &str) -> String {
        if self.0.iter().any(|(known, _)| known == name) {
            format!("run: UPDATE metadata SET value='{value}' WHERE name='{name}'")
        } else {
            format!("run: INSERT INTO metadata VALUES('{name}','{value}')")
        }
    }

    /// All of them.
    pub(super) fn texts(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// Refuses what `mbtiles diff` makes: it has the shape of a tileset and lacks most of the tiles.
    pub(super) fn check_patch(&self, patch_table: Option<&str>, findings: &mut Findings) {
        let names = ["agg_tiles_hash_before_apply", "agg_tiles_hash_after_apply"];
        let row = names.into_iter().find(|name| self.get(name).is_some());
        let mark = match (row, patch_table) {
            (Some(row), _) => format!("the metadata has {row}"),
            (None, Some(table)) => format!("there is a table {}", quote(table)),
            (None, None) => return,
        };
        let message =
            format!("this is a difference made by \"mbtiles diff\", not a tileset: {mark}");
        findings.report(&PATCH, message);
    }
}

/// A value as text. Numbers stand for their digits, and bytes for the text that some programs store as such.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}
