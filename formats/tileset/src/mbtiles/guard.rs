//! What SQLite may do with a stranger's database: read, and little else.
//!
//! * The file is opened read-only and immutable: no lock is taken, no journal or WAL beside it is read, nothing is written.
//! * Extensions are never loaded, triggers never run, and the schema is not trusted with functions that have effects.
//! * Every statement, also those inside views, is asked for permission while it is compiled: reading tables, a few
//!   functions whose work grows with their input, and the pragmas that checks need. Recursion is never permitted.
//! * Values are no longer than [`VALUE`], so no instruction takes long by itself; `budget` counts the instructions.
//! * Nothing is sorted and no index is built on the way, so memory stays with the page cache.

use std::sync::{Arc, OnceLock};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Result};

use super::budget::{Budget, GRANULARITY};

/// Longest value that SQLite may touch while it scans, in bytes. Lengths and types are read without touching the value.
pub(super) const VALUE: u32 = 256 * 1024;

/// Longest value of the schema and of the statistics beside it, which SQLite keeps in memory.
const SCHEMA_VALUE: u32 = 64 * 1024;

/// Functions that views may call: none that makes more of its input than the input was.
pub(super) const FUNCTIONS: [&str; 13] = [
    "abs",
    "coalesce",
    "count",
    "iif",
    "ifnull",
    "length",
    "lower",
    "max",
    "min",
    "nullif",
    "octet_length",
    "typeof",
    "upper",
];

/// Pragmas that the checks use.
const PRAGMAS: [&str; 5] = [
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_xinfo",
];

/// Settings of a connection, each for a reason of its own.
const SETTINGS: [(&str, &str); 7] = [
    // Damaged pages are noticed when they are read, not when they mislead.
    ("cell_size_check", "ON"),
    // A file that shrinks or cannot be read is an error, not a signal that ends the process.
    ("mmap_size", "0"),
    ("query_only", "ON"),
    // No file of ours is written for what a stranger's query has too much of.
    ("temp_store", "MEMORY"),
    // Eight MiB of pages.
    ("cache_size", "-8192"),
    // CHECK constraints may compute at length; what they promise matters to whoever writes.
    ("ignore_check_constraints", "ON"),
    // An index that a join lacks would be built in memory, with all the tiles in it.
    ("automatic_index", "OFF"),
];

/// The first thing that was not permitted, in words.
pub(super) type Denied = Arc<OnceLock<String>>;

/// Sets everything up. The schema is read for the first time in here, so the steps are counted before that.
pub(super) fn set_up(connection: &Connection, budget: &Budget) -> Result<Denied> {
    let spending = budget.clone();
    let granularity = i32::try_from(GRANULARITY).unwrap_or(i32::MAX);
    connection.progress_handler(granularity, Some(move || spending.spend()))?;
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, true),
    ] {
        connection.set_db_config(setting, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 100),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 50),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 10),
        (Limit::SQLITE_LIMIT_VDBE_OP, 1_000_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 8),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 10),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    set_longest_value(connection, SCHEMA_VALUE)?;
    for (name, value) in SETTINGS {
        connection.pragma_update(None, name, value)?;
    }
    set_longest_value(connection, VALUE)?;
    let denied = Denied::default();
    let remembered = Arc::clone(&denied);
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        permit(&context, &remembered)
    }))?;
    Ok(denied)
}

/// Lets SQLite touch longer values, where our own query asks for one and not a view.
pub(super) fn set_longest_value(connection: &Connection, most: u32) -> Result<()> {
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, most)
        .map(|_before| ())
}

fn permit(context: &AuthContext<'_>, denied: &OnceLock<String>) -> Authorization {
    let problem = match context.action {
        AuthAction::Select | AuthAction::Read { .. } => return Authorization::Allow,
        AuthAction::Function { function_name } if is_listed(&FUNCTIONS, function_name) => {
            return Authorization::Allow;
        }
        AuthAction::Pragma { pragma_name, .. } if is_listed(&PRAGMAS, pragma_name) => {
            return Authorization::Allow;
        }
        AuthAction::Function { function_name } => {
            format!("calls {function_name}(), which a tileset need not")
        }
        AuthAction::Recursive => "is recursive".to_owned(),
        _ => "does more than read tables".to_owned(),
    };
    let _ = denied.set(match context.accessor {
        Some(view) => format!("view {} {problem}", crate::text::quote(view)),
        None => format!("a query {problem}"),
    });
    Authorization::Deny
}

fn is_listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}
