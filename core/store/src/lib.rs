//! The adapters: the only crate that knows SQL and where bytes lie.
//!
//! [`Store`] is the catalogue on SQLite or PostgreSQL, [`LocalBlobs`] keeps bytes on local disk, and [`RemoteBlobs`] in a
//! store of objects in the network. A [`Snapshot`] and an [`Import`] carry all rows from one database to another.
//!
//! # To add a query
//!
//! 1. A method on its port in `core/model/src/ports/catalog.rs`.
//! 2. Its SQL in `catalog/<noun>.rs`, once, with `$1` placeholders and what both databases understand. Values are bound,
//!    never written into the text.
//! 3. A case in `tests/catalog/`, which runs on SQLite and PostgreSQL alike.

mod backup;
mod blobs;
mod catalog;
mod db;
pub mod faults;
mod files;
mod registry_id;

#[cfg(feature = "testing")]
pub mod testing;

pub use self::backup::{Import, ImportError, Snapshot, SnapshotError, Table, is_transient, tables};
pub use self::blobs::{
    HotBlobs, InvalidCredentials, InvalidS3Location, LocalBlobs, Marker, Patience, PatientBlobs,
    ProbeError, RemoteBlobs, RemoteOptions, RemoteStore, S3Location,
};
pub use self::catalog::Store;
pub use self::db::{
    ConnectionUsage, DatabaseUrl, InvalidDatabaseUrl, MigrateError, Migration, OpenError, Opening,
    StoreOptions,
};
pub use self::registry_id::{InvalidRegistryId, RegistryId};
