//! What tests of this and other crates need to run on real servers: PostgreSQL and S3.

mod guard;
mod held_table;
mod postgres;
mod s3;

pub use self::held_table::HeldTable;
pub use self::postgres::TestPostgres;
pub use self::s3::{Garage, Lie, TestS3};
