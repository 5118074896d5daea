//! The columns and indexes of a table.

use super::database::Database;
use crate::stop::Stop;

/// The columns of a table or view.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Their names, in lower case.
    pub(super) names: Vec<String>,
    /// One that is computed.
    pub(super) computed: Option<String>,
}

impl Columns {
    /// Asks for them.
    pub(super) fn of(database: &Database, table: &str) -> Result<Self, Stop> {
        let mut columns = Self::default();
        database.pragma("table_xinfo", table, |row| {
            if let Ok(name) = row.get_ref(1)?.as_str() {
                columns.names.push(name.to_ascii_lowercase());
                // 2 and 3 are columns that are computed, when they are read or when they were written.
                if matches!(row.get_ref(6)?.as_i64(), Ok(2 | 3)) {
                    columns.computed.get_or_insert_with(|| name.to_owned());
                }
            }
            Ok(())
        })?;
        Ok(columns)
    }

    /// Whether there is one of this name, which is in lower case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|column| column == name)
    }
}

/// An index.
#[derive(Debug)]
pub(super) struct Index {
    /// Its name.
    pub(super) name: String,
    /// Whether no two rows may have the same key.
    pub(super) is_unique: bool,
    /// Whether it leaves rows out.
    pub(super) is_partial: bool,
}

impl Index {
    /// Asks for those of a table.
    pub(super) fn all_of(database: &Database, table: &str) -> Result<Vec<Self>, Stop> {
        let mut indexes = Vec::new();
        database.pragma("index_list", table, |row| {
            if let Ok(name) = row.get_ref(1)?.as_str() {
                indexes.push(Self {
                    name: name.to_owned(),
                    is_unique: row.get_ref(2)?.as_i64() == Ok(1),
                    is_partial: row.get_ref(4)?.as_i64() != Ok(0),
                });
            }
            Ok(())
        })?;
        Ok(indexes)
    }

    /// The columns that make up its key, in lower case; none where an expression stands for one.
    pub(super) fn columns(&self, database: &Database) -> Result<Vec<Option<String>>, Stop> {
        let mut columns = Vec::new();
        database.pragma("index_xinfo", &self.name, |row| {
            if row.get_ref(5)?.as_i64() == Ok(1) {
                columns.push(row.get_ref(2)?.as_str().ok().map(str::to_ascii_lowercase));
            }
            Ok(())
        })?;
        Ok(columns)
    }
}
