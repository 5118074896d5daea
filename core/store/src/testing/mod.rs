//! What tests of this and other crates need to run on a real PostgreSQL.

mod postgres;

pub use self::postgres::TestPostgres;
