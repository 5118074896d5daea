//! Work that waits for a disk.

use std::io;

use cellier_model::ports::BlobError;
use tokio::task::spawn_blocking;

/// Runs what waits for a disk on a thread that may.
pub(super) async fn on_disk<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    match spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| BlobError::from_io(doing, error)),
        Err(error) => Err(BlobError::from_io(doing, io::Error::other(error))),
    }
}
