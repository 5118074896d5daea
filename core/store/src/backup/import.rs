//! All rows into an empty database, in one transaction.

use std::fmt;
use std::io;

use cellier_model::ports::CatalogError;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

use crate::backup::contents::{contents, existing};
use crate::backup::line::read_line;
use crate::backup::tables::Table;
use crate::catalog::Store;
use crate::db::{MigrateError, Query, Session, Value, migrate_to, newest_schema};

/// The longest line that is read. A row holds 1 MiB of metadata at most, and some of its bytes are escaped.
const LONGEST_LINE: u64 = 64 << 20;

/// How many rows one statement inserts at most, and how many bytes of them there are about.
const ROWS: usize = 100;
const BYTES: usize = 1 << 20;

/// An import that is under way. Dropped without [`Import::finish`], nothing of it has happened.
pub struct Import {
    store: Store,
    session: Session,
    schema: u32,
}

/// Rows could not be imported, and none of them was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The rows are of a schema that this version does not know.
    #[error(
        "the rows are of schema {schema}, this version of cellier knows {known} at most: use the newer version"
    )]
    FromTheFuture {
        /// Their schema.
        schema: u32,
        /// The newest that is known.
        known: u32,
    },
    /// The database holds rows already.
    #[error("the database is not empty")]
    NotEmpty {
        /// Which tables, and how many rows.
        tables: Vec<(&'static str, u64)>,
    },
    /// A line is not a row of its table.
    #[error("line {line} of the table {table}: {problem}")]
    Line {
        /// The table.
        table: &'static str,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// The database refuses rows: some are there twice, or refer to rows that are not there.
    #[error("the database refuses rows of the table {table} among those up to line {line}")]
    Refused {
        /// The table.
        table: &'static str,
        /// The last line of those that were inserted together.
        line: u64,
        /// What the database says.
        #[source]
        source: CatalogError,
    },
    /// The lines cannot be read.
    #[error("failed to read the rows of the table {table}")]
    Read {
        /// The table.
        table: &'static str,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The schema could not be made.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database does not do it.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Store {
    /// Begins to import rows of a schema into this database, which must not hold any.
    ///
    /// The schema is made as it was then. When all rows are there, the migrations that came later are applied to them, as
    /// they were to every other database.
    pub async fn import(&self, schema: u32) -> Result<Import, ImportError> {
        let known = newest_schema();
        if schema > known {
            return Err(ImportError::FromTheFuture { schema, known });
        }
        let mut session = self.database.begin().await?;
        // Applies nothing, but tells a database that a newer version has migrated, and keeps other servers out.
        migrate_to(&mut session, 0).await?;
        drop_empty_tables(&mut session).await?;
        migrate_to(&mut session, schema).await?;
        Ok(Import {
            store: self.clone(),
            session,
            schema,
        })
    }
}

/// A database that was migrated and never used has empty tables of the newest schema, which are made anew.
async fn drop_empty_tables(session: &mut Session) -> Result<(), ImportError> {
    let names = existing(session).await?;
    if session.locks_rows() {
        for name in &names {
            let mut lock = Query::new("lock a table", "LOCK TABLE ");
            lock.push(name).push(" IN ACCESS EXCLUSIVE MODE");
            session.execute(lock).await?;
        }
    }
    let tables = contents(session).await?;
    if !tables.is_empty() {
        return Err(ImportError::NotEmpty { tables });
    }
    for name in names {
        let mut drop_table = Query::new("drop an empty table", "DROP TABLE ");
        drop_table.push(name);
        session.execute(drop_table).await?;
    }
    Ok(())
}

impl Import {
    /// Reads the rows of a table, a line each, and says how many there were. Tables come in the order of
    /// [`tables`](crate::tables).
    pub async fn read<R: AsyncBufRead + Unpin + Send>(
        &mut self,
        table: &'static Table,
        from: &mut R,
    ) -> Result<u64, ImportError> {
        let mut line = Vec::new();
        let mut count = 0;
        let mut batch = Batch::default();
        loop {
            let is_line = next_line(from, &mut line).await;
            let is_line = is_line.map_err(|source| ImportError::Read {
                table: table.name(),
                source,
            })?;
            if is_line {
                count += 1;
                let values = read_line(table, self.schema, &line);
                let values = values.map_err(|problem| ImportError::Line {
                    table: table.name(),
                    line: count,
                    problem,
                })?;
                batch.add(values, line.len());
            }
            if batch.is_full() || !is_line {
                self.insert(table, std::mem::take(&mut batch), count)
                    .await?;
            }
            if !is_line {
                return Ok(count);
            }
        }
    }

    async fn insert(
        &mut self,
        table: &'static Table,
        batch: Batch,
        line: u64,
    ) -> Result<(), ImportError> {
        if batch.rows.is_empty() {
            return Ok(());
        }
        let mut insert = Query::new("import rows", "INSERT INTO ");
        insert.push(table.name());
        for (index, column) in table.columns_of(self.schema).enumerate() {
            insert.push(if index == 0 { " (" } else { ", " });
            insert.push(column.name);
        }
        insert.push(") VALUES ");
        for (row, values) in batch.rows.into_iter().enumerate() {
            insert.push(if row == 0 { "" } else { ", " });
            for (index, value) in values.into_iter().enumerate() {
                insert.push(if index == 0 { "(" } else { ", " });
                insert.push_value(value);
            }
            insert.push(")");
        }
        let inserted = self.session.execute(insert).await;
        inserted.map(drop).map_err(|source| ImportError::Refused {
            table: table.name(),
            line,
            source,
        })
    }

    /// Applies the migrations that came after the schema of the rows, and makes all of it happen.
    pub async fn finish(mut self) -> Result<(), ImportError> {
        migrate_to(&mut self.session, newest_schema()).await?;
        let outcome = self.session.commit().await;
        self.store.forget_reads();
        Ok(outcome?)
    }
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// Rows that are inserted together.
#[derive(Default)]
struct Batch {
    rows: Vec<Vec<Value>>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, row: Vec<Value>, bytes: usize) {
        self.rows.push(row);
        self.bytes += bytes;
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }
}

/// Reads the next line, without its end; `false` if there is none.
async fn next_line<R: AsyncBufRead + Unpin + Send>(
    from: &mut R,
    line: &mut Vec<u8>,
) -> io::Result<bool> {
    line.clear();
    (&mut *from)
        .take(LONGEST_LINE)
        .read_until(b'\n', line)
        .await?;
    match line.pop() {
        None => Ok(false),
        Some(b'\n') => Ok(true),
        Some(_) => Err(io::Error::other(
            "a line has no end: the file was cut, or the line is longer than 64 MiB",
        )),
    }
}
