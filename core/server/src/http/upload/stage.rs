//! From a stream of bytes to a staged blob.

use std::error::Error as StdError;

use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use cellier_model::StagedBlob;
use cellier_model::publish::{Door, likely_digests};
use futures_util::{Stream, StreamExt as _};

use crate::http::incoming::broken_body;
use crate::http::problem::Problem;
use crate::state::AppState;

/// How many bytes are looked at to guess which digests will be needed.
const HEAD: usize = 512;

/// Stages a stream of at most `limit` bytes.
pub(crate) async fn stage<S, E>(
    state: &AppState,
    door: &Door,
    limit: u64,
    bytes: S,
) -> Result<StagedBlob, Problem>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
    E: StdError + 'static,
{
    let mut bytes = std::pin::pin!(bytes);
    let mut head = BytesMut::new();
    let mut ended = false;
    while head.len() < HEAD && !ended {
        match bytes.next().await {
            Some(piece) => head.extend_from_slice(&piece.map_err(|error| broken_body(&error))?),
            None => ended = true,
        }
    }
    let digests = likely_digests(&state.context, door, &head);
    let mut staging = state.context.blobs.stage(&digests).await?;
    let mut next = Some(head.freeze());
    while let Some(piece) = next {
        if staging.size() + piece.len() as u64 > limit {
            return Err(too_large(limit));
        }
        if !piece.is_empty() {
            staging.write(piece).await?;
        }
        next = if ended {
            None
        } else {
            bytes
                .next()
                .await
                .transpose()
                .map_err(|error| broken_body(&error))?
        };
    }
    Ok(staging.finish().await?)
}

/// More bytes than may be.
pub(crate) fn too_large(limit: u64) -> Problem {
    let detail = format!(
        "the upload is larger than the {limit} bytes that this server takes; nothing was published"
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}
