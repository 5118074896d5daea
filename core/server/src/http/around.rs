//! What is done around every request, whatever it asks for.
//!
//! A function and not layers of a router: each of those would cost every request an allocation and a dynamic call.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use http_body::Body as _;
use tracing::Instrument as _;

use crate::http::observe::Observation;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::{host, incoming};
use crate::state::AppState;

/// Gives a request its identifier, limits its body, answers it, measures that, and sees to it that no panic, no guess of a
/// browser and no body of a `HEAD` gets out. `route` is what the metrics call its path, if the answer does not tell.
pub(crate) async fn around<Answer: Future<Output = Response>>(
    state: &AppState,
    route: Option<&'static str>,
    request: Request,
    answer: impl FnOnce(Request) -> Answer,
) -> Response {
    let id = RequestId::of(&request);
    let span = tracing::info_span!("request", id = %id);
    let is_head = request.method() == Method::HEAD;
    let observation = Observation::begin(&request, route);
    let named = host::require_one(&request);
    let request = incoming::limited(request, state.idle_body);
    let answer = async {
        let response = match named {
            Ok(()) => {
                // What stands around it would move it, and it is large.
                let answer = Box::pin(answer(request));
                let answer = AssertUnwindSafe(answer).catch_unwind();
                answer.await.unwrap_or_else(answer_panic)
            }
            Err(problem) => problem.into_response(),
        };
        observation.end(&response);
        response
    };
    let mut response = id.scope(answer).instrument(span).await;
    let headers = response.headers_mut();
    id.write(headers);
    headers
        .entry(header::X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    if is_head {
        return without_body(response);
    }
    response
}

/// The answer to `HEAD` is that to `GET` without its body, the length of which stays in the header.
fn without_body(mut response: Response) -> Response {
    // Of a body that is held in memory the length is written only with the body, which goes away here.
    let length = response.body().size_hint().exact();
    if let Some(length) = length.filter(|length| *length > 0) {
        let headers = response.headers_mut();
        headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    response.map(|_body| Body::empty())
}

/// A panic is a defect of ours: the client gets a clear error, the log gets the reason.
#[expect(
    clippy::needless_pass_by_value,
    reason = "this is how catch_unwind hands it over"
)]
fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let reason = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given");
    tracing::error!(reason, "a handler panicked: {reason}");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something in the registry is broken; please report it",
    )
    .into_response()
}
