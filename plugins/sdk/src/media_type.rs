//! Media types.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A media type of RFC 9110, section 8.3.1, such as `application/gzip` or `text/plain; charset=utf-8`.
///
/// Only characters that are safe in a header get in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(String);

impl MediaType {
    /// Bytes of which nothing is known: `application/octet-stream`.
    pub fn octet_stream() -> Self {
        Self("application/octet-stream".to_owned())
    }

    /// The text, as it goes into a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The type and subtype without parameters.
    pub fn essence(&self) -> &str {
        self.0.split(';').next().unwrap_or_default().trim_end()
    }
}

impl FromStr for MediaType {
    type Err = InvalidMediaType;

    fn from_str(text: &str) -> Result<Self, InvalidMediaType> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let (kind, subtype) = essence.trim_end().split_once('/').ok_or(InvalidMediaType)?;
        let parameters_are_plain = parameters.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_token(kind) && is_token(subtype) && parameters_are_plain && text.len() <= 255 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidMediaType)
        }
    }
}

impl TryFrom<String> for MediaType {
    type Error = InvalidMediaType;

    fn try_from(text: String) -> Result<Self, InvalidMediaType> {
        text.parse()
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text is not a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a media type such as \"application/gzip\"")]
pub struct InvalidMediaType;

/// A token of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_safe_in_a_header_is_a_media_type() {
        for good in [
            "text/plain",
            "text/plain; charset=utf-8",
            "application/vnd.pmtiles",
            "image/svg+xml",
        ] {
            assert!(good.parse::<MediaType>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "text",
            "text/",
            "/plain",
            "text/pl ain",
            "text/plain\r\nx: y",
            "text/plain; a=\u{7f}",
            "té/x",
        ] {
            assert!(bad.parse::<MediaType>().is_err(), "{bad:?}");
        }
    }
}
