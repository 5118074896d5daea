//! The log and the metrics.

mod blobs;
mod log;
mod metrics;

pub(crate) use self::blobs::MeasuredBlobs;
pub(crate) use self::log::start_log;
pub(crate) use self::metrics::{Gauges, install_metrics};
