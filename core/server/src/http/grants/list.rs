//! `GET /api/v1/access-grants`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::accounts::list_grants;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::cursor::{self, PageQuery};
use crate::http::json::{private_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::GrantView;
use crate::state::AppState;

/// A page of grants.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GrantList {
    /// The grants.
    pub(crate) results: Vec<GrantView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Lists all grants, newest first.
#[utoipa::path(
    get, path = "/api/v1/access-grants", operation_id = "listGrants", tag = "accounts", params(PageQuery),
    responses(
        (status = 200, description = "A page of grants", body = GrantList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins see the grants of others", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: PageQuery = read_query(&uri)?;
    let limit = cursor::page_size(query.limit)?;
    let before = cursor::id(query.cursor.as_deref())?;
    let grants = list_grants(&state.context, &caller.0, before, limit + 1).await?;
    let (grants, next) = cursor::cut(grants, limit, |last| last.id.to_string());
    let list = GrantList {
        results: grants.iter().map(GrantView::from).collect(),
        next,
    };
    Ok(private_json(StatusCode::OK, &list))
}
