//! Bytes in memory, in every coding that was ever asked for: each is made once.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use cellier_model::FormatId;
use tokio::sync::{OnceCell, Semaphore};

use crate::http::problem::Problem;
use crate::http::protocol::coding::{Accepted, Coding, Unpacked, pack, unpack};
use crate::http::protocol::ready::broken;
use crate::http::protocol::tag::Tag;

/// More bytes are packed on a thread of their own, and so are more that are packed unpacked: much may come of them.
const LARGE: usize = 32 << 10;
const LARGE_PACKED: usize = 4 << 10;

/// Most bytes that packed ones may become.
const MOST_UNPACKED: usize = 24 << 20;

/// How many such answers are packed or unpacked at a time, so that the memory for them is bounded.
const AT_A_TIME: usize = 4;
static WORKSHOP: Semaphore = Semaphore::const_new(AT_A_TIME);

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
    others: [OnceCell<Result<Sendable, Cannot>>; 4],
}

/// One form of an answer with all its headers.
#[derive(Debug)]
struct Sendable {
    headers: HeaderMap,
    bytes: Bytes,
}

/// Why there is no other form of an answer.
#[derive(Clone, Copy, Debug)]
enum Cannot {
    /// Its bytes are not packed as they should be.
    Damaged,
    /// Unpacked they would be too many.
    TooLarge,
}

impl Cannot {
    fn problem(self, format: &FormatId) -> Problem {
        match self {
            Self::Damaged => broken(format, "its bytes are not packed as it says".to_owned()),
            Self::TooLarge => no_form(),
        }
    }
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
        let others = others
            .flatten()
            .map(|other: &Sendable| other.bytes.len() + 512);
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
        let mut sendable = made.map_err(|cannot| cannot.problem(format))?;
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

    /// One form of it, made now unless it was made before.
    async fn form(&self, wanted: Option<Coding>) -> Result<&Sendable, Cannot> {
        if wanted == self.given {
            return Ok(&self.as_given);
        }
        let place = match wanted {
            None => 0,
            Some(Coding::Brotli) => 1,
            Some(Coding::Zstd) => 2,
            Some(Coding::Gzip) => 3,
        };
        let made = self.others[place].get_or_init(|| self.make(wanted));
        made.await.as_ref().map_err(|cannot| *cannot)
    }

    async fn make(&self, wanted: Option<Coding>) -> Result<Sendable, Cannot> {
        let (bytes, given) = (self.as_given.bytes.clone(), self.given);
        let size = bytes.len();
        let convert = move || convert(bytes, given, wanted);
        let is_large = size > LARGE || given.is_some() && size > LARGE_PACKED;
        let bytes = if is_large {
            let _place = WORKSHOP.acquire().await;
            let made = tokio::task::spawn_blocking(convert).await;
            made.unwrap_or(Err(Cannot::Damaged))?
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
        Ok(Sendable { headers, bytes })
    }
}

fn convert(bytes: Bytes, given: Option<Coding>, wanted: Option<Coding>) -> Result<Bytes, Cannot> {
    let plain = match given {
        None => bytes,
        Some(coding) => match unpack(&bytes, coding, MOST_UNPACKED) {
            Unpacked::Whole(plain) => plain,
            Unpacked::TooMuch => return Err(Cannot::TooLarge),
            Unpacked::Damaged => return Err(Cannot::Damaged),
        },
    };
    match wanted {
        None => Ok(plain),
        Some(coding) => pack(&plain, coding).map_err(|_never| Cannot::Damaged),
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
