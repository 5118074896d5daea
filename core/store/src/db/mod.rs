//! One way to speak to both databases: each statement is written once, with `$1` placeholders.

mod bind;
mod connect;
mod error;
mod generation;
mod migrate;
mod postgres;
mod query;
mod row;
mod session;
mod sqlite;
mod timing;
mod url;

#[cfg(feature = "testing")]
pub(crate) use self::bind::bind_sqlite;
pub(crate) use self::connect::Database;
pub use self::connect::{ConnectionUsage, OpenError, Opening, StoreOptions};
pub(crate) use self::error::{from_sqlx, is_lock_timeout};
pub(crate) use self::generation::{LogIndex, LogIndexHeader};
pub use self::migrate::{MigrateError, Migration};
pub(crate) use self::migrate::{migrate, migrate_to, newest_schema, pending};
pub(crate) use self::query::{Query, Value};
pub(crate) use self::row::Row;
pub(crate) use self::session::Session;
pub use self::url::{DatabaseUrl, InvalidDatabaseUrl};
