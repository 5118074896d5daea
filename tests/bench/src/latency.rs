//! How long single requests take, one after the other on one connection.

use std::time::{Duration, Instant};

use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder};
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
        let answer = self
            .0
            .get(format!("{}{path}", cellier.url))
            .header("x-api-key", key)
            .send()
            .map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("{path} was answered with {}", answer.status()));
        }
        answer.bytes().map_err(|error| error.to_string())?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }

    /// The answer to a question, as JSON.
    pub(crate) fn get_json(&self, cellier: &Cellier, path: &str) -> Result<Value, String> {
        let request = self.0.get(format!("{}{path}", cellier.url));
        json(request.header("x-api-key", &cellier.key))
    }

    /// The answer to a change, as JSON.
    pub(crate) fn post_json(
        &self,
        cellier: &Cellier,
        path: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let request = self.0.post(format!("{}{path}", cellier.url));
        json(request.header("x-api-key", &cellier.key).json(body))
    }

    /// Milliseconds that publishing a few bytes as format `file` takes.
    pub(crate) fn publish(&self, cellier: &Cellier, name: &str, text: &str) -> Result<f64, String> {
        let part = Part::bytes(text.to_owned().into_bytes()).file_name("text");
        let started = Instant::now();
        let answer = self
            .0
            .post(cellier.upload_url(name))
            .header("x-api-key", &cellier.key)
            .multipart(Form::new().part("file", part))
            .send()
            .map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("a publish was answered with {}", answer.status()));
        }
        answer.bytes().map_err(|error| error.to_string())?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }
}

fn json(request: RequestBuilder) -> Result<Value, String> {
    let answer = request.send().map_err(|error| error.to_string())?;
    let status = answer.status();
    let text = answer.text().map_err(|error| error.to_string())?;
    if !status.is_success() {
        return Err(format!("answered with {status}: {text}"));
    }
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// What one kind of request took on two servers.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    pub(crate) small: Samples,
    pub(crate) large: Samples,
}
