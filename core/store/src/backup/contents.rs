//! What a database holds already.

use cellier_model::ports::CatalogError;

use crate::backup::tables::{TRANSIENT, Table, tables};
use crate::catalog::Store;
use crate::db::{Query, Session, newest_schema};

impl Store {
    /// The tables that hold rows, and how many; of those tables that are part of a backup. Nothing for a database
    /// without a schema.
    pub async fn contents(&self) -> Result<Vec<(&'static str, u64)>, CatalogError> {
        contents(&mut self.database.begin_snapshot().await?).await
    }
}

pub(super) async fn contents(
    session: &mut Session,
) -> Result<Vec<(&'static str, u64)>, CatalogError> {
    let mut contents = Vec::new();
    for name in existing(session).await? {
        if TRANSIENT.contains(&name) {
            continue;
        }
        let mut count = Query::new("count rows", "SELECT COUNT(*) AS count FROM ");
        count.push(name);
        let row = session.fetch_optional(count).await?;
        let rows = row.map_or(Ok(0), |row| row.unsigned("count"))?;
        if rows > 0 {
            contents.push((name, rows));
        }
    }
    Ok(contents)
}

/// Those of our tables that are there, each before those that it refers to: what is transient refers to what lasts. Tables
/// of others are none of our business.
pub(super) async fn existing(session: &mut Session) -> Result<Vec<&'static str>, CatalogError> {
    let select = if session.locks_rows() {
        "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
    };
    let rows = session
        .fetch_all(Query::new("look for tables", select))
        .await?;
    let there = rows
        .iter()
        .map(|row| row.text("name"))
        .collect::<Result<Vec<_>, _>>()?;
    let lasting = tables(newest_schema()).rev().map(Table::name);
    let ours = TRANSIENT.into_iter().chain(lasting);
    Ok(ours
        .filter(|name| there.iter().any(|there| there == name))
        .collect())
}
