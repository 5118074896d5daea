//! Formats that have the root of a host to themselves.

use axum::extract::Request;
use axum::http::{HeaderMap, Uri, header};
use cellier_model::FormatId;
use url::Url;

use crate::config::{FormatsConfig, HostName};

/// The hosts at whose root a format speaks, as if it were below its mount. Nothing else is at such a host: neither the
/// interface of the registry nor its pages, so that every path there may be the format's.
#[derive(Debug)]
pub(crate) struct HostRoots(Vec<Root>);

#[derive(Debug)]
struct Root {
    host: HostName,
    format: FormatId,
    url: String,
}

impl HostRoots {
    /// What the operator said. Clients reach such a host by the scheme by which they reach the server.
    pub(crate) fn of(formats: &FormatsConfig, public_url: Option<&Url>) -> Self {
        let scheme = public_url.map_or("http", Url::scheme);
        let root = |(id, host): (&String, HostName)| Root {
            url: host.url(scheme),
            format: FormatId::new(id.clone()),
            host,
        };
        let formats = formats.0.iter();
        let hosts = formats.filter_map(|(id, format)| Some((id, format.host.clone()?)));
        Self(hosts.map(root).collect())
    }

    /// The format that has the host to itself which a request is meant for.
    pub(crate) fn format_of(&self, request: &Request) -> Option<&FormatId> {
        if self.0.is_empty() {
            return None;
        }
        let host = host_of(request.uri(), request.headers())?;
        let is_meant = |root: &&Root| root.host.as_str().eq_ignore_ascii_case(host);
        self.0.iter().find(is_meant).map(|root| &root.format)
    }

    /// The URL of the root that a format has to itself, without a slash at the end.
    pub(super) fn url_of(&self, format: &FormatId) -> Option<&str> {
        let mut roots = self.0.iter();
        roots
            .find(|root| root.format == *format)
            .map(|root| root.url.as_str())
    }
}

/// The host that a request names, without its port. What the first line of a request says counts more than what its header
/// says (RFC 9112, section 3.2.2).
fn host_of<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let host = if let Some(host) = uri.host() {
        host
    } else {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    };
    Some(host.strip_suffix('.').unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_wherever_a_request_names_it() {
        for (uri, header, expected) in [
            ("/a", "npm.example.com", "npm.example.com"),
            ("/a", "npm.example.com:8080", "npm.example.com"),
            ("/a", "npm.example.com.", "npm.example.com"),
            ("http://npm.example.com:1/a", "other", "npm.example.com"),
            ("/a", "[::1]:8080", "[::1]"),
        ] {
            let request = axum::http::Request::builder().uri(uri);
            let request = request.header("host", header).body(()).unwrap();
            let found = host_of(request.uri(), request.headers());
            assert_eq!(found, Some(expected));
        }
    }
}
