//! An identifier for every request: in the log, in the answer's header, in the body of every error.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument as _;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Hexadecimal digits of an identifier of ours, and how many at its end are those of the number.
const LENGTH: usize = 32;
const DIGITS: usize = 8;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The identifier of a request.
#[derive(Clone, Debug)]
pub(crate) enum RequestId {
    /// One of ours, as text.
    Ours([u8; LENGTH]),
    /// That of a proxy.
    Given(HeaderValue),
}

impl RequestId {
    /// The one that a proxy has given, if it is plain, or a new one.
    pub(crate) fn of(request: &Request) -> Self {
        let given = request.headers().get(&HEADER);
        let given = given.filter(|value| is_plain(value.as_bytes()));
        given.cloned().map_or_else(Self::new, Self::Given)
    }

    /// What tells this process from all others, and a number.
    fn new() -> Self {
        static PROCESS: LazyLock<[u8; LENGTH]> = LazyLock::new(|| {
            let mut text = [0; LENGTH];
            uuid::Uuid::now_v7().simple().encode_lower(&mut text);
            text
        });
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut text = *PROCESS;
        let mut rest = NEXT.fetch_add(1, Ordering::Relaxed);
        for digit in text[LENGTH - DIGITS..].iter_mut().rev() {
            *digit = b"0123456789abcdef"[(rest % 16) as usize];
            rest /= 16;
        }
        Self::Ours(text)
    }

    /// Does something for the request.
    pub(crate) fn scope<Work: Future>(
        &self,
        work: Work,
    ) -> impl Future<Output = Work::Output> + use<Work> {
        CURRENT.scope(self.clone(), work)
    }

    /// Writes it into the headers of the answer.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let value = match self {
            Self::Ours(text) => HeaderValue::from_bytes(text).ok(),
            Self::Given(value) => Some(value.clone()),
        };
        if let Some(value) = value {
            headers.insert(HEADER, value);
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Ours(text) => std::str::from_utf8(text).unwrap_or_default(),
            Self::Given(value) => value.to_str().unwrap_or_default(),
        };
        f.write_str(text)
    }
}

/// The identifier of the request that this task works for.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(ToString::to_string).ok()
}

/// Work for the current request that goes on in a task of its own, under the same identifier.
pub(crate) fn carried<Work: Future>(work: Work) -> impl Future<Output = Work::Output> {
    let id = CURRENT
        .try_with(Clone::clone)
        .unwrap_or_else(|_nobodys| RequestId::new());
    id.scope(work.in_current_span())
}

fn is_plain(text: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=64).contains(&text.len()) && text.iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_identifier_is_kept_if_it_is_plain() {
        let of = |text: &str| {
            let request = Request::builder()
                .header("x-request-id", text)
                .body(axum::body::Body::empty());
            RequestId::of(&request.unwrap()).to_string()
        };
        assert_eq!(of("from-proxy.1"), "from-proxy.1");
        assert_ne!(of("a b"), "a b");
        assert_ne!(of(&"x".repeat(65)), of(&"x".repeat(65)));
        assert_eq!(of("").len(), 32);
    }
}
