//! `PUT /api/v1/artefacts/{format}/{name}/versions/{version}`

use axum::extract::Request;
use axum::http::header;
use axum::response::Response;
use cellier_model::FormatId;
use cellier_model::publish::{Door, largest_upload, may_begin};

use crate::http::artefacts::publish::UploadAnswers;
use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::upload::{TextParts, publish_staged, refuse_declared_size, stage};
use crate::state::AppState;

/// Publishes a version with the raw bytes as body: `curl -T`. The same rules as for a form.
#[utoipa::path(
    put, path = "/api/v1/artefacts/{format}/{name}/versions/{version}", operation_id = "putVersion", tag = "publishing",
    params(("format" = String, Path), ("name" = String, Path), ("version" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(UploadAnswers),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    format: FormatId,
    name: &str,
    version: String,
    request: Request,
) -> Result<Response, Problem> {
    let door = Door::Format(format);
    may_begin(&state.context, caller.actor(), &door, name)?;
    let limit = largest_upload(&state.context, &door);
    refuse_declared_size(&request, limit)?;
    let headers = request.headers().clone();
    let mut texts = TextParts::default();
    texts.take("version", &version)?;
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    texts.claims.media_type = media_type.and_then(|text| text.parse().ok());
    let body = request.into_body().into_data_stream();
    let staged = stage(state, &door, limit, body).await?;
    publish_staged(state, caller, door, name, (texts, staged), &headers).await
}
