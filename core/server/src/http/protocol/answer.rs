//! What a format may answer.

use std::ops::Range;

use axum::body::Body as HttpBody;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use cellier_model::FormatId;
use cellier_model::ports::InspectError;
use cellier_sdk::{Body, Hold, Response, Sha256};

use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::protocol::registry::Shown;
use crate::state::AppState;

/// The headers that a format may set.
const ALLOWED: [&str; 12] = [
    "access-control-allow-origin",
    "allow",
    "content-disposition",
    "content-language",
    "content-type",
    "etag",
    "link",
    "location",
    "npm-notice",
    "retry-after",
    "vary",
    "www-authenticate",
];

/// Sends what a format has answered; headers that are not allowed, or that would not be safe, are dropped.
pub(super) async fn send(
    state: &AppState,
    shown: &Shown,
    format: &FormatId,
    asked: Asked<'_>,
    answer: Response,
) -> Result<HttpResponse, Problem> {
    let mut response = match answer.body {
        Body::Empty => HttpResponse::new(HttpBody::empty()),
        Body::Bytes(bytes) => HttpResponse::new(HttpBody::from(bytes)),
        Body::Encoded { bytes, encoding } => {
            let mut response = HttpResponse::new(HttpBody::from(bytes));
            if let Ok(encoding) = HeaderValue::from_str(&encoding) {
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_ENCODING, encoding);
            }
            response
        }
        Body::Blob {
            digest,
            range,
            encoding,
        } => blob(state, shown, asked, (digest, range), encoding).await?,
    };
    let status_of_blob = response.status();
    let status = final_status(format, answer.status)?;
    if status_of_blob == StatusCode::FOUND {
        // What the format says of the bytes does not hold for the way to them.
        return Ok(response);
    }
    if status != StatusCode::OK || status_of_blob == StatusCode::OK {
        *response.status_mut() = status;
    }
    for (name, value) in &answer.headers {
        let allowed = ALLOWED
            .iter()
            .any(|allowed| name.eq_ignore_ascii_case(allowed));
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(value)) if allowed => drop(response.headers_mut().insert(name, value)),
            _ => tracing::warn!(%format, name, "a header of the format {format} was dropped"),
        }
    }
    let cache_control = match answer.hold {
        Hold::Immutable => "private, max-age=31536000, immutable",
        Hold::UntilArtefactChanges | Hold::UntilFormatChanges => "private, no-cache",
        Hold::No => "no-store",
    };
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(cache_control),
    );
    Ok(response)
}

/// A status that ends an exchange; anything else is a fault of the format.
fn final_status(format: &FormatId, status: u16) -> Result<StatusCode, Problem> {
    let parsed = StatusCode::from_u16(status).ok();
    parsed
        .filter(|status| (200..=599).contains(&status.as_u16()))
        .ok_or_else(|| {
            let format = format.clone();
            let problem = format!("it answered with the status {status}");
            InspectError::Broken { format, problem }.into()
        })
}

/// Only a blob that the caller may download.
async fn blob(
    state: &AppState,
    shown: &Shown,
    asked: Asked<'_>,
    (digest, part): (Sha256, Option<Range<u64>>),
    encoding: Option<String>,
) -> Result<HttpResponse, Problem> {
    let file = shown.get(digest)?;
    let lies_within = |part: &Range<u64>| part.start <= part.end && part.end <= file.size;
    if part.as_ref().is_some_and(|part| !lies_within(part)) {
        return Err(Problem::not_found("the file has no such part"));
    }
    let stored = crate::http::download::FileResponse {
        name: None,
        may_redirect: encoding.is_none() && part.is_none(),
        part,
        ..(&file).into()
    };
    let mut response = crate::http::download::file_response(state, asked, &stored).await?;
    if let Some(encoding) = encoding.and_then(|encoding| HeaderValue::from_str(&encoding).ok()) {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding);
    }
    Ok(response)
}
