//! A request of an ecosystem's own protocol.

use serde::{Deserialize, Serialize};

/// The method of a protocol request. `HEAD` reaches a format as [`Method::Get`]; the host drops the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the methods of RFC 9110, section 9")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// A request of an ecosystem's own protocol, below the format's mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path below the mount: its segments, percent-decoded once. `/npm/@acme%2fwidget` is `["@acme/widget"]`. Of a
    /// request at a root route it is the whole path.
    pub path: Vec<String>,
    /// The query, decoded, in its order.
    pub query: Vec<(String, String)>,
    /// The headers that a format may know of, names in lower case. Credentials are never among them.
    pub headers: Vec<(String, String)>,
    /// The absolute URL of the mount as clients know it, without a slash at the end.
    pub base_url: String,
}

impl Request {
    /// A request without query and headers.
    pub fn new(method: Method, path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            method,
            path: path.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            base_url: String::new(),
        }
    }

    /// The segments of the path, to match on.
    pub fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Whether the client says by `if-none-match` (RFC 9110, section 13.1.2) that it has the answer of this entity tag.
    pub fn has_etag(&self, etag: &str) -> bool {
        let lists = self
            .headers
            .iter()
            .filter(|(name, _)| name == "if-none-match");
        let mut tags = lists.flat_map(|(_, list)| list.split(',')).map(str::trim);
        tags.any(|tag| {
            let strong = tag.strip_prefix("W/").unwrap_or(tag);
            strong
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
                == Some(etag)
        })
    }

    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}
