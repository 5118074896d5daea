//! Forms as bytes, for those that no client library would make.

use crate::Actor;

/// The boundary between the parts.
const BOUNDARY: &str = "------------------------cellier-story";

/// A form as bytes: part by part, with headers as they are given.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RawForm {
    body: Vec<u8>,
}

impl RawForm {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// A form of one file, as curl writes it.
    pub fn of_file(file_name: &str, content: &[u8]) -> Self {
        Self::new().file(file_name, content)
    }

    /// Adds a file as curl does: its name in UTF-8 between quotes.
    pub fn file(self, file_name: &str, content: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"file\"; filename=\"{file_name}\"");
        self.part(
            &format!(
                "Content-Disposition: {disposition}\r\nContent-Type: application/octet-stream"
            ),
            content,
        )
    }

    /// Adds a text.
    pub fn text(self, name: &str, value: &str) -> Self {
        self.part(
            &format!("Content-Disposition: form-data; name=\"{name}\""),
            value.as_bytes(),
        )
    }

    /// Adds a part with these headers.
    pub fn part(mut self, headers: &str, content: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\n{headers}\r\n\r\n");
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// The media type that goes with it.
    pub fn content_type() -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    /// The whole form.
    pub fn body(&self) -> Vec<u8> {
        let end = format!("--{BOUNDARY}--\r\n");
        [self.body.as_slice(), end.as_bytes()].concat()
    }

    /// The head of a request that posts it, to be sent over a [`Connection`](crate::Connection) before the body.
    pub fn head(&self, actor: &Actor, path: &str) -> String {
        format!(
            "POST /api/v1/{path} HTTP/1.1\r\nHost: registry\r\nx-api-key: {}\r\nContent-Type: {}\r\n\
             Content-Length: {}\r\n\r\n",
            actor.key(),
            Self::content_type(),
            self.body().len(),
        )
    }
}
