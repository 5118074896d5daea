//! The HTTP client that S3 is spoken with: it gives up on what stalls, and knows when a store is full.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http_body::{Body, Frame, SizeHint};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService, ReqwestConnector,
};
use reqwest::StatusCode;
use tokio::time::{Sleep, sleep, timeout};

use crate::blobs::remote::error::StoreFull;
use crate::blobs::remote::patience::Patience;

/// Bytes a second below which a store counts as stalled while it takes an upload.
const SLOWEST: u64 = 64 * 1024;

/// How much of an error's text is read.
const LONGEST_ERROR: usize = 16 * 1024;

/// How stores say that they are full: the codes of `MinIO`, Ceph and `SeaweedFS`, and what Garage says of quotas.
const FULL: [&str; 5] = [
    "XMinioStorageFull",
    "XMinioAdminBucketQuotaExceeded",
    "QuotaExceeded",
    "InsufficientStorage",
    "quota is reached",
];

/// Makes clients that give up on what stalls.
#[derive(Debug)]
pub(super) struct PatientConnector(pub(super) Patience);

impl HttpConnector for PatientConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // The features of reqwest that this workspace uses leave the choice of cryptography to the program.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(HttpClient::new(PatientClient {
            client: ReqwestConnector::default().connect(options)?,
            patience: self.0,
        }))
    }
}

#[derive(Debug)]
struct PatientClient {
    client: HttpClient,
    patience: Patience,
}

#[async_trait]
impl HttpService for PatientClient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let sending = Duration::from_secs(request.body().content_length() as u64 / SLOWEST);
        let limit = self.patience.answer + sending;
        let answer = timeout(limit, self.client.execute(request)).await;
        let answer = answer.map_err(|_elapsed| Stalled::error("did not answer", limit))??;
        let status = answer.status();
        let (parts, body) = answer.into_parts();
        if status.is_client_error() || status.is_server_error() {
            let text = read_error(body, self.patience.idle).await?;
            if is_full(status, &text) {
                return Err(HttpError::new(HttpErrorKind::Unknown, StoreFull));
            }
            return Ok(HttpResponse::from_parts(parts, text.into()));
        }
        let body = ImpatientBody {
            body,
            idle: self.patience.idle,
            waiting: None,
        };
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
    }
}

fn is_full(status: StatusCode, text: &[u8]) -> bool {
    status == StatusCode::INSUFFICIENT_STORAGE || {
        let text = String::from_utf8_lossy(text);
        FULL.iter().any(|code| text.contains(code))
    }
}

/// The text of an error, up to a length that a log can bear. What is broken in it is no matter: the status says enough.
async fn read_error(body: HttpResponseBody, idle: Duration) -> Result<Bytes, HttpError> {
    let mut text = BytesMut::new();
    let mut pieces = body.bytes_stream();
    while text.len() < LONGEST_ERROR {
        match timeout(idle, pieces.next()).await {
            Ok(Some(Ok(piece))) => {
                text.extend_from_slice(&piece[..piece.len().min(LONGEST_ERROR - text.len())]);
            }
            _ => break,
        }
    }
    // What takes it from here wants text.
    Ok(String::from_utf8_lossy(&text).into_owned().into())
}

/// The body of an answer that may not stall.
#[derive(Debug)]
struct ImpatientBody {
    body: HttpResponseBody,
    idle: Duration,
    /// Runs while the store owes us something, and not while our own client is slow.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Body for ImpatientBody {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.waiting = None;
            return Poll::Ready(frame);
        }
        let idle = self.idle;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(idle)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Some(Err(Stalled::error("sent nothing more", idle))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the store {what} for {} s", .limit.as_secs_f32())]
struct Stalled {
    what: &'static str,
    limit: Duration,
}

impl Stalled {
    fn error(what: &'static str, limit: Duration) -> HttpError {
        HttpError::new(HttpErrorKind::Timeout, Self { what, limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_store_is_known_by_its_status_or_by_what_it_says() {
        let minio = b"<Error><Code>XMinioStorageFull</Code></Error>";
        assert!(is_full(StatusCode::INSUFFICIENT_STORAGE, b""));
        assert!(is_full(StatusCode::INTERNAL_SERVER_ERROR, minio));
        assert!(is_full(
            StatusCode::FORBIDDEN,
            b"<Code>QuotaExceeded</Code>"
        ));
        assert!(!is_full(
            StatusCode::FORBIDDEN,
            b"<Code>AccessDenied</Code>"
        ));
    }
}
