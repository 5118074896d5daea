//! How long statements take: a histogram for operators, a span for who looks for something.

use std::time::Instant;

use tracing::Instrument as _;

/// Runs a statement and records how long it took under what it does.
pub(super) async fn timed<T>(doing: &'static str, statement: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let done = statement
        .instrument(tracing::debug_span!("database", doing))
        .await;
    metrics::histogram!("cellier_database_seconds", "statement" => doing)
        .record(started.elapsed().as_secs_f64());
    done
}
