//! How long statements take and may take: a histogram for operators, a span for who looks for something, an end for
//! those whose answer does not come.

use std::io;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use tracing::Instrument as _;

use crate::faults;

/// Runs a statement and records how long it took under what it does. One that takes longer than `limit` is given up:
/// whoever waits for it gets an error instead of waiting for a database that does not answer.
pub(super) async fn timed<T>(
    doing: &'static str,
    limit: Duration,
    statement: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let started = Instant::now();
    let statement = statement.instrument(tracing::debug_span!("database", doing));
    let statement = faults::step("db", doing, sqlx::Error::from, statement);
    let done = timeout(limit, statement).await;
    metrics::histogram!("cellier_database_seconds", "statement" => doing)
        .record(started.elapsed().as_secs_f64());
    done.unwrap_or_else(|_elapsed| {
        let problem = format!("the database gave no answer within {limit:?}");
        Err(io::Error::new(io::ErrorKind::TimedOut, problem).into())
    })
}
