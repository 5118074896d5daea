//! Bytes in memory, in every coding that was ever asked for: each is made once.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use cellier_model::FormatId;
use tokio::sync::OnceCell;

use crate::http::problem::Problem;
use crate::http::protocol::coding::{Accepted, Coding, Unpacked, pack, unpack};
use crate::http::protocol::ready::broken;
use crate::http::protocol::tag::Tag;

/// More bytes are packed and unpacked on a thread of their own.
const LARGE: usize = 32 << 10;

/// Most bytes that packed ones may become.
const MOST_UNPACKED: usize = 64 << 20;

/// The headers of the whole answer that a client needs who has it already (RFC 9110, section 15.4.5).
const OF_NOT_MODIFIED: [HeaderName; 2] = [header::CACHE_CONTROL, header::VARY];

/// Bytes in the form in which a format gave them.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) given: Option<Coding>,
    pub(super) bytes: Bytes,
}

/// An answer that is in memory.
#[derive(Debug)]
pub(super) struct Memory {
    status: StatusCode,
    given: Option<Coding>,
    as_given: Sendable,
    tag: Option<Tag>,
    packable: bool,
    /// The answer to who has it already, but for its tag.
    not_modified: HeaderMap,
    others: [OnceCell<Option<Sendable>>; 4],
}

/// One form of an answer with all its headers.
#[derive(Debug)]
struct Sendable {
    headers: HeaderMap,
    bytes: Bytes,
}

impl Memory {
    /// Bytes with the headers that all their forms share.
    pub(super) fn new(
        status: StatusCode,
        mut headers: HeaderMap,
        form: Form,
        tag: Option<Tag>,
        packable: bool,
    ) -> Self {
        let Form { given, bytes } = form;
        let mut not_modified = HeaderMap::with_capacity(8);
        for name in OF_NOT_MODIFIED {
            if let Some(value) = headers.get(&name) {
                not_modified.insert(name, value.clone());
            }
        }
        if let Some(tag) = tag.as_ref().and_then(Tag::header) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(coding) = given {
            let name = HeaderValue::from_static(coding.name());
            headers.insert(header::CONTENT_ENCODING, name);
        }
        Self {
            status,
            given,
            as_given: Sendable { headers, bytes },
            tag,
            packable,
            not_modified,
            others: Default::default(),
        }
    }

    /// The headers of the form in which it was given.
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.as_given.headers
    }

    /// The bytes of all forms that were made.
    pub(super) fn weight(&self) -> usize {
        let others = self.others.iter().filter_map(OnceCell::get);
        let others = others.flatten().map(|other| other.bytes.len() + 512);
        self.as_given.bytes.len() + others.sum::<usize>()
    }

    /// Sends it in the form that the client likes best, or says that the client has it already.
    pub(super) async fn send(
        &self,
        format: &FormatId,
        asked: &HeaderMap,
    ) -> Result<Response, Problem> {
        if let Some(tag) = &self.tag {
            if asked.contains_key(header::IF_MATCH) && !tag.is_wanted(asked) {
                return Err(other_than_wanted());
            }
            if asked.contains_key(header::IF_NONE_MATCH)
                && let Some(known) = tag.known_to(asked)
            {
                return Ok(self.not_modified(known));
            }
        }
        let accepted = Accepted::of(asked);
        let wanted = self.choose(accepted)?;
        let made = self.form(wanted).await;
        let mut sendable =
            made.ok_or_else(|| broken(format, "its bytes are not packed as it says".into()))?;
        if self.given.is_none()
            && accepted.takes_plain()
            && sendable.bytes.len() >= self.as_given.bytes.len()
        {
            // Packed it is no smaller.
            sendable = &self.as_given;
        }
        let mut response = Response::new(Body::from(sendable.bytes.clone()));
        *response.status_mut() = self.status;
        *response.headers_mut() = sendable.headers.clone();
        Ok(response)
    }

    fn not_modified(&self, tag: HeaderValue) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let mut headers = self.not_modified.clone();
        headers.insert(header::ETAG, tag);
        *response.headers_mut() = headers;
        response
    }

    /// The coding in which it is sent, or plain.
    fn choose(&self, accepted: Accepted) -> Result<Option<Coding>, Problem> {
        match self.given {
            // What is packed is passed on as it is to whoever can unpack it.
            Some(coding) if accepted.takes(coding) => return Ok(Some(coding)),
            Some(_) if accepted.takes_plain() => return Ok(None),
            None if self.packable => {
                if let Some(coding) = accepted.better_than_plain() {
                    return Ok(Some(coding));
                }
            }
            _ => {}
        }
        if accepted.takes_plain() {
            return Ok(None);
        }
        accepted.best().map(Some).ok_or_else(no_form)
    }

    /// One form of it, made now unless it was made before; nothing if it cannot be made.
    async fn form(&self, wanted: Option<Coding>) -> Option<&Sendable> {
        if wanted == self.given {
            return Some(&self.as_given);
        }
        let place = match wanted {
            None => 0,
            Some(Coding::Brotli) => 1,
            Some(Coding::Zstd) => 2,
            Some(Coding::Gzip) => 3,
        };
        let made = self.others.get(place)?.get_or_init(|| self.make(wanted));
        made.await.as_ref()
    }

    async fn make(&self, wanted: Option<Coding>) -> Option<Sendable> {
        let (bytes, given) = (self.as_given.bytes.clone(), self.given);
        let size = bytes.len();
        let convert = move || convert(bytes, given, wanted);
        let bytes = if size > LARGE {
            tokio::task::spawn_blocking(convert).await.ok().flatten()?
        } else {
            convert()?
        };
        let mut headers = self.as_given.headers.clone();
        match wanted {
            Some(coding) => {
                let name = HeaderValue::from_static(coding.name());
                headers.insert(header::CONTENT_ENCODING, name);
            }
            None => drop(headers.remove(header::CONTENT_ENCODING)),
        }
        if let Some(tag) = self.tag.as_ref().and_then(|tag| tag.header_of(wanted)) {
            headers.insert(header::ETAG, tag);
        }
        Some(Sendable { headers, bytes })
    }
}

fn convert(bytes: Bytes, given: Option<Coding>, wanted: Option<Coding>) -> Option<Bytes> {
    let plain = match given {
        None => bytes,
        Some(coding) => match unpack(&bytes, coding, MOST_UNPACKED) {
            Unpacked::Whole(plain) => plain,
            Unpacked::TooMuch | Unpacked::Damaged => return None,
        },
    };
    match wanted {
        None => Some(plain),
        Some(coding) => pack(&plain, coding).ok(),
    }
}

fn other_than_wanted() -> Problem {
    let detail = "the answer is not the one that If-Match asks for";
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "precondition_failed",
        detail,
    )
}

/// A client that takes neither plain bytes nor any coding that there is.
pub(super) fn no_form() -> Problem {
    let detail = "Accept-Encoding leaves no form in which this can be sent: let it take identity, gzip, br or zstd";
    Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail)
}
