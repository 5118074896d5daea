//! Where an answer sends the client on to.

use axum::http::{HeaderMap, StatusCode, header};
use url::Url;

use crate::client::ClientError;

/// How many times one request is sent on.
pub(crate) const MOST_HOPS: usize = 5;

/// Where an answer sends the client on to; `None` if it does not.
pub(crate) fn next_hop(
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Url>, ClientError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let to = location.and_then(|location| from.join(location).ok());
    let to = to.ok_or_else(|| refuse(from, "to nowhere"))?;
    match (from.scheme(), to.scheme()) {
        (_, "https") | ("http", "http") => Ok(Some(to)),
        ("https", "http") => Err(refuse(from, "from https to http, which anybody could read")),
        _ => Err(refuse(from, "to what is neither https nor http")),
    }
}

/// More hops than [`MOST_HOPS`].
pub(crate) fn too_many_hops(from: &Url) -> ClientError {
    refuse(from, &format!("more than {MOST_HOPS} times"))
}

/// A URL as it may be shown. What stands behind a `?` may be a signature that opens the door.
pub(crate) fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn refuse(from: &Url, how: &str) -> ClientError {
    ClientError::Unsound(format!("{} sends the client on {how}", shown(from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(from: &str, status: u16, location: &str) -> Result<Option<String>, String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, location.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        next_hop(&from.parse().unwrap(), status, &headers)
            .map(|to| to.map(String::from))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_redirect_leads_on_relative_to_where_it_came_from() {
        let to = |url: &str| Ok(Some(url.to_owned()));
        assert_eq!(
            hop("https://a.example/x/y", 302, "https://b.example/z?sig=1"),
            to("https://b.example/z?sig=1")
        );
        assert_eq!(
            hop("https://a.example/x/y", 307, "z"),
            to("https://a.example/x/z")
        );
        assert_eq!(
            hop("http://a.example/", 301, "https://a.example/"),
            to("https://a.example/")
        );
        assert_eq!(hop("https://a.example/", 200, "z"), Ok(None));
        assert_eq!(hop("https://a.example/", 304, "z"), Ok(None));
    }

    #[test]
    fn a_redirect_that_gives_up_encryption_is_refused_and_no_signature_is_shown() {
        let error = hop("https://a.example/x?sig=secret", 302, "http://a.example/x").unwrap_err();
        assert_eq!(
            error,
            "https://a.example/x sends the client on from https to http, which anybody could read"
        );
        assert!(hop("https://a.example/", 302, "file:///etc/passwd").is_err());
        assert!(hop("https://a.example/", 302, "http://[").is_err());
    }
}
