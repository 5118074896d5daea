//! What an operator and their monitoring look at.

pub(super) mod docs;
pub(super) mod healthz;
pub(super) mod metrics;
pub(super) mod readyz;
pub(super) mod storage;
pub(super) mod upload_status;
