//! The headers of an answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use cellier_model::FormatId;
use cellier_sdk::Hold;

/// The headers that a format may set.
const ALLOWED: [HeaderName; 9] = [
    header::ALLOW,
    header::CONTENT_DISPOSITION,
    header::CONTENT_LANGUAGE,
    header::CONTENT_TYPE,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    header::VARY,
    header::WWW_AUTHENTICATE,
];

/// One more, which `npm` prints.
const NPM_NOTICE: HeaderName = HeaderName::from_static("npm-notice");

/// The headers of a format that it may set; those that it may not, or that would not be safe, are dropped.
pub(super) fn allowed(format: &FormatId, given: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(16);
    for (name, value) in given {
        let name_of_ours = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .filter(|name| ALLOWED.contains(name) || *name == NPM_NOTICE);
        if let (Some(name), Ok(value)) = (name_of_ours, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        } else {
            tracing::warn!(%format, name, "a header of the format {format} was dropped");
        }
    }
    headers
}

/// What others may do with the answer.
pub(super) fn cache_control(headers: &mut HeaderMap, hold: Hold) {
    let value = match hold {
        Hold::Immutable => "private, max-age=31536000, immutable",
        Hold::UntilArtefactChanges | Hold::UntilFormatChanges => "private, no-cache",
        Hold::No => "no-store",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
}

/// Says that the answer has other bytes for who takes other codings.
pub(super) fn vary_by_coding(headers: &mut HeaderMap) {
    const CODING: &str = "accept-encoding";
    let already = headers
        .get(header::VARY)
        .and_then(|vary| vary.to_str().ok());
    let vary = match already {
        None | Some("") => CODING.to_owned(),
        Some(vary) if names(vary).any(|name| name == "*" || name == CODING) => return,
        Some(vary) => format!("{vary}, {CODING}"),
    };
    if let Ok(vary) = HeaderValue::from_str(&vary) {
        headers.insert(header::VARY, vary);
    }
}

fn names(vary: &str) -> impl Iterator<Item = String> {
    vary.split(',').map(|name| name.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_varies_by_is_said_once() {
        for (given, expected) in [
            (None, "accept-encoding"),
            (Some("accept"), "accept, accept-encoding"),
            (Some("Accept-Encoding, accept"), "Accept-Encoding, accept"),
            (Some("*"), "*"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(given) = given {
                headers.insert(header::VARY, given.parse().unwrap());
            }
            vary_by_coding(&mut headers);
            assert_eq!(headers[header::VARY], expected);
        }
    }
}
