//! `GET /api/v1/formats/{id}`

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::http::credential::Caller;
use crate::http::json::cacheable_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::FormatView;
use crate::state::AppState;

/// One format and how it is set up.
#[utoipa::path(
    get, path = "/api/v1/formats/{id}", operation_id = "getFormat", tag = "formats", params(("id" = String, Path, example = "tileset")),
    responses(
        (status = 200, description = "The format", body = FormatView),
        (status = 404, description = "There is none of this id", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    _caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = state.context.formats.get(&id).ok_or_else(|| {
        let known: Vec<_> = state
            .context
            .formats
            .all()
            .iter()
            .map(|format| format.id.as_str())
            .collect();
        Problem::not_found(format!(
            "there is no such format; there are {}",
            known.join(", ")
        ))
    })?;
    cacheable_json(
        &headers,
        &FormatView::new(format, state.formats.health(&format.id)),
    )
}
