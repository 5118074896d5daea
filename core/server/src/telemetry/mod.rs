//! The log and the metrics.

mod log;
mod metrics;

pub(crate) use self::log::start_log;
pub(crate) use self::metrics::install_metrics;
