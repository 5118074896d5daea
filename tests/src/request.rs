//! A request that is being put together.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::RequestBuilder;
use serde_json::Value;

use crate::{Answer, Upload};

/// A text as one segment of a path.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A request that is being put together.
#[derive(Debug)]
#[must_use]
pub struct Request(RequestBuilder);

impl Request {
    pub(crate) fn new(builder: RequestBuilder) -> Self {
        Self(builder)
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Sets a body of JSON.
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Sets a header instead of adding it; without a value it is taken away.
    pub fn instead(self, name: &'static str, value: Option<&str>) -> Self {
        let (client, request) = self.0.build_split();
        let mut request = request.expect("a request");
        request.headers_mut().remove(name);
        if let Some(value) = value {
            let value = value.parse().expect("the value of a header");
            request.headers_mut().insert(name, value);
        }
        Self(RequestBuilder::from_parts(client, request))
    }

    /// Sets a body as a form of a web page sends it.
    pub fn web_form(self, fields: &[(&str, &str)]) -> Self {
        let field = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
        let body = fields.iter().map(field).collect::<Vec<_>>().join("&");
        let kind = "application/x-www-form-urlencoded";
        Self(self.0.header("content-type", kind).body(body))
    }

    /// Sets a body of bytes.
    pub fn bytes(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }

    /// Sets a form.
    pub fn form(self, upload: &Upload) -> Self {
        Self(self.0.multipart(upload.to_form()))
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }

    /// Sends it, for stories in which there may be no answer.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        Answer::read(self.0.send().await?).await
    }
}
