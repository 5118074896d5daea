//! `POST /api/v1/artefacts/{name}/versions`, `/artefacts/file/{name}` and `/artefacts/{format}/{name}`

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use cellier_model::publish::{Door, largest_upload, may_begin};
use utoipa::{IntoResponses, ToSchema};

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::upload::{JobState, PublishAnswer, publish_staged, read_form};
use crate::state::AppState;

/// The parts of an upload, in any order.
#[derive(Debug, ToSchema)]
#[schema(as = Upload)]
#[expect(
    dead_code,
    reason = "describes the form; it is read as a stream, never as a struct"
)]
pub(crate) struct UploadForm {
    /// The file itself.
    #[schema(value_type = String, format = Binary)]
    file: String,
    /// What it is for.
    #[schema(example = "tileset")]
    category: Option<String>,
    /// JSON object of language (BCP 47) to title of at most 2000 characters.
    #[schema(example = r#"{"fr":"Terrain","en":"Terrain"}"#)]
    title: Option<String>,
    /// JSON object of language to description.
    description: Option<String>,
    /// The version, where the content carries none.
    version: Option<String>,
    /// What tells the file from others of the same version.
    #[schema(example = "linux-arm64")]
    architecture: Option<String>,
    /// A tag to set on the version.
    #[schema(example = "beta")]
    tag: Option<String>,
    /// The file's name, if not the one that the part carries.
    #[serde(rename = "fileName")]
    file_name: Option<String>,
    /// The format, if it is not to be recognised.
    format: Option<String>,
}

/// How uploads are answered, at every door.
#[derive(Debug, IntoResponses)]
#[expect(
    dead_code,
    reason = "describes the answers; they are made where their reasons are"
)]
pub(crate) enum UploadAnswers {
    /// Published
    #[response(status = 201)]
    Published(PublishAnswer),
    /// These bytes were published before
    #[response(status = 200)]
    AlreadyThere(PublishAnswer),
    /// The format is still looking (Prefer: respond-async)
    #[response(status = 202)]
    Pending(JobState),
    /// The name or a part is malformed
    #[response(status = 400)]
    Malformed(ProblemBody),
    /// A key is needed, or the key does not work
    #[response(status = 401)]
    Unauthorized(ProblemBody),
    /// The key does not cover it
    #[response(status = 403)]
    Forbidden(ProblemBody),
    /// There is no such format
    #[response(status = 404)]
    UnknownFormat(ProblemBody),
    /// Nothing came for too long in the middle of the body
    #[response(status = 408)]
    TooSlow(ProblemBody),
    /// The version is published with other bytes, or was deleted; or the name is that of an artefact of another format
    #[response(status = 409)]
    Conflict(ProblemBody),
    /// Too large
    #[response(status = 413)]
    TooLarge(ProblemBody),
    /// The format refuses it, with all findings
    #[response(status = 422)]
    Refused(ProblemBody),
    /// The format is disabled, or the server is busy
    #[response(status = 503)]
    Unavailable(ProblemBody),
    /// Storage is full
    #[response(status = 507)]
    StorageFull(ProblemBody),
}

/// How forms are answered beside that.
#[derive(Debug, IntoResponses)]
#[response(status = 415, description = "The body is no form")]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct NotAForm(ProblemBody);

/// Publishes a package; the format is recognised from the content, and the name inside must equal the one in the path.
///
/// The same bytes again: 200. Other bytes under a published version: 409. With `Prefer: respond-async`: 202 and a
/// `Location` to ask for the outcome.
#[utoipa::path(
    post, path = "/api/v1/artefacts/{name}/versions", operation_id = "publishPackage", tag = "publishing",
    params(("name" = String, Path, description = "The name, percent-encoded: `@scope%2Fname`")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(UploadAnswers, NotAForm),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    door: Door,
    name: &str,
    request: Request,
) -> Result<Response, Problem> {
    may_begin(&state.context, caller.actor(), &door, name)?;
    let limit = largest_upload(&state.context, &door);
    let headers = request.headers().clone();
    let form = read_form(state, &door, limit, request).await?;
    publish_staged(state, caller, door, name, form, &headers).await
}

/// Publishes a file; its format is the one that claims the category, else the one that recognises the content, else
/// `file`.
#[utoipa::path(
    post, path = "/api/v1/artefacts/file/{name}", operation_id = "publishFile", tag = "publishing",
    params(("name" = String, Path)),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(UploadAnswers, NotAForm),
)]
#[expect(dead_code, reason = "documents a second path of the same handler")]
pub(crate) fn file_door() -> Body {
    Body::empty()
}

/// Publishes in a format that is said.
#[utoipa::path(
    post, path = "/api/v1/artefacts/{format}/{name}", operation_id = "publish", tag = "publishing",
    params(("format" = String, Path), ("name" = String, Path)),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(UploadAnswers, NotAForm),
)]
#[expect(dead_code, reason = "documents a third path of the same handler")]
pub(crate) fn format_door() -> Body {
    Body::empty()
}
