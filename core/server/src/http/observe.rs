//! A log line and metrics for every request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::http::credential::holds_a_key;

/// Measures a request. Its path goes to the log, its route alone to the metrics; its headers and query, which may hold
/// secrets, go nowhere, and neither does a path in which somebody has sent a key.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = if holds_a_key(request.uri()) {
        "(a path with a key in it)".to_owned()
    } else {
        request.uri().path().to_owned()
    };
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let response = next.run(request).await;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    metrics::counter!(
        "cellier_http_requests_total",
        "method" => label(&method), "route" => route.clone(), "status" => status.to_string(),
    )
    .increment(1);
    metrics::histogram!("cellier_http_request_seconds", "route" => route).record(seconds);
    tracing::info!(%method, path, status, seconds, "{method} {path} answered {status}");
    response
}

/// The label of a method. A client may invent any number of methods, and each would be a series for ever.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
