//! Waiting for what happens a little later.

use std::time::{Duration, Instant};

/// How long something may take that is going to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a condition holds, and fails with `what` when it does not come to that.
#[track_caller]
pub fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let started = Instant::now();
        while !holds().await {
            let waited = started.elapsed();
            assert!(
                waited < PATIENCE,
                "{caller}: still not after {PATIENCE:?}: {what}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
