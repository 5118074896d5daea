//! `GET /metrics`

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::state::AppState;

/// Metrics in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "getMetrics", tag = "operation", responses((status = 200, description = "Metrics", body = String)))]
pub(crate) async fn handler(State(state): State<AppState>) -> impl IntoResponse {
    state.gauges.refresh();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        state.metrics.render(),
    )
}
