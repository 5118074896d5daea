//! `GET /api/v1/artefacts/{format}/{name}/versions/{selector}`

use axum::http::request::Parts;
use axum::response::Response;
use cellier_model::access::Action;
use cellier_model::read::{ArtefactAddress, PickFile, find_artefact, pick_file, resolve};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::credential::Caller;
use crate::http::json::{cacheable_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::VersionView;
use crate::state::AppState;

/// Which file of the version to describe.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileQuery {
    /// The file of this architecture.
    pub(crate) architecture: Option<String>,
    /// The file of this name.
    pub(crate) file: Option<String>,
}

impl FileQuery {
    pub(crate) fn says_nothing(&self) -> bool {
        self.architecture.is_none() && self.file.is_none()
    }
}

impl From<FileQuery> for PickFile {
    fn from(query: FileQuery) -> Self {
        Self {
            variant: query.architecture,
            name: query.file,
        }
    }
}

/// One version. A selector is `1.2.3`, `1.2`, `1`, a tag such as `latest`, or a range such as `^1.2`; yanked versions
/// and prereleases are found by their exact text alone.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}/versions/{selector}", operation_id = "getVersion", tag = "versions",
    params(("format" = String, Path), ("name" = String, Path), ("selector" = String, Path, example = "^1.2"), FileQuery),
    responses(
        (status = 200, description = "The version", body = VersionView),
        (status = 304, description = "The client has it already"),
        (status = 400, description = "The selector cannot be read", body = ProblemBody),
        (status = 404, description = "Nothing matches, or nothing that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    selector: &str,
    request: &Parts,
) -> Result<Response, Problem> {
    let query: FileQuery = read_query(&request.uri)?;
    let artefact = find_artefact(&state.context, caller.actor(), Action::See, address).await?;
    let release = resolve(&state.context, &artefact, selector).await?;
    // Without a word the first of several files describes the version; all are listed beside it.
    let file = match release.files.first() {
        Some(first) if query.says_nothing() => first,
        _ => pick_file(&release, &query.into())?,
    };
    cacheable_json(
        &request.headers,
        &VersionView::whole(&release, file, caller),
    )
}
