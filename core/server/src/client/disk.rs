//! Work that waits for a disk or a lock, on threads that may.

use std::panic::resume_unwind;

use tokio::task::spawn_blocking;

use crate::client::ClientError;

/// Runs what waits for a disk or a lock. A panic in it goes on here.
pub(crate) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClientError> + Send + 'static,
) -> Result<T, ClientError> {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => Err(ClientError::Unable(format!(
                "the program is being ended: {error}"
            ))),
        },
    }
}
