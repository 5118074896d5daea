//! Small things: when keys and sessions were last used, sessions that are over, the metrics' own upkeep.

use std::sync::Arc;
use std::time::Duration;

use cellier_model::Context;
use cellier_model::keys::Authenticate;
use metrics_exporter_prometheus::PrometheusHandle;

/// How often it is written when keys and sessions were last used.
const USES: Duration = Duration::from_mins(1);

/// How often sessions that are over are forgotten.
const SESSIONS: Duration = Duration::from_hours(1);

/// How often the samples of histograms, one a request, are added up, so that they take no space.
const METRICS: Duration = Duration::from_secs(5);

/// Writes when keys and sessions were last used, forgets sessions that are over, and tidies the metrics, for ever.
pub(crate) async fn upkeep(
    context: Context,
    authenticate: Arc<Authenticate>,
    metrics: PrometheusHandle,
) {
    let mut since_uses = Duration::ZERO;
    let mut since_sessions = SESSIONS;
    loop {
        tokio::time::sleep(METRICS).await;
        metrics.run_upkeep();
        since_uses += METRICS;
        since_sessions += METRICS;
        if since_uses >= USES {
            since_uses = Duration::ZERO;
            write_uses(&context, &authenticate).await;
        }
        if since_sessions >= SESSIONS {
            since_sessions = Duration::ZERO;
            forget_sessions(&context).await;
        }
    }
}

async fn write_uses(context: &Context, authenticate: &Authenticate) {
    if let Err(error) = authenticate.flush(context).await {
        tracing::warn!(%error, "it could not be written when keys were last used: {error}");
    }
}

async fn forget_sessions(context: &Context) {
    let now = context.clock.now();
    if let Err(error) = context.catalog.forget_sessions(now).await {
        tracing::warn!(%error, "sessions that are over could not be forgotten: {error}");
    }
}
