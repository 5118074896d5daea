//! Bodies of requests to a format, staged as they stream by.

use axum::extract::Request;
use axum::http::StatusCode;
use cellier_model::StagedBlob;
use cellier_model::access::Actor;
use cellier_model::publish::Door;

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::problem_from::key_missing;
use crate::http::protocol::exchange::Exchange;
use crate::http::protocol::unpacked_body::{Fault, is_packed, unpacked};
use crate::http::upload::{refuse_declared_size, stage};

/// Most bytes of a body that somebody without a credential may send: a question, or a password, but never a file.
const LARGEST_OF_ANYBODY: u64 = 1 << 20;

/// What a document may have around the files in it.
const AROUND_FILES: u64 = 8 << 20;

impl Exchange {
    /// Stages the body. Nobody without a credential gets a file as far as the disk.
    pub(super) async fn stage(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<StagedBlob, Problem> {
        let door = Door::Format(self.format.id.clone());
        let largest = self.format.largest_upload;
        // Files in base64 are larger by a third.
        let with_files = largest
            .saturating_add(largest / 3)
            .saturating_add(AROUND_FILES);
        let is_anybody = matches!(caller.actor(), Actor::Anonymous);
        let limit = if is_anybody {
            LARGEST_OF_ANYBODY
        } else {
            with_files
        };
        let staged = self.stage_up_to(limit, &door, request).await;
        match staged {
            Err(problem) if is_anybody && problem.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(key_missing())
            }
            staged => staged,
        }
    }

    async fn stage_up_to(
        &self,
        limit: u64,
        door: &Door,
        request: Request,
    ) -> Result<StagedBlob, Problem> {
        refuse_declared_size(&request, limit)?;
        let is_packed = is_packed(request.headers())?;
        let body = request.into_body().into_data_stream();
        if !is_packed {
            return stage(&self.state, door, limit, body).await;
        }
        let fault = Fault::default();
        let body = unpacked(body, fault.clone());
        let staged = stage(&self.state, door, limit, body).await;
        staged.map_err(|problem| fault.problem().unwrap_or(problem))
    }
}
