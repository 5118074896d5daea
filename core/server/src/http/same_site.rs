//! Where a request of a browser was made: on a page of ours, or on somebody else's.

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use url::Url;

use crate::http::problem::Problem;

/// Where a request was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// On a page of ours, or by the person's own hand in the address bar.
    Here,
    /// On a page of another site.
    Elsewhere,
    /// By something that does not say; every browser of today says.
    Unknown,
}

/// Refuses a change that a browser's cookie would authorise and that was not made on a page of ours.
pub(crate) fn refuse_unless_made_here(
    request: &Parts,
    public_url: Option<&Url>,
) -> Result<(), Problem> {
    match made(request, public_url) {
        Made::Here => Ok(()),
        Made::Elsewhere | Made::Unknown => Err(cross_site()),
    }
}

/// Refuses what a page of another site has a browser send, before there is a cookie: otherwise that site could sign its
/// visitor in as somebody else. A program that is no browser is let through.
pub(crate) fn refuse_if_made_elsewhere(
    request: &Parts,
    public_url: Option<&Url>,
) -> Result<(), Problem> {
    match made(request, public_url) {
        Made::Here | Made::Unknown => Ok(()),
        Made::Elsewhere => Err(cross_site()),
    }
}

fn cross_site() -> Problem {
    let detail = "the request was made by a page of another site, or does not say by which: sign in here and do it here, \
                  or send a key instead of the cookie";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}

fn made(request: &Parts, public_url: Option<&Url>) -> Made {
    let headers = &request.headers;
    if let Some(site) = text(headers, "sec-fetch-site") {
        return match site {
            "same-origin" | "none" => Made::Here,
            _ => Made::Elsewhere,
        };
    }
    // Browsers leave the header above out where the connection is plain HTTP; this one they send with every change.
    let Some(origin) = text(headers, "origin") else {
        return Made::Unknown;
    };
    let is_public = public_url.is_some_and(|url| url.origin().ascii_serialization() == origin);
    let host = text(headers, header::HOST.as_str()).or_else(|| {
        request
            .uri
            .authority()
            .map(axum::http::uri::Authority::as_str)
    });
    let is_host = host.is_some_and(|host| {
        let bare = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        bare.is_some_and(|bare| bare.eq_ignore_ascii_case(host))
    });
    if is_public || is_host {
        Made::Here
    } else {
        Made::Elsewhere
    }
}

/// The one value of a header; two are none.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.to_str().unwrap_or("?")),
        (Some(_), Some(_)) => Some("?"),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn made_with(pairs: &[(&str, &str)]) -> Made {
        let mut request = Request::builder().uri("/api/v1/users");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let public_url = "https://registry.example.com/".parse().unwrap();
        made(&parts, Some(&public_url))
    }

    #[test]
    fn what_a_browser_says_about_the_page_decides() {
        for (site, expected) in [
            ("same-origin", Made::Here),
            ("none", Made::Here),
            ("same-site", Made::Elsewhere),
            ("cross-site", Made::Elsewhere),
            ("anything", Made::Elsewhere),
        ] {
            let pairs = [
                ("sec-fetch-site", site),
                ("origin", "https://registry.example.com"),
            ];
            assert_eq!(made_with(&pairs), expected, "{site}");
        }
    }

    #[test]
    fn without_that_the_origin_must_be_ours() {
        for (origin, expected) in [
            ("https://registry.example.com", Made::Here),
            ("http://10.0.0.7:8080", Made::Here),
            ("https://10.0.0.7:8080", Made::Here),
            ("http://registry.example.com", Made::Elsewhere),
            ("https://registry.example.com.evil.example", Made::Elsewhere),
            ("https://evil.example", Made::Elsewhere),
            ("null", Made::Elsewhere),
            ("", Made::Elsewhere),
        ] {
            let pairs = [("origin", origin), ("host", "10.0.0.7:8080")];
            assert_eq!(made_with(&pairs), expected, "{origin}");
        }
        assert_eq!(made_with(&[("host", "10.0.0.7:8080")]), Made::Unknown);
        let twice = [
            ("origin", "https://evil.example"),
            ("origin", "https://registry.example.com"),
        ];
        assert_eq!(made_with(&twice), Made::Elsewhere);
    }
}
