//! Small things: when keys were last used, the metrics' own upkeep.

use std::sync::Arc;
use std::time::Duration;

use cellier_model::Context;
use cellier_model::keys::Authenticate;
use metrics_exporter_prometheus::PrometheusHandle;

const EVERY: Duration = Duration::from_mins(1);

/// Writes when keys were last used and tidies the metrics, for ever.
pub(crate) async fn upkeep(
    context: Context,
    authenticate: Arc<Authenticate>,
    metrics: PrometheusHandle,
) {
    loop {
        tokio::time::sleep(EVERY).await;
        metrics.run_upkeep();
        if let Err(error) = authenticate.flush(&context).await {
            tracing::warn!(%error, "it could not be written when keys were last used: {error}");
        }
    }
}
