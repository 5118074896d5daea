//! How long single requests take, one after the other on one connection.

use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use reqwest::blocking::multipart::{Form, Part};

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
        let started = Instant::now();
        let answer = self
            .0
            .get(format!("{}{path}", cellier.url))
            .header("x-api-key", &cellier.key)
            .send()
            .map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("{path} was answered with {}", answer.status()));
        }
        answer.bytes().map_err(|error| error.to_string())?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }

    /// Milliseconds that it takes to publish a few bytes as format `file`.
    pub(crate) fn publish(
        &self,
        cellier: &Cellier,
        name: &str,
        text: String,
    ) -> Result<f64, String> {
        let form = Form::new().part("file", Part::bytes(text.into_bytes()));
        let started = Instant::now();
        let answer = self
            .0
            .post(cellier.upload_url(name))
            .header("x-api-key", &cellier.key)
            .multipart(form)
            .send()
            .map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("an upload was answered with {}", answer.status()));
        }
        answer.bytes().map_err(|error| error.to_string())?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }
}

/// What one kind of request took on two servers.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    pub(crate) small: Samples,
    pub(crate) large: Samples,
}
