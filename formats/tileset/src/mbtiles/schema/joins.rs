//! What a database joins where a tileset has it stored.

use std::fmt;
use std::ops::ControlFlow;

use super::Schema;
use super::required::REQUIRED;
use crate::mbtiles::database::Database;
use crate::mbtiles::view::View;
use crate::stop::Stop;

/// Rows that every join may give, however few its tables have.
const FREE_ROWS: u64 = 1000;

impl Schema {
    /// Whether a query of what a tileset must have joins tables.
    pub(in crate::mbtiles) fn joins(&self) -> bool {
        REQUIRED.iter().any(|(name, _)| {
            let mut views = self.views_behind(name).into_iter();
            views.any(|view| View::read(&view.sql).is_ok_and(|read| read.joins))
        })
    }

    /// How many rows the tiles may have at most where they are joined: twice as many as all tables behind them together.
    /// Each row of a table is joined with one of another, so there are never more than in the largest, unless a view
    /// takes several joins together.
    pub(in crate::mbtiles) fn most_rows_of_tiles(&self, database: &Database) -> Result<u64, Stop> {
        let mut rows: u64 = 0;
        for table in self.tables_behind("tiles") {
            let sql = format!("SELECT count(*) FROM {}", Quoted(&table.name));
            database.rows(&sql, [], |row| {
                let count = u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
                rows = rows.saturating_add(count);
                Ok(ControlFlow::Break(()))
            })?;
        }
        Ok(rows.saturating_mul(2).saturating_add(FREE_ROWS))
    }
}

/// A name in SQL, quoted, so that whatever stands in it is nothing but the name.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}
