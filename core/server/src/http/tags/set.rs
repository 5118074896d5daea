//! `PUT /api/v1/artefacts/{format}/{name}/tags/{tag}`

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::set_tag;
use cellier_model::read::ArtefactAddress;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::json::read_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::tags::parse;
use crate::state::AppState;

/// The version that a tag names.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaggedVersion {
    /// An exact version.
    #[schema(example = "2.0.0-beta.1")]
    version: String,
}

/// Lets a tag name a version. `latest` cannot be set: it moves by itself to the highest stable version.
#[utoipa::path(
    put, path = "/api/v1/artefacts/{format}/{name}/tags/{tag}", operation_id = "setTag", tag = "tags", request_body = TaggedVersion,
    params(("format" = String, Path), ("name" = String, Path), ("tag" = String, Path)),
    responses(
        (status = 200, description = "The version that it names now", body = TaggedVersion),
        (status = 400, description = "The tag or the body is malformed", body = ProblemBody),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "The key does not cover it", body = ProblemBody),
        (status = 404, description = "There is no such version, or none that the caller may see", body = ProblemBody),
        (status = 409, description = "The version is yanked", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    tag: &str,
    request: Request,
) -> Result<Response, Problem> {
    let tag = parse(tag)?;
    let TaggedVersion { version } = read_json(request).await?;
    let version = set_tag(&state.context, &caller.0, address, &tag, &version).await?;
    Ok(Json(TaggedVersion {
        version: version.to_string(),
    })
    .into_response())
}
