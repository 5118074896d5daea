//! Plans of PostgreSQL.

use std::str::FromStr as _;

use serde_json::Value as Json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection, Row as _};

use super::{Plan, can_be_repeated};
use crate::testing::Statement;

/// How often a prepared statement is planned for its values, before PostgreSQL compares that with one plan for all
/// values and stays with what costs less.
const PLANNED_FOR_VALUES: usize = 5;

pub(super) async fn connect(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).expect("a URL of PostgreSQL");
    options.connect().await.expect("a connection to PostgreSQL")
}

/// The plan for the values, and for statements that are kept the one that PostgreSQL settles on: they are prepared once
/// and done many times.
pub(super) async fn explain(connection: &mut PgConnection, statement: &Statement) -> Vec<Plan> {
    let types = statement.types().join(", ");
    let types = if types.is_empty() {
        types
    } else {
        format!("({types})")
    };
    let prepare = format!("PREPARE ours {types} AS {}", statement.text);
    run(connection, &prepare).await;
    let literals = statement.literals().join(", ");
    let execute = if literals.is_empty() {
        "EXECUTE ours".to_owned()
    } else {
        format!("EXECUTE ours({literals})")
    };
    let mut plans = vec![plan(connection, statement, &execute).await];
    if statement.is_kept {
        for _ in 1..PLANNED_FOR_VALUES {
            run(connection, &format!("EXPLAIN {execute}")).await;
        }
        plans.push(plan(connection, statement, &execute).await);
    }
    run(connection, "DEALLOCATE ours").await;
    plans
}

async fn plan(connection: &mut PgConnection, statement: &Statement, execute: &str) -> Plan {
    let how = if can_be_repeated(statement) {
        "ANALYZE, TIMING OFF, FORMAT JSON"
    } else {
        "FORMAT JSON"
    };
    run(connection, "BEGIN").await;
    let explain = AssertSqlSafe(format!("EXPLAIN ({how}) {execute}"));
    let row = sqlx::raw_sql(explain).fetch_one(&mut *connection).await;
    let row = row.expect("PostgreSQL explains a statement");
    run(connection, "ROLLBACK").await;
    let said: String = row.try_get_unchecked(0).expect("a text");
    let said: Json = serde_json::from_str(&said).expect("JSON");
    let mut plan = Plan::default();
    walk(&said[0]["Plan"], 0, &mut plan);
    plan
}

async fn run(connection: &mut PgConnection, statement: &str) {
    let text = AssertSqlSafe(statement.to_owned());
    let done = sqlx::raw_sql(text).execute(connection).await;
    done.expect("PostgreSQL runs a statement");
}

/// Goes through a step and those below it.
fn walk(node: &Json, depth: usize, plan: &mut Plan) {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let kind = text("Node Type");
    let step = [
        kind,
        text("Relation Name"),
        text("Index Name"),
        text("Index Cond"),
        text("Filter"),
    ]
    .map(str::to_owned)
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ");
    let below = node["Plans"].as_array().map_or(&[][..], Vec::as_slice);
    if kind == "Seq Scan" {
        plan.scans.push(step.clone());
    }
    if kind == "Sort" {
        plan.sorts.push((step.clone(), below.first().map(given)));
    }
    let reads = !node["Relation Name"].is_null() || kind == "Bitmap Index Scan";
    if kind.contains("Scan") && reads {
        plan.read += given(node) + dropped(node);
    }
    let indent = "  ".repeat(depth);
    plan.steps
        .push(format!("{indent}{step} ({} rows)", given(node)));
    for node in below {
        walk(node, depth + 1, plan);
    }
}

/// The rows that a step gave, in all its turns.
fn given(node: &Json) -> u64 {
    rows(node, "Actual Rows")
}

/// The rows that it read and dropped.
fn dropped(node: &Json) -> u64 {
    rows(node, "Rows Removed by Filter") + rows(node, "Rows Removed by Index Recheck")
}

/// What is told of one turn is an average.
fn rows(node: &Json, key: &str) -> u64 {
    let of_one_turn = node[key].as_u64().unwrap_or(0);
    of_one_turn * node["Actual Loops"].as_u64().unwrap_or(1)
}
