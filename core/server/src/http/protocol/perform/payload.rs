//! The files in the body of a write.

use std::ops::Range;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cellier_model::StagedBlob;
use cellier_model::ports::FormatInfo;
use cellier_sdk::{Digest, NewFile, Payload, ReadAtExt as _};

use super::broken;
use crate::http::problem::Problem;
use crate::state::AppState;

/// How much of a body is copied at a time; a multiple of four, so that base64 can be decoded piece by piece.
const PIECE: usize = 256 * 1024;

/// How many bytes of the body a file takes.
pub(super) fn size_of(payload: &Payload) -> u64 {
    let (Payload::Raw(range) | Payload::Base64(range)) = payload;
    range.end.saturating_sub(range.start)
}

/// A file's own bytes, staged by themselves.
pub(super) async fn cut_out(
    state: &AppState,
    format: &FormatInfo,
    body: &StagedBlob,
    file: &NewFile,
) -> Result<StagedBlob, Problem> {
    let (Payload::Raw(range) | Payload::Base64(range)) = &file.payload;
    let Range { start, end } = *range;
    if start > end || end > body.size() {
        let size = body.size();
        let problem = format!("it takes the bytes {start} to {end} of a body of {size}");
        return Err(broken(format, problem));
    }
    let is_base64 = matches!(file.payload, Payload::Base64(_));
    if !is_base64 && end - start == body.size() {
        return Ok(body.clone());
    }
    let blobs = &state.context.blobs;
    let mut staging = blobs.stage(format.descriptor.digests()).await?;
    let mut offset = start;
    while offset < end {
        let most = usize::try_from(end - offset).map_or(PIECE, |rest| rest.min(PIECE));
        let piece = read(body, offset, most).await?;
        offset += piece.len() as u64;
        let piece = if is_base64 {
            decode(&piece, offset == end).ok_or_else(|| not_base64(file))?
        } else {
            piece
        };
        if !piece.is_empty() {
            staging.write(Bytes::from(piece)).await?;
        }
    }
    Ok(staging.finish().await?)
}

async fn read(body: &StagedBlob, offset: u64, most: usize) -> Result<Vec<u8>, Problem> {
    let content = std::sync::Arc::clone(body.content());
    let read = tokio::task::spawn_blocking(move || content.read_range(offset, most));
    let piece = read.await.map_err(|error| Problem::unavailable(&error))?;
    piece.map_err(|error| Problem::unavailable(&error))
}

/// Decodes a piece of base64 (RFC 4648, section 4). Only the last one may be padded.
fn decode(piece: &[u8], is_last: bool) -> Option<Vec<u8>> {
    if !is_last && piece.ends_with(b"=") {
        return None;
    }
    STANDARD.decode(piece).ok()
}

fn not_base64(file: &NewFile) -> Problem {
    let detail = format!(
        "the file {} is not in base64 as RFC 4648, section 4, has it",
        file.name
    );
    Problem::bad_request("bad_base64", detail)
}

/// What the client says of a file's digests has to be true.
pub(super) async fn check_digests(
    state: &AppState,
    staged: &StagedBlob,
    file: &NewFile,
) -> Result<(), Problem> {
    for expected in &file.expected {
        let computed = if let Some(computed) = staged.digest(expected.algorithm()) {
            vec![computed]
        } else {
            let algorithms = [expected.algorithm()];
            state.context.blobs.digest(staged, &algorithms).await?
        };
        if !computed.contains(expected) {
            let detail = mismatch(file, expected, &computed);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Problem::new(status, "integrity_mismatch", detail));
        }
    }
    Ok(())
}

/// What the client says, and what is so.
fn mismatch(file: &NewFile, expected: &Digest, computed: &[Digest]) -> String {
    let is = computed.iter().map(Digest::to_integrity);
    format!(
        "the file {} came as {}, the client says that it is {}: send it again, it was damaged or exchanged on its way",
        file.name,
        is.collect::<Vec<_>>().join(" "),
        expected.to_integrity()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_base64_is_whole_and_padded_only_at_the_end() {
        assert_eq!(decode(b"aGVsbG8=", true).as_deref(), Some(&b"hello"[..]));
        assert_eq!(decode(b"aGVs", false).as_deref(), Some(&b"hel"[..]));
        assert_eq!(decode(b"", true).as_deref(), Some(&b""[..]));
        for bad in [&b"aGVsbG8"[..], b"aGVs\nbG8=", b"a", b"====", b"aGVsbG9="] {
            assert_eq!(decode(bad, true), None, "{}", String::from_utf8_lossy(bad));
        }
        assert_eq!(decode(b"aGVsbG8=", false), None);
    }

    #[test]
    fn a_range_that_runs_backwards_takes_nothing() {
        assert_eq!(size_of(&Payload::Raw(2..10)), 8);
        assert_eq!(size_of(&Payload::Base64(Range { start: 10, end: 2 })), 0);
    }
}
