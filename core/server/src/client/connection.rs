//! Requests to the registry: with the key, over at most a few redirects, and never without an end.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use reqwest::multipart::Form;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;

use crate::cli::in_one_line;
use crate::client::patience::{IDLE, nothing_came};
use crate::client::redirect::{MOST_HOPS, next_hop, shown, too_many_hops};
use crate::client::{ClientError, Key, Refusal, ServerUrl};

/// Most bytes of an answer that is read into memory: a version with all its metadata, and room to spare.
const LONGEST_ANSWER: usize = 8 << 20;

/// How long a server may think after it has got a whole upload.
const LONGEST_THOUGHT: Duration = Duration::from_mins(10);

const KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// Requests to one registry.
#[derive(Debug)]
pub(crate) struct Connection {
    client: Client,
    server: ServerUrl,
    key: Option<Key>,
}

impl Connection {
    pub(crate) fn new(server: ServerUrl, key: Option<Key>) -> Result<Self, ClientError> {
        // The features of reqwest that this workspace uses leave the choice of cryptography to the program; where it was
        // chosen before, that choice stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = match builder().build() {
            // A slim image may have no certificates, and over plain http nobody asks for them.
            Err(_) if !server.is_encrypted() => builder().tls_certs_only([]).build(),
            built => built,
        };
        let client = client.map_err(|error| {
            let problem = in_one_line(&error);
            ClientError::Unable(format!(
                "encryption cannot be set up: {problem}; install ca-certificates, or name a file of them in SSL_CERT_FILE"
            ))
        })?;
        Ok(Self {
            client,
            server,
            key,
        })
    }

    pub(crate) fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// Reads. An answer that is neither a success nor a 304 is an error.
    pub(crate) async fn get(
        &self,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<Response, ClientError> {
        let mut url = url.clone();
        let mut with_key = true;
        for _ in 0..=MOST_HOPS {
            // Once somebody else decided where to go, the key stays at home, even if the way leads back.
            with_key = with_key && self.server.is_origin_of(&url);
            let request = self.client.get(url.clone()).headers(headers.clone());
            let sent = timeout(IDLE, self.prepare(request, with_key).send()).await;
            let response = sent
                .map_err(|_elapsed| self.unreachable(&url, nothing_came()))?
                .map_err(|error| self.lost(&url, error))?;
            match next_hop(&url, response.status(), response.headers())? {
                Some(next) => url = next,
                None => return self.expect_success(response, with_key).await,
            }
        }
        Err(too_many_hops(&url))
    }

    /// Sends a form. `sent` counts the bytes that have left, so that a server which takes no more of them is noticed.
    pub(crate) async fn post(
        &self,
        url: &Url,
        form: Form,
        headers: HeaderMap,
        sent: impl Fn() -> Sent,
    ) -> Result<Response, ClientError> {
        let request = self.client.post(url.clone()).headers(headers);
        let sending = self.prepare(request, true).multipart(form).send();
        let response = tokio::select! {
            answered = sending => answered.map_err(|error| self.lost(url, error))?,
            () = stalled(sent) => return Err(self.unreachable(url, nothing_came())),
        };
        if let Some(next) = next_hop(url, response.status(), response.headers())? {
            return Err(ClientError::Unsound(format!(
                "{} sends uploads on to {}: give that server as --server",
                self.server,
                shown(&next)
            )));
        }
        self.expect_success(response, true).await
    }

    fn prepare(&self, request: RequestBuilder, with_key: bool) -> RequestBuilder {
        match &self.key {
            Some(key) if with_key => request.header(KEY_HEADER, key.header()),
            _ => request,
        }
    }

    async fn expect_success(
        &self,
        response: Response,
        with_key: bool,
    ) -> Result<Response, ClientError> {
        let status = response.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let place = shown(response.url());
        // A body that breaks off leaves the status to speak.
        let body = self.read(response).await.unwrap_or_default();
        let refusal = Refusal::read(status, &headers, &body);
        let refusal = if with_key {
            self.explain(refusal)
        } else {
            refusal.hint(format!(
                "it was {place} that said so, where {} leads, and no key was sent there: if that is the registry, give it \
                 as --server",
                self.server
            ))
        };
        Err(ClientError::Refused(Box::new(refusal)))
    }

    /// Adds what only the client knows: which key was presented, if any.
    pub(crate) fn explain(&self, refusal: Refusal) -> Refusal {
        match (refusal.status, &self.key) {
            (401, None) => refusal.hint(
                "no key was sent: give its file as --key-file, or set the variable CELLIER_KEY",
            ),
            (401, Some(key)) => refusal.hint(format!(
                "the key that was sent is that of {}; whoever runs the registry can make another",
                key.origin()
            )),
            (403, Some(key)) => refusal.hint(format!(
                "the key that was sent is that of {}; whoever runs the registry can make one that covers this",
                key.origin()
            )),
            _ => refusal,
        }
    }

    /// Reads an answer as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        response: Response,
    ) -> Result<T, ClientError> {
        let url = response.url().clone();
        let body = self.read(response).await?;
        serde_json::from_slice(&body).map_err(|error| {
            let place = shown(&url);
            ClientError::Unsound(format!(
                "{place} answers with what no registry writes: {error}; is the URL of the server right?"
            ))
        })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        while let Some(piece) = self.piece(&mut response).await? {
            if body.len() + piece.len() > LONGEST_ANSWER {
                let place = shown(response.url());
                return Err(ClientError::Unsound(format!(
                    "{place} answers with more than {LONGEST_ANSWER} bytes of JSON"
                )));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// The next piece of a body.
    pub(crate) async fn piece(
        &self,
        response: &mut Response,
    ) -> Result<Option<Bytes>, ClientError> {
        let url = response.url().clone();
        timeout(IDLE, response.chunk())
            .await
            .map_err(|_elapsed| self.unreachable(&url, nothing_came()))?
            .map_err(|error| self.lost(&url, error))
    }

    fn lost(&self, url: &Url, error: reqwest::Error) -> ClientError {
        // The URL would be told with its query, which may hold a signature.
        self.unreachable(url, in_one_line(&error.without_url()))
    }

    fn unreachable(&self, url: &Url, problem: String) -> ClientError {
        let server = if self.server.is_origin_of(url) {
            format!("the server {}", self.server)
        } else {
            format!("{}, where {} leads,", shown(url), self.server)
        };
        ClientError::Unreachable { server, problem }
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("cellier/", env!("CARGO_PKG_VERSION")))
        // Redirects are followed here, one by one, because the key must not go with all of them.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .tcp_keepalive(Duration::from_secs(30))
}

/// A header with a value that was made of checked text.
pub(crate) fn header_value(text: &str) -> Result<HeaderValue, ClientError> {
    HeaderValue::from_str(text)
        .map_err(|_odd| ClientError::Unable(format!("{text:?} cannot stand in a header")))
}

/// How much of an upload has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// So many bytes.
    Part(u64),
    /// All of it.
    Whole,
}

/// Ends when nothing has left for too long, or no answer has come for too long after everything has left.
async fn stalled(sent: impl Fn() -> Sent) {
    let mut before = sent();
    loop {
        let patience = match before {
            Sent::Part(_) => IDLE,
            Sent::Whole => LONGEST_THOUGHT,
        };
        tokio::time::sleep(patience).await;
        let now = sent();
        if now == before {
            return;
        }
        before = now;
    }
}
