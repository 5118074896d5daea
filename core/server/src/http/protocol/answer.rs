//! What a format may answer.

use axum::body::Body as HttpBody;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use cellier_model::FormatId;
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
        Body::Blob {
            digest,
            range: None,
            encoding,
        } => blob(state, shown, asked, digest, encoding).await?,
        Body::Blob { range: Some(_), .. } => {
            let detail = "ranges of blobs are not served to protocols yet";
            return Err(Problem::new(
                StatusCode::NOT_IMPLEMENTED,
                "not_implemented",
                detail,
            ));
        }
    };
    let status_of_blob = response.status();
    if status_of_blob == StatusCode::FOUND {
        // What the format says of the bytes does not hold for the way to them.
        return Ok(response);
    }
    let status =
        StatusCode::from_u16(answer.status).map_err(|error| Problem::unavailable(&error))?;
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

/// Only a blob that the caller may download: the digest alone gives no right.
async fn blob(
    state: &AppState,
    shown: &Shown,
    asked: Asked<'_>,
    digest: Sha256,
    encoding: Option<String>,
) -> Result<HttpResponse, Problem> {
    let not_shown = || Problem::not_found("there is no such file, or none that you may download");
    let file = shown.get(digest).ok_or_else(not_shown)?;
    let stored = crate::http::download::FileResponse {
        name: None,
        may_redirect: encoding.is_none(),
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
