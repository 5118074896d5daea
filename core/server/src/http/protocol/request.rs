//! What a format may know of a request.

use axum::http::Method as HttpMethod;
use axum::http::request::Parts;
use cellier_model::ports::FormatInfo;
use cellier_sdk::Method;
use percent_encoding::percent_decode_str;

use crate::http::problem::Problem;
use crate::http::protocol::memo::Entrance;
use crate::http::protocol::tag;
use crate::state::AppState;

/// The headers that a format may know of. Credentials and cookies are not among them.
const SHOWN: [&str; 9] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "content-type",
    "if-match",
    "if-none-match",
    "npm-command",
    "range",
    "user-agent",
];

/// Narrows a request to what a format may know; the path below its mount is percent-decoded once.
pub(super) fn translate_request(
    state: &AppState,
    format: &FormatInfo,
    entrance: Entrance,
    below: &str,
    request: &Parts,
) -> Result<cellier_sdk::Request, Problem> {
    let method = match request.method {
        HttpMethod::GET | HttpMethod::HEAD => Method::Get,
        HttpMethod::POST => Method::Post,
        HttpMethod::PUT => Method::Put,
        HttpMethod::PATCH => Method::Patch,
        HttpMethod::DELETE => Method::Delete,
        _ => {
            let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
            return Err(Problem::new(
                status,
                "method_not_allowed",
                "the method is not allowed here",
            ));
        }
    };
    let segments = if below.is_empty() {
        Vec::new()
    } else {
        below.split('/').map(decode).collect::<Result<_, _>>()?
    };

    let mut asked = cellier_sdk::Request::new(method, segments);
    let query = request.uri.query().unwrap_or_default();
    asked.query = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    for name in SHOWN {
        let values = request
            .headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok());
        asked.headers.extend(values.map(|value| {
            let value = match name {
                "if-none-match" => tag::as_given(value),
                _ => value.to_owned(),
            };
            (name.to_owned(), value)
        }));
    }
    asked.base_url = base_url(state, format, entrance);
    Ok(asked)
}

fn decode(segment: &str) -> Result<String, Problem> {
    let decoded = percent_decode_str(segment)
        .decode_utf8()
        .ok()
        .filter(|text| !text.contains(char::is_control));
    decoded
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Problem::not_found("there is nothing at this path"))
}

/// Made from the configuration alone: a URL made from the `Host` header would be whatever the client wants.
fn base_url(state: &AppState, format: &FormatInfo, entrance: Entrance) -> String {
    let root = state.host_roots.url_of(&format.id);
    if let (Entrance::HostRoot, Some(root)) = (entrance, root) {
        return root.to_owned();
    }
    let mount = format.descriptor.mount_segment().unwrap_or_default();
    let public = state
        .public_url
        .as_ref()
        .map_or("", |url| url.as_str().trim_end_matches('/'));
    format!("{public}/{mount}")
}
