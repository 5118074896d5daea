//! What a format has answered, made ready to be sent as often as it is asked for.
//!
//! `headers` says which headers a format may set, `memory` sends bytes in the coding that a client likes, `file` sends what
//! is stored.

mod file;
mod headers;
mod memory;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response as HttpResponse;
use cellier_model::FormatId;
use cellier_model::ports::InspectError;
use cellier_sdk::{Body, Hold, Response};

use self::file::StoredFile;
use self::memory::{Form, Memory};
use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::protocol::coding::{Coding, is_worth_packing};
use crate::http::protocol::shown::Shown;
use crate::http::protocol::tag::Tag;
use crate::state::AppState;

/// What one answer takes in memory beside its bytes, roughly.
const OVERHEAD: usize = 1024;

/// An answer of a format that is ready to be sent.
#[derive(Debug)]
pub(super) struct Ready {
    status: StatusCode,
    hold: Hold,
    body: ReadyBody,
}

#[derive(Debug)]
enum ReadyBody {
    /// None. The tag is that of the answer which the client has (304).
    Empty(HeaderMap, Option<Tag>),
    Memory(Box<Memory>),
    File(Box<StoredFile>),
}

/// Who sends an answer, and how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub(super) state: &'a AppState,
    pub(super) format: &'a FormatId,
    /// Whether the answer is held, so that work on it is done for many.
    pub(super) again: bool,
}

impl Ready {
    /// Makes an answer ready. It may send the blobs alone that the format was shown and the caller may download.
    pub(super) fn of(format: &FormatId, shown: &Shown, answer: Response) -> Result<Self, Problem> {
        let status = final_status(format, answer.status)?;
        let mut headers = headers::allowed(format, &answer.headers);
        headers::cache_control(&mut headers, answer.hold);
        let tag = answer.etag.as_deref().and_then(Tag::given);
        let is_tagged = status == StatusCode::OK && answer.hold != Hold::No;
        let in_memory = |mut headers: HeaderMap, bytes: Vec<u8>, given: Option<Coding>| {
            let tag = tag
                .clone()
                .or_else(|| is_tagged.then(|| Tag::of_bytes(&bytes)));
            let media_type = headers.get(header::CONTENT_TYPE);
            let media_type = media_type.and_then(|value| value.to_str().ok());
            let packable = is_worth_packing(media_type.unwrap_or_default(), bytes.len());
            if packable || given.is_some() {
                headers::vary_by_coding(&mut headers);
            }
            let form = Form {
                given,
                bytes: bytes.into(),
            };
            ReadyBody::Memory(Box::new(Memory::new(status, headers, form, tag, packable)))
        };
        let body = match answer.body {
            Body::Empty => ReadyBody::Empty(headers, tag),
            Body::Bytes(bytes) => in_memory(headers, bytes, None),
            Body::Encoded { bytes, encoding } => {
                in_memory(headers, bytes, Some(known_coding(format, &encoding)?))
            }
            Body::Blob {
                digest,
                range,
                encoding,
            } => {
                let coding = encoding.map(|encoding| known_coding(format, &encoding));
                let file = StoredFile::new(shown.get(digest)?, range, coding.transpose()?, tag)?;
                ReadyBody::File(Box::new(file.with_headers(status, headers)))
            }
        };
        Ok(Self {
            status,
            hold: answer.hold,
            body,
        })
    }

    /// How long it holds, by the word of its format.
    pub(super) fn hold(&self) -> Hold {
        self.hold
    }

    /// The status of the whole answer.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// A header that the format has set.
    pub(super) fn header(&self, name: &header::HeaderName) -> Option<&header::HeaderValue> {
        match &self.body {
            ReadyBody::Empty(headers, _) => headers.get(name),
            ReadyBody::Memory(memory) => memory.headers().get(name),
            ReadyBody::File(file) => file.headers().get(name),
        }
    }

    /// How many bytes of memory it takes; more when it was sent in further codings.
    pub(super) fn weight(&self) -> usize {
        OVERHEAD
            + match &self.body {
                ReadyBody::Empty(..) => 0,
                ReadyBody::Memory(memory) => memory.weight(),
                ReadyBody::File(file) => file.weight(),
            }
    }

    /// Sends it, or as much of it as the client wants.
    pub(super) async fn send(
        &self,
        sender: Sender<'_>,
        asked: Asked<'_>,
    ) -> Result<HttpResponse, Problem> {
        match &self.body {
            ReadyBody::Empty(headers, tag) => {
                let mut response = HttpResponse::default();
                *response.status_mut() = self.status;
                *response.headers_mut() = headers.clone();
                let known = tag.as_ref().and_then(|tag| tag.known_to(asked.headers));
                let tag = known.or_else(|| tag.as_ref().and_then(Tag::header));
                if let Some(tag) = tag {
                    response.headers_mut().insert(header::ETAG, tag);
                }
                Ok(response)
            }
            ReadyBody::Memory(memory) => memory.send(sender.format, asked.headers).await,
            ReadyBody::File(file) => file.send(sender, asked).await,
        }
    }
}

/// A status that ends an exchange; anything else is a fault of the format.
fn final_status(format: &FormatId, status: u16) -> Result<StatusCode, Problem> {
    let parsed = StatusCode::from_u16(status).ok();
    parsed
        .filter(|status| (200..=599).contains(&status.as_u16()))
        .ok_or_else(|| broken(format, format!("it answered with the status {status}")))
}

/// A coding that the host knows, so that it can unpack it for those who do not.
fn known_coding(format: &FormatId, encoding: &str) -> Result<Coding, Problem> {
    Coding::of(encoding).ok_or_else(|| {
        let found: String = encoding.chars().take(32).collect();
        broken(format, format!("it answered in the coding {found:?}"))
    })
}

fn broken(format: &FormatId, problem: String) -> Problem {
    let format = format.clone();
    InspectError::Broken { format, problem }.into()
}
