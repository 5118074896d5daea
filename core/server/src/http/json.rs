//! JSON in and out.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::http::download::conditional::etag_matches;
use crate::http::incoming::broken_body;
use crate::http::problem::Problem;

/// Most bytes that a JSON body may have.
const LONGEST_BODY: usize = 1 << 20;

/// A 200 whose `ETag` is made from the JSON itself, or a 304 if the client has it already.
pub(crate) fn cacheable_json<T: Serialize>(
    headers: &HeaderMap,
    value: &T,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::unavailable(&error))?;
    let digest = Sha256::digest(&body);
    let mut etag = String::from("\"");
    for byte in digest.iter().take(16) {
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    tagged_json(headers, &etag, body)
}

/// The same with an `ETag` that the caller gives.
pub(crate) fn tagged_json(
    headers: &HeaderMap,
    etag: &str,
    body: Vec<u8>,
) -> Result<Response, Problem> {
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| etag_matches(value, etag, true));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        response
    };
    let etag = HeaderValue::from_str(etag).map_err(|error| Problem::unavailable(&error))?;
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    Ok(response)
}

/// JSON that no cache may keep: about people, keys and sessions.
pub(crate) fn private_json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    let mut response = (status, axum::Json(value)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Reads a JSON body of at most 1 MiB; says where it is wrong.
pub(crate) async fn read_json<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json")
                || essence.to_ascii_lowercase().ends_with("+json")
        });
    if !is_json {
        let detail = "the body must be JSON: send Content-Type: application/json";
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            detail,
        ));
    }
    let body = Limited::new(request.into_body(), LONGEST_BODY)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too_large",
                    "a JSON body may have at most 1 MiB",
                )
            } else {
                broken_body(error.as_ref())
            }
        })?;
    let bytes = body.to_bytes();
    // A list would be read too, as the fields in their order; no client means that.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::bad_request(
            "bad_body",
            "the body must be a JSON object",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." {
            String::new()
        } else {
            format!("{path}: ")
        };
        Problem::bad_request("bad_body", format!("{place}{}", error.inner()))
    })?;
    deserializer
        .end()
        .map_err(|error| Problem::bad_request("bad_body", error.to_string()))?;
    Ok(value)
}

/// Reads the query of a request; unknown parameters are refused, so that a typing error does not go unnoticed.
pub(crate) fn read_query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    // No parameter means a NUL, and PostgreSQL takes none in its texts.
    if percent_decode_str(uri.query().unwrap_or_default()).any(|byte| byte == 0) {
        return Err(Problem::bad_request(
            "bad_query",
            "the query has a NUL character",
        ));
    }
    axum::extract::Query::try_from_uri(uri)
        .map(|axum::extract::Query(query)| query)
        .map_err(|error| Problem::bad_request("bad_query", error.body_text()))
}
