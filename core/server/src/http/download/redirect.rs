//! Downloads that are answered with a signed URL of the store instead of the bytes.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::ports::LinkTo;

use crate::config::{Redirect, StorageConfig};
use crate::http::download::content_disposition;
use crate::http::download::handler::{Asked, FileResponse};
use crate::http::problem::Problem;
use crate::state::AppState;

/// The headers of a key that clients send on to whatever host they are sent to. `Authorization` and cookies they drop.
const PASSED_ON: [HeaderName; 2] = [
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-secret-key"),
];

/// Conditions about our `ETag` and our time of publication. A client would repeat them to the store, which knows others.
const CONDITIONS: [HeaderName; 5] = [
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
];

/// Which downloads are sent to the store itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Redirects {
    rule: Redirect,
    lifetime: Duration,
}

impl Redirects {
    /// What the operator said.
    pub(crate) fn of(config: &StorageConfig) -> Self {
        Self {
            rule: config.redirect,
            lifetime: config.redirect_lifetime.0,
        }
    }

    /// A signed URL is good for one method, so that only `GET` is sent there.
    fn allow(self, asked: Asked<'_>) -> bool {
        let by_rule = match self.rule {
            Redirect::Never => false,
            Redirect::Auto => !has_any(asked.headers, &PASSED_ON),
            Redirect::Always => true,
        };
        by_rule && asked.method == Method::GET && !has_any(asked.headers, &CONDITIONS)
    }
}

fn has_any(headers: &HeaderMap, names: &[HeaderName]) -> bool {
    names.iter().any(|name| headers.contains_key(name))
}

/// Sends a client to the store, if that may be and the store can be reached by clients. The decision about access was
/// made before; the URL holds nothing of the client's, and works for a while only, so that no cache may keep the answer.
pub(super) async fn redirect(
    state: &AppState,
    asked: Asked<'_>,
    file: &FileResponse<'_>,
) -> Result<Option<Response>, Problem> {
    if !file.may_redirect || !state.redirects.allow(asked) {
        return Ok(None);
    }
    let disposition = file.name.map(content_disposition);
    let disposition = disposition.as_ref().and_then(|value| value.to_str().ok());
    let to = LinkTo {
        media_type: file.media_type.as_str().to_owned(),
        disposition: disposition.unwrap_or("attachment").to_owned(),
        lifetime: state.redirects.lifetime,
    };
    let link = state.context.blobs.link(&file.blob, &to).await?;
    let Some(location) = link.and_then(|link| HeaderValue::from_str(link.as_str()).ok()) else {
        return Ok(None);
    };
    metrics::counter!("cellier_download_redirects_total").increment(1);
    let no_store = HeaderValue::from_static("no-store");
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, no_store),
    ];
    Ok(Some((StatusCode::FOUND, headers).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rule: Redirect, method: &Method, name: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static("x"));
        let redirects = Redirects {
            rule,
            lifetime: Duration::from_mins(1),
        };
        let headers = &headers;
        redirects.allow(Asked { method, headers })
    }

    #[test]
    fn a_client_is_not_sent_elsewhere_with_a_key_that_it_would_show_there() {
        for header in ["x-api-key", "x-secret-key"] {
            assert!(!allows(Redirect::Auto, &Method::GET, header));
            assert!(allows(Redirect::Always, &Method::GET, header));
        }
        for header in ["authorization", "cookie", "range", "accept"] {
            assert!(allows(Redirect::Auto, &Method::GET, header));
            assert!(!allows(Redirect::Never, &Method::GET, header));
        }
    }

    #[test]
    fn what_the_store_would_answer_otherwise_is_answered_here() {
        for header in ["if-match", "if-none-match", "if-range", "if-modified-since"] {
            assert!(!allows(Redirect::Always, &Method::GET, header));
        }
        assert!(!allows(Redirect::Always, &Method::HEAD, "accept"));
    }
}
