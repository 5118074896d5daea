//! Values into the placeholders of a statement.

use sqlx::postgres::PgArguments;
use sqlx::query::Query as SqlxQuery;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite};

use crate::db::Value;

pub(crate) type OfSqlite<'q> = SqlxQuery<'q, Sqlite, SqliteArguments>;
pub(super) type OfPostgres<'q> = SqlxQuery<'q, Postgres, PgArguments>;

pub(crate) fn bind_sqlite(mut query: OfSqlite<'_>, values: Vec<Value>) -> OfSqlite<'_> {
    for value in values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::OptionalText(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::OptionalInt(number) => query.bind(number),
            Value::Bool(value) => query.bind(value),
        };
    }
    query
}

pub(super) fn bind_postgres(mut query: OfPostgres<'_>, values: Vec<Value>) -> OfPostgres<'_> {
    for value in values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::OptionalText(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::OptionalInt(number) => query.bind(number),
            Value::Bool(value) => query.bind(value),
        };
    }
    query
}
