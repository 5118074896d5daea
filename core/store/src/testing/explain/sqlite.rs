//! Plans of SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _, SqliteConnection};

use super::{Plan, can_be_repeated};
use crate::db::bind_sqlite;
use crate::testing::Statement;

pub(super) async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true);
    options.connect().await.expect("a connection to the file")
}

pub(super) async fn explain(connection: &mut SqliteConnection, statement: &Statement) -> Plan {
    let text = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.text));
    let asked = bind_sqlite(sqlx::query(text), statement.values.clone());
    let rows = asked.fetch_all(&mut *connection).await;
    let rows = rows.expect("SQLite explains a statement");
    let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let scans = steps.iter().filter(|step| is_scan(step, &statement.text));
    let sorts = steps
        .iter()
        .filter(|step| step.starts_with("USE TEMP B-TREE FOR") && step.ends_with("ORDER BY"));
    Plan {
        scans: scans.cloned().collect(),
        sorts: sorts.map(|step| (step.clone(), None)).collect(),
        read: if can_be_repeated(statement) {
            read(connection, statement).await
        } else {
            0
        },
        steps,
    }
}

/// Whether a step goes through a table without an index. What a part of the statement has found is no table.
fn is_scan(step: &str, text: &str) -> bool {
    let Some(scanned) = step.strip_prefix("SCAN ") else {
        return false;
    };
    let is_found = |name: &str| {
        let named = [format!(") AS {name}"), format!(") {name} ")];
        named.iter().any(|named| text.contains(named)) || text.ends_with(&format!(") {name}"))
    };
    !scanned.contains(" USING ") && !scanned.starts_with("CONSTANT") && !is_found(scanned)
}

/// About how many steps of its machine SQLite takes for each row or entry that it looks at.
const STEPS_FOR_A_ROW: i32 = 10;

/// Does a statement and tells from the steps that SQLite takes about how many rows it looks at; then takes back what it
/// changed.
async fn read(connection: &mut SqliteConnection, statement: &Statement) -> u64 {
    let rows = Arc::new(AtomicU64::new(0));
    run(connection, "BEGIN IMMEDIATE").await;
    {
        let rows = Arc::clone(&rows);
        let mut handle = connection.lock_handle().await.expect("the connection");
        handle.set_progress_handler(STEPS_FOR_A_ROW, move || {
            rows.fetch_add(1, Ordering::Relaxed);
            true
        });
    }
    let text = AssertSqlSafe(statement.text.clone());
    let asked = bind_sqlite(sqlx::query(text), statement.values.clone());
    let done = asked.fetch_all(&mut *connection).await;
    let mut handle = connection.lock_handle().await.expect("the connection");
    handle.remove_progress_handler();
    drop(handle);
    run(connection, "ROLLBACK").await;
    done.expect("SQLite does a statement again");
    rows.load(Ordering::Relaxed)
}

async fn run(connection: &mut SqliteConnection, statement: &'static str) {
    let done = sqlx::query(statement).execute(connection).await;
    done.expect("SQLite begins and ends transactions");
}
