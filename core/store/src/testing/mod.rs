//! What tests of this and other crates need to run on real servers: PostgreSQL and S3.

mod guard;
mod postgres;
mod s3;

pub use self::postgres::TestPostgres;
pub use self::s3::{Garage, Lie, TestS3};
