//! All rows at one moment as text, and back: the same text for both databases.
//!
//! A table is a text of one JSON object a line, whose members are the table's columns. [`Store::snapshot`](crate::Store)
//! writes such texts, all of them as of one moment, while others go on writing; [`Store::import`](crate::Store) reads
//! them into an empty database.
//!
//! # To add a table or a column
//!
//! Name it in `tables.rs`, with the number of the migration that made it. A test compares the list with the schema. A
//! backup that is older than the migration does not have it: it is imported into the schema that it was made on, and the
//! migrations that came later do what they do to every database.

mod contents;
mod import;
mod line;
mod snapshot;
mod tables;

pub use self::import::{Import, ImportError};
pub use self::snapshot::{Snapshot, SnapshotError};
pub use self::tables::{Table, is_transient, tables};
