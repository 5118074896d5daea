//! How long single requests take, one after the other on one connection.

use std::time::{Duration, Instant};

use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;

use crate::cellier::Cellier;
use crate::samples::Samples;

/// A client with one connection.
pub(crate) struct Asker(Client);

impl Asker {
    pub(crate) fn new() -> Result<Self, String> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .tcp_nodelay(true)
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self(client))
    }

    /// Milliseconds from the request to the last byte of its answer, which must be a success.
    pub(crate) fn ask(&self, cellier: &Cellier, path: &str) -> Result<f64, String> {
        self.ask_as(&cellier.key, cellier, path)
    }

    /// The same with this key.
    pub(crate) fn ask_as(&self, key: &str, cellier: &Cellier, path: &str) -> Result<f64, String> {
        let started = Instant::now();
        let url = format!("{}{path}", cellier.url);
        self.get(&url, &[("x-api-key", key)])?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }

    /// The answer to a question, as JSON.
    pub(crate) fn get_json(&self, cellier: &Cellier, path: &str) -> Result<Value, String> {
        let url = format!("{}{path}", cellier.url);
        let body = self.get(&url, &[("x-api-key", &cellier.key)])?;
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }

    /// The answer to a change, as JSON.
    pub(crate) fn post_json(
        &self,
        cellier: &Cellier,
        path: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let request = self.0.post(format!("{}{path}", cellier.url)).json(body);
        let answer = send(request, &[("x-api-key", &cellier.key)])?;
        let body = answer.bytes().map_err(|error| error.to_string())?;
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }

    /// Milliseconds that publishing a few bytes as format `file` takes.
    pub(crate) fn publish(&self, cellier: &Cellier, name: &str, text: &str) -> Result<f64, String> {
        let part = Part::bytes(text.to_owned().into_bytes()).file_name("text");
        let form = Form::new().part("file", part);
        let started = Instant::now();
        let request = self.0.post(cellier.upload_url(name)).multipart(form);
        let answer = send(request, &[("x-api-key", &cellier.key)])?;
        answer.bytes().map_err(|error| error.to_string())?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }

    /// The body of an answer, which must be a success.
    pub(crate) fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Vec<u8>, String> {
        let answer = send(self.0.get(url), headers)?;
        let body = answer.bytes().map_err(|error| error.to_string())?;
        Ok(body.to_vec())
    }

    /// A header of an answer, which must be a success.
    pub(crate) fn header(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        name: &str,
    ) -> Result<String, String> {
        let answer = send(self.0.get(url), headers)?;
        let value = answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        value
            .map(str::to_owned)
            .ok_or_else(|| format!("{url} has no header {name}"))
    }

    /// Puts JSON and gives the body of the answer, which must be a success.
    pub(crate) fn put(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Vec<u8>, String> {
        let request = self
            .0
            .put(url)
            .header("content-type", "application/json")
            .body(body);
        let answer = send(request, headers)?;
        let body = answer.bytes().map_err(|error| error.to_string())?;
        Ok(body.to_vec())
    }
}

/// Sends a request, whose answer must be a success.
fn send(request: RequestBuilder, headers: &[(&str, &str)]) -> Result<Response, String> {
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let answer = request.send().map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let (url, status) = (answer.url().clone(), answer.status());
    let said = answer.text().unwrap_or_default();
    Err(format!("{url} was answered with {status}: {said}"))
}

/// What one kind of request took on two servers.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    pub(crate) small: Samples,
    pub(crate) large: Samples,
}
