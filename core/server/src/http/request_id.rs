//! An identifier for every request: in the log, in the answer's header, in the body of every error.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The identifier of the request that this task works for.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Work for the current request that goes on in a task of its own, under the same identifier.
pub(crate) fn carried<Work: Future>(work: Work) -> impl Future<Output = Work::Output> {
    let id = current().unwrap_or_default();
    CURRENT.scope(id, work.in_current_span())
}

/// Keeps the identifier that a proxy has given, if it is plain, or makes one.
pub(crate) async fn assign(request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(&HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_plain(text));
    let id = given.map_or_else(
        || uuid::Uuid::now_v7().simple().to_string(),
        ToOwned::to_owned,
    );
    let span = tracing::info_span!("request", id = %id);
    let value = HeaderValue::from_str(&id);
    let mut response = CURRENT.scope(id, next.run(request).instrument(span)).await;
    if let Ok(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn is_plain(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
