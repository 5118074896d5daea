//! What tests of this and other crates need to run on real servers, PostgreSQL and S3, and to see what is asked of them.

mod explain;
mod guard;
mod held_table;
mod old_schema;
mod postgres;
mod s3;
mod statements;

pub use self::explain::{Explainer, Plan};
pub use self::held_table::HeldTable;
pub use self::postgres::TestPostgres;
pub use self::s3::{Garage, Lie, TestS3};
pub(crate) use self::statements::note_statement;
pub use self::statements::{Statement, statements_of};
