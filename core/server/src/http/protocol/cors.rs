//! Which pages of other origins may read what formats answer (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).
//!
//! No answer ever lets a page have what a cookie gives: credentials of a browser are never allowed, so that a page sees
//! what it has a key for, or what everybody sees.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use cellier_model::FormatId;

use crate::config::{FormatsConfig, Origins};

/// What a page may ask by: reading alone.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// What a page may send with it.
const HEADERS: HeaderValue = HeaderValue::from_static(
    "accept, accept-language, authorization, cache-control, content-type, if-match, if-modified-since, if-none-match, \
     if-range, range, x-api-key, x-secret-key",
);

/// What a page is shown beside the body and what every page is shown.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "accept-ranges, content-encoding, content-length, content-range, etag, retry-after",
);

/// For how long a browser need not ask again whether it may ask; most wait no longer than two hours.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Every origin, for requests without a browser's credentials.
const EVERYBODY: HeaderValue = HeaderValue::from_static("*");

/// Which origins may read what which format answers.
#[derive(Debug)]
pub(crate) struct CrossOrigin(Vec<(FormatId, Origins)>);

impl CrossOrigin {
    /// What the operator said.
    pub(crate) fn of(formats: &FormatsConfig) -> Self {
        let rules = formats.0.iter();
        Self(
            rules
                .map(|(id, format)| (FormatId::new(id.clone()), format.cors_origins.clone()))
                .collect(),
        )
    }

    /// The origin that may read an answer, as the answer has to name it.
    fn allowed(&self, format: &FormatId, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
        match self.rule(format) {
            Origins::Ours => None,
            Origins::Any => Some(EVERYBODY),
            Origins::These(origins) => {
                let origin = origin?;
                let is_one = |one: &String| one.as_bytes() == origin.as_bytes();
                origins.iter().any(is_one).then(|| origin.clone())
            }
        }
    }

    fn rule(&self, format: &FormatId) -> &Origins {
        let found = self.0.iter().find(|(id, _)| id == format);
        found.map_or(&Origins::Ours, |(_, rule)| rule)
    }

    /// The answer to a browser that asks whether a page may ask (a preflight), if it may.
    pub(super) fn preflight(
        &self,
        format: &FormatId,
        method: &Method,
        asked: &HeaderMap,
    ) -> Option<Response> {
        if *method != Method::OPTIONS || !asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            return None;
        }
        let origin = Some(asked.get(header::ORIGIN)?);
        let origin = self.allowed(format, origin)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        self.name(headers, format, origin);
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        ] {
            headers.insert(name, value);
        }
        Some(response)
    }

    /// Lets the page that has asked read the answer to a read, if it may.
    pub(super) fn let_read(
        &self,
        format: &FormatId,
        origin: Option<&HeaderValue>,
        answer: &mut HeaderMap,
    ) {
        if let Some(origin) = self.allowed(format, origin) {
            self.name(answer, format, origin);
            answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        } else if matches!(self.rule(format), Origins::These(_)) {
            vary_by_origin(answer);
        }
    }

    fn name(&self, answer: &mut HeaderMap, format: &FormatId, origin: HeaderValue) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if matches!(self.rule(format), Origins::These(_)) {
            vary_by_origin(answer);
        }
    }
}

/// A cache must not give the answer for one page to another.
fn vary_by_origin(answer: &mut HeaderMap) {
    answer.append(header::VARY, HeaderValue::from_static("origin"));
}
