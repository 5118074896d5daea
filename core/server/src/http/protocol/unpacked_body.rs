//! Bodies that a client has packed with gzip, unpacked while they stream by.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_util::{Stream, StreamExt as _, stream};

use crate::http::incoming::io_error;
use crate::http::problem::Problem;
use crate::http::protocol::coding::Coding;

/// Packed bytes that are unpacked at a time: no more than a thousand times as many come of them.
const STEP: usize = 4096;

/// How many times larger a body may become. What people send becomes ten times as large, and seldom twenty.
const MOST_RATIO: u64 = 200;

/// So much may come of any body.
const ALWAYS: u64 = 1 << 20;

/// How a body is packed: not at all, or with gzip. Others are refused, because nobody sends them.
pub(super) fn is_packed(headers: &HeaderMap) -> Result<bool, Problem> {
    let mut codings = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .map(|value| value.to_str().unwrap_or("?"))
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    match (codings.next(), codings.next()) {
        (None, _) => Ok(false),
        (Some(coding), None) if Coding::of(coding) == Some(Coding::Gzip) => Ok(true),
        (Some(coding), _) => {
            let coding: String = coding.chars().take(32).collect();
            let detail = format!(
                "the body has the content coding {coding:?}: send it plain, or packed once with gzip"
            );
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let problem = Problem::new(status, "unknown_coding", detail);
            Err(problem.header(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("gzip, identity"),
            ))
        }
    }
}

/// What is wrong with a packed body, once it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Fault(Arc<AtomicU8>);

const DAMAGED: u8 = 1;
const BOMB: u8 = 2;

impl Fault {
    /// As the client is told.
    pub(super) fn problem(&self) -> Option<Problem> {
        match self.0.load(Ordering::Relaxed) {
            DAMAGED => Some(Problem::bad_request(
                "bad_coding",
                "the body is not packed with gzip as its Content-Encoding says, or breaks off; nothing was changed",
            )),
            BOMB => {
                let detail = format!(
                    "the body becomes more than {MOST_RATIO} times as large when it is unpacked; nothing was changed, send \
                     it plain if it is what it should be"
                );
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Some(Problem::new(status, "suspicious_coding", detail))
            }
            _ => None,
        }
    }

    fn note(&self, fault: u8) -> io::Error {
        self.0.store(fault, Ordering::Relaxed);
        io::Error::new(io::ErrorKind::InvalidData, "the body cannot be unpacked")
    }
}

/// A body and what was unpacked of it.
struct Unpacking<S> {
    body: S,
    decoder: MultiGzDecoder<Vec<u8>>,
    /// What came and is not unpacked yet.
    packed: Bytes,
    taken: u64,
    given: u64,
    ended: bool,
    fault: Fault,
}

/// Unpacks a body as it streams by; why it failed stands in the fault.
pub(super) fn unpacked<S, E>(body: S, fault: Fault) -> impl Stream<Item = io::Result<Bytes>> + Send
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::error::Error + Send + Sync + 'static,
{
    let unpacking = Unpacking {
        body,
        decoder: MultiGzDecoder::new(Vec::new()),
        packed: Bytes::new(),
        taken: 0,
        given: 0,
        ended: false,
        fault,
    };
    stream::try_unfold(unpacking, Unpacking::next)
}

impl<S, E> Unpacking<S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::error::Error + Send + Sync + 'static,
{
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        while !self.ended {
            if self.packed.is_empty() {
                match self.body.next().await {
                    Some(piece) => self.packed = piece.map_err(broken_off)?,
                    None => self.end()?,
                }
            }
            self.step()?;
            let unpacked = std::mem::take(self.decoder.get_mut());
            if !unpacked.is_empty() {
                self.given += unpacked.len() as u64;
                self.refuse_bomb()?;
                return Ok(Some((unpacked.into(), self)));
            }
        }
        Ok(None)
    }

    fn step(&mut self) -> io::Result<()> {
        let step = self.packed.split_to(STEP.min(self.packed.len()));
        self.taken += step.len() as u64;
        let written = self.decoder.write_all(&step);
        written.map_err(|_damaged| self.fault.note(DAMAGED))
    }

    fn end(&mut self) -> io::Result<()> {
        self.ended = true;
        let finished = self.decoder.try_finish();
        finished.map_err(|_breaks_off| self.fault.note(DAMAGED))
    }

    fn refuse_bomb(&self) -> io::Result<()> {
        let most = ALWAYS.max(self.taken.saturating_mul(MOST_RATIO));
        if self.given > most {
            return Err(self.fault.note(BOMB));
        }
        Ok(())
    }
}

/// What is told of a body that breaks off depends on why it does.
fn broken_off<E: std::error::Error + Send + Sync + 'static>(error: E) -> io::Error {
    let kind = io_error(&error).unwrap_or(io::ErrorKind::Other);
    io::Error::new(kind, error)
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use futures_util::TryStreamExt as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn unpack(packed: &[u8], piece: usize) -> Result<Vec<u8>, &'static str> {
        let pieces: Vec<_> = packed
            .chunks(piece)
            .map(|piece| io::Result::Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let fault = Fault::default();
        let unpacked = unpacked(stream::iter(pieces), fault.clone());
        let unpacked: Result<Vec<Bytes>, _> = unpacked.try_collect().await;
        unpacked
            .map(|pieces| pieces.concat())
            .map_err(|_told_by_the_fault| fault.problem().unwrap().code())
    }

    #[tokio::test]
    async fn a_body_comes_out_as_it_was_however_it_is_cut() {
        let text: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
        for bytes in [&b""[..], b"a", &text] {
            for piece in [1, 7, 10_000, 1 << 20] {
                let unpacked = unpack(&gzip(bytes), piece).await;
                assert!(unpacked.as_deref() == Ok(bytes), "{piece}");
            }
        }
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpack(&two, 5).await.unwrap(), b"one two");
    }

    #[tokio::test]
    async fn what_is_damaged_or_becomes_far_too_large_is_refused() {
        let mut packed = gzip(&[1, 2, 3].repeat(1000));
        for (bytes, code) in [
            (b"plain text, not packed at all".to_vec(), "bad_coding"),
            (packed[..packed.len() / 2].to_vec(), "bad_coding"),
            (gzip(&vec![0; 32 << 20]), "suspicious_coding"),
        ] {
            assert_eq!(unpack(&bytes, 1000).await, Err(code));
        }
        let last = packed.len() - 6;
        packed[last] ^= 1;
        assert_eq!(unpack(&packed, 1000).await, Err("bad_coding"), "checksum");
        assert!(unpack(&gzip(&vec![0; 1 << 19]), 1000).await.is_ok());
    }

    #[test]
    fn other_codings_are_refused_with_those_that_are_taken() {
        let packed = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, value.parse().unwrap());
            is_packed(&headers).map_err(|problem| problem.code())
        };
        for plain in ["", "identity", "Identity, identity"] {
            assert_eq!(packed(plain), Ok(false), "{plain}");
        }
        for gzip in ["gzip", "GZIP", "x-gzip", "identity, gzip"] {
            assert_eq!(packed(gzip), Ok(true), "{gzip}");
        }
        for other in ["br", "deflate", "gzip, gzip", "zstd"] {
            assert_eq!(packed(other), Err("unknown_coding"), "{other}");
        }
    }
}
