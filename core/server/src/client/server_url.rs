//! Where the registry is.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// What does not stand for itself in a segment: all but what RFC 3986 calls unreserved, and the `@` of a scope.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@');

/// The URL of a registry: `http` or `https`, perhaps with a path before `/api/v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerUrl(Url);

impl ServerUrl {
    /// A URL below `/api/v1`. Every segment is percent-encoded, so that the slash of a scope stays within its own.
    ///
    /// The segments `.` and `..` would vanish; [`Word`](crate::client::Word) refuses them at the door.
    pub(crate) fn api(&self, segments: &[&str]) -> Url {
        self.below(["api", "v1"].into_iter().chain(segments.iter().copied()))
    }

    /// A URL below the server's own, in the same way.
    pub(crate) fn below<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut path = self.0.path().trim_end_matches('/').to_owned();
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, ENCODED));
        }
        let mut url = self.0.clone();
        url.set_path(&path);
        url
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether a URL leads to this registry and no other host, port or scheme: only there goes the key.
    pub(crate) fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

impl FromStr for ServerUrl {
    type Err = InvalidServerUrl;

    fn from_str(text: &str) -> Result<Self, InvalidServerUrl> {
        let url = Url::parse(text).map_err(|_no_url| InvalidServerUrl::NoUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidServerUrl::NoUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidServerUrl::Credential);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidServerUrl::TooMuch);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// A text is not the URL of a registry. The text itself is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidServerUrl {
    /// It is no `http` or `https` URL.
    #[error("write a URL such as https://registry.example.com")]
    NoUrl,
    /// A user or password stands in it.
    #[error("a key is never part of a URL, where logs keep it: use --key-file or CELLIER_KEY")]
    Credential,
    /// More than scheme, host, port and path.
    #[error("leave out the query and the fragment: scheme, host, port and path are enough")]
    TooMuch,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> ServerUrl {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_encoded_once_and_a_path_of_the_server_is_kept() {
        let plain = server("http://127.0.0.1:8080");
        assert_eq!(
            plain
                .api(&["artefacts", "npm", "@acme/widget", "versions", "^1.2"])
                .path(),
            "/api/v1/artefacts/npm/@acme%2Fwidget/versions/%5E1.2"
        );
        let below = server("https://example.com/registry/");
        assert_eq!(
            below.api(&["artefacts", "100%"]).as_str(),
            "https://example.com/registry/api/v1/artefacts/100%25"
        );
        assert_eq!(below.to_string(), "https://example.com/registry");
    }

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        let server = server("https://registry.example.com/below");
        let is_origin = |url: &str| server.is_origin_of(&url.parse().unwrap());
        assert!(is_origin("https://registry.example.com:443/elsewhere"));
        for other in [
            "http://registry.example.com/below",
            "https://registry.example.com:8443/below",
            "https://example.com/below",
            "https://registry.example.com.evil.example/below",
        ] {
            assert!(!is_origin(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_url_of_a_registry_is_refused() {
        for (text, error) in [
            ("registry.example.com", InvalidServerUrl::NoUrl),
            ("localhost:8080", InvalidServerUrl::NoUrl),
            ("file:///data", InvalidServerUrl::NoUrl),
            ("", InvalidServerUrl::NoUrl),
            ("https://me:cel_x@example.com", InvalidServerUrl::Credential),
            ("https://example.com/?key=x", InvalidServerUrl::TooMuch),
        ] {
            assert_eq!(text.parse::<ServerUrl>(), Err(error), "{text}");
        }
    }
}
