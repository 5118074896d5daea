//! Conditional requests (RFC 9110, section 13).

use axum::http::{HeaderMap, HeaderValue, header};
use cellier_model::Timestamp;

/// Whether a list of entity tags, or `*`, has this one. `weak` compares without regard to `W/`.
pub(crate) fn etag_matches(list: &HeaderValue, etag: &str, weak: bool) -> bool {
    let Ok(list) = list.to_str() else {
        return false;
    };
    list.split(',').map(str::trim).any(|candidate| {
        let candidate = if weak {
            candidate.strip_prefix("W/").unwrap_or(candidate)
        } else {
            candidate
        };
        candidate == "*" || candidate == etag
    })
}

/// What becomes of a conditional request for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It goes on.
    Met,
    /// The client has it already: 304.
    NotModified,
    /// The client wants to go on only with another file: 412.
    Failed,
}

/// Looks at `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`, in the order of the section.
pub(crate) fn evaluate(headers: &HeaderMap, etag: &str, modified: Timestamp) -> Condition {
    if let Some(list) = headers.get(header::IF_MATCH) {
        if !etag_matches(list, etag, false) {
            return Condition::Failed;
        }
    } else if let Some(since) = http_date(headers, &header::IF_UNMODIFIED_SINCE)
        && modified.as_seconds() > since
    {
        return Condition::Failed;
    }
    if let Some(list) = headers.get(header::IF_NONE_MATCH) {
        return if etag_matches(list, etag, true) {
            Condition::NotModified
        } else {
            Condition::Met
        };
    }
    match http_date(headers, &header::IF_MODIFIED_SINCE) {
        Some(since) if modified.as_seconds() <= since => Condition::NotModified,
        _ => Condition::Met,
    }
}

/// Whether a `Range` counts: there is no `If-Range`, or it names exactly this file.
pub(crate) fn range_counts(headers: &HeaderMap, etag: &str, modified: Timestamp) -> bool {
    match headers.get(header::IF_RANGE) {
        None => true,
        Some(value) if value.as_bytes().starts_with(b"\"") => value.as_bytes() == etag.as_bytes(),
        Some(_) => http_date(headers, &header::IF_RANGE) == Some(modified.as_seconds()),
    }
}

fn http_date(headers: &HeaderMap, name: &header::HeaderName) -> Option<i64> {
    let text = headers.get(name)?.to_str().ok()?;
    let time = httpdate::parse_http_date(text).ok()?;
    let since_epoch = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_secs()).ok()
}

/// A time as HTTP writes it (RFC 9110, section 5.6.7).
pub(crate) fn write_http_date(time: Timestamp) -> String {
    let seconds = u64::try_from(time.as_seconds()).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(pairs: &[(&'static str, &str)]) -> Condition {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        evaluate(
            &headers,
            "\"abc\"",
            Timestamp::parse("2026-01-02T03:04:05.678Z").unwrap(),
        )
    }

    #[test]
    fn conditions_are_looked_at_in_the_order_of_the_rfc() {
        let same = "Fri, 02 Jan 2026 03:04:05 GMT";
        let before = "Fri, 02 Jan 2026 03:04:04 GMT";
        assert_eq!(outcome(&[]), Condition::Met);
        assert_eq!(
            outcome(&[("if-none-match", "\"x\", W/\"abc\"")]),
            Condition::NotModified
        );
        assert_eq!(outcome(&[("if-none-match", "*")]), Condition::NotModified);
        assert_eq!(
            outcome(&[("if-none-match", "\"x\""), ("if-modified-since", same)]),
            Condition::Met
        );
        assert_eq!(
            outcome(&[("if-modified-since", same)]),
            Condition::NotModified
        );
        assert_eq!(outcome(&[("if-modified-since", before)]), Condition::Met);
        assert_eq!(
            outcome(&[("if-modified-since", "yesterday")]),
            Condition::Met
        );
        assert_eq!(outcome(&[("if-match", "\"x\"")]), Condition::Failed);
        assert_eq!(outcome(&[("if-match", "W/\"abc\"")]), Condition::Failed);
        assert_eq!(outcome(&[("if-match", "\"abc\"")]), Condition::Met);
        assert_eq!(
            outcome(&[("if-unmodified-since", before)]),
            Condition::Failed
        );
    }
}
