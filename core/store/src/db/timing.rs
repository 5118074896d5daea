//! How long statements take and may take: a histogram for operators, a span for who looks for something, an end for
//! those whose answer does not come.

use std::io;
use std::time::{Duration, Instant};

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};
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
    done.unwrap_or_else(|_elapsed| Err(no_answer(limit)))
}

/// The same rows; when one does not come within `limit`, they end with an error.
pub(super) fn in_time<'rows, T>(
    limit: Duration,
    rows: BoxStream<'rows, Result<T, sqlx::Error>>,
) -> impl Stream<Item = Result<T, sqlx::Error>> + 'rows
where
    T: 'rows,
{
    let next = move |rows: Option<BoxStream<'rows, Result<T, sqlx::Error>>>| async move {
        let mut rows = rows?;
        match timeout(limit, rows.next()).await {
            Ok(row) => row.map(|row| (row, Some(rows))),
            Err(_elapsed) => Some((Err(no_answer(limit)), None)),
        }
    };
    stream::unfold(Some(rows), next)
}

fn no_answer(limit: Duration) -> sqlx::Error {
    let problem = format!("the database gave no answer within {limit:?}");
    io::Error::new(io::ErrorKind::TimedOut, problem).into()
}
