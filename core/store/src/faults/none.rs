//! What is left of the faults in a released program: nothing.

use std::io;
use std::sync::Arc;

use cellier_model::Timestamp;
use cellier_model::ports::Blobs;

use crate::files::{Files, RealFiles};

/// The store as it is.
pub fn blobs(inner: Arc<dyn Blobs>) -> Arc<dyn Blobs> {
    inner
}

/// The time as it is.
pub fn shifted(now: Timestamp) -> Timestamp {
    now
}

pub(crate) fn files() -> Arc<dyn Files> {
    Arc::new(RealFiles)
}

pub(crate) fn step<T, E>(
    _room: &'static str,
    _doing: &'static str,
    _wrap: fn(io::Error) -> E,
    work: impl Future<Output = Result<T, E>>,
) -> impl Future<Output = Result<T, E>> {
    work
}
