//! Small things: when keys were last used, the metrics' own upkeep.

use std::sync::Arc;
use std::time::Duration;

use cellier_model::Context;
use cellier_model::keys::Authenticate;
use metrics_exporter_prometheus::PrometheusHandle;

/// How often it is written when keys were last used.
const KEYS: Duration = Duration::from_mins(1);

/// How often the samples of histograms, one a request, are added up, so that they take no space.
const METRICS: Duration = Duration::from_secs(5);

/// Writes when keys were last used and tidies the metrics, for ever.
pub(crate) async fn upkeep(
    context: Context,
    authenticate: Arc<Authenticate>,
    metrics: PrometheusHandle,
) {
    let mut since_keys = Duration::ZERO;
    loop {
        tokio::time::sleep(METRICS).await;
        metrics.run_upkeep();
        since_keys += METRICS;
        if since_keys >= KEYS {
            since_keys = Duration::ZERO;
            if let Err(error) = authenticate.flush(&context).await {
                tracing::warn!(%error, "it could not be written when keys were last used: {error}");
            }
        }
    }
}
