//! How a database does a statement: what it says about it, and how much it reads for it.

mod postgres;
mod sqlite;

use sqlx::{PgConnection, SqliteConnection};

use crate::db::DatabaseUrl;
use crate::testing::Statement;

/// How a database does a statement.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Its steps, in the words of the database.
    pub steps: Vec<String>,
    /// Those of them that read a table without an index.
    pub scans: Vec<String>,
    /// Those of them that sort, each with the most rows that it sorted, where the database tells.
    pub sorts: Vec<(String, Option<u64>)>,
    /// About how many rows and entries of indexes were read, those that were dropped again too.
    pub read: u64,
}

/// A connection that explains statements. It does them, to see what they read, and takes back what they change.
#[derive(Debug)]
pub enum Explainer {
    /// To a file of SQLite.
    Sqlite(Box<SqliteConnection>),
    /// To a PostgreSQL.
    Postgres(Box<PgConnection>),
}

impl Explainer {
    /// Connects to a database.
    ///
    /// # Panics
    ///
    /// If the database does not take the connection.
    pub async fn connect(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(path) => Self::Sqlite(Box::new(sqlite::connect(path).await)),
            DatabaseUrl::Postgres(url) => Self::Postgres(Box::new(postgres::connect(url).await)),
        }
    }

    /// Explains a statement: on PostgreSQL how it is done at first, and how when it has been done several times.
    ///
    /// # Panics
    ///
    /// If the database refuses the statement.
    pub async fn explain(&mut self, statement: &Statement) -> Vec<Plan> {
        match self {
            Self::Sqlite(connection) => vec![sqlite::explain(connection, statement).await],
            Self::Postgres(connection) => postgres::explain(connection, statement).await,
        }
    }

    /// Runs statements without values, as they are.
    ///
    /// # Panics
    ///
    /// If the database refuses one.
    pub async fn run(&mut self, script: &str) {
        let script = sqlx::AssertSqlSafe(script.to_owned());
        let done = match self {
            Self::Sqlite(connection) => sqlx::raw_sql(script)
                .execute(&mut **connection)
                .await
                .map(drop),
            Self::Postgres(connection) => sqlx::raw_sql(script)
                .execute(&mut **connection)
                .await
                .map(drop),
        };
        done.expect("the database runs a script");
    }
}

/// Whether a statement can be done again only to see what it reads: what is made cannot be made twice.
fn can_be_repeated(statement: &Statement) -> bool {
    !statement.text.starts_with("INSERT")
}
