//! All rows at one moment.

use std::fmt;

use cellier_model::ports::CatalogError;
use futures_util::StreamExt as _;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::backup::line::write_line;
use crate::backup::tables::Table;
use crate::catalog::Store;
use crate::db::{Query, Session, newest_schema};

/// All rows at one moment, whatever is written meanwhile.
pub struct Snapshot {
    session: Session,
}

/// The rows of a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The database does not give them.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Where they should go does not take them.
    #[error("failed to write the rows of the table {table}")]
    Write {
        /// The table.
        table: &'static str,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
}

impl Store {
    /// The number of the schema that this version works on.
    pub fn schema() -> u32 {
        newest_schema()
    }

    /// Holds a moment of the database fast. The database must have the newest schema.
    pub async fn snapshot(&self) -> Result<Snapshot, CatalogError> {
        Ok(Snapshot {
            session: self.database.begin_snapshot().await?,
        })
    }
}

impl Snapshot {
    /// Writes the rows of a table, a line each, in the order of its key; says how many there are. They pass by one after
    /// the other: memory stays flat however many there are.
    pub async fn write<W: AsyncWrite + Unpin + Send>(
        &mut self,
        table: &'static Table,
        to: &mut W,
    ) -> Result<u64, SnapshotError> {
        let columns = table.columns_of(newest_schema());
        let mut select = Query::new("read a table", "SELECT ");
        for (index, column) in columns.clone().enumerate() {
            select.push(if index == 0 { "" } else { ", " });
            select.push(column.name);
        }
        select.push(" FROM ").push(table.name());
        if let Some(only) = table.only() {
            select.push(" WHERE ").push(only);
        }
        select.push(" ORDER BY ").push(table.key());
        let mut rows = self.session.fetch(select);
        let mut count = 0;
        while let Some(row) = rows.next().await {
            let line = write_line(columns.clone(), &row?)?;
            let written = to.write_all(line.as_bytes()).await;
            written.map_err(|source| SnapshotError::Write {
                table: table.name(),
                source,
            })?;
            count += 1;
        }
        Ok(count)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}
