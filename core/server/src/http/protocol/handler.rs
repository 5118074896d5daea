//! The doors by which requests come to a format: below its mount, and at the root of a host that it has to itself.

use axum::extract::{FromRequestParts as _, Request};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::FormatId;
use cellier_model::ports::FormatInfo;

use crate::http::credential::Caller;
use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::protocol::exchange::Exchange;
use crate::http::protocol::memo::{Entrance, Place, Trace};
use crate::http::protocol::request::translate_request;
use crate::http::protocol::route;
use crate::http::protocol::shown::Shown;
use crate::http::same_site::is_made_elsewhere;
use crate::http::visit::visitor;
use crate::state::AppState;

/// Whether a path lies below the mount of a format.
pub(crate) fn is_below_mount(state: &AppState, path: &str) -> bool {
    route::find(state.context.formats.all(), path).is_some()
}

/// Everything below the mount of a format.
pub(crate) async fn answer_below_mount(state: &AppState, request: Request) -> Response {
    let uri = request.uri().clone();
    match route::find(state.context.formats.all(), uri.path()) {
        Some((format, below)) => speak(state, format, Entrance::Mount, below, request).await,
        None => nothing(),
    }
}

/// Everything at a host that a format has to itself.
pub(crate) async fn at_host_root(
    state: &AppState,
    format: &FormatId,
    request: Request,
) -> Response {
    let uri = request.uri().clone();
    let path = uri.path();
    let below = path.strip_prefix('/').unwrap_or(path);
    match state.context.formats.get(format.as_str()) {
        Some(format) => speak(state, format, Entrance::HostRoot, below, request).await,
        None => nothing(),
    }
}

fn nothing() -> Response {
    Problem::not_found("there is nothing at this path").into_response()
}

/// Answers for a format, and lets those pages read a read that the operator lets.
async fn speak(
    state: &AppState,
    format: &FormatInfo,
    entrance: Entrance,
    below: &str,
    request: Request,
) -> Response {
    let cross_origin = &state.cross_origin;
    let (method, headers) = (request.method(), request.headers());
    if let Some(answer) = cross_origin.preflight(&format.id, method, headers) {
        return answer;
    }
    let origin = headers.get(header::ORIGIN).cloned();
    let reads = is_read(method);
    let mut response = if format.enabled {
        answer(state, format, entrance, below, request).await
    } else {
        let detail = format!("the format {} is disabled on this server", format.id);
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Problem::new(status, "format_disabled", detail).into_response()
    };
    if reads {
        cross_origin.let_read(&format.id, origin.as_ref(), response.headers_mut());
    }
    response
}

async fn answer(
    state: &AppState,
    format: &FormatInfo,
    entrance: Entrance,
    below: &str,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let uri = parts.uri.clone();
    let place = Place {
        format: &format.id,
        entrance,
        path: below,
        query: uri.query(),
    };
    let caller = Caller::from_request_parts(&mut parts, state).await;
    if let Ok(caller) = &caller
        && is_read(&parts.method)
    {
        let asked = Asked::from(&parts);
        if let Some(Ok(held)) = state.memo.answer(state, caller, &place, asked).await {
            return held;
        }
    }
    let asked = match translate_request(state, format, entrance, below, &parts) {
        Ok(asked) => asked,
        Err(problem) => return problem.into_response(),
    };
    let exchange = Exchange {
        format: format.clone(),
        asked,
        visitor: visitor(&parts, state),
        made_elsewhere: is_made_elsewhere(&parts.headers, &uri, state.public_url.as_ref()),
        shown: Shown::default(),
        trace: Trace::default(),
        state: state.clone(),
    };
    let request = Request::from_parts(parts, body);
    // In a place of its own: a held answer needs none of what this takes.
    match Box::pin(exchange.answer(caller, &place, request)).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// Whether a request reads.
pub(super) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
