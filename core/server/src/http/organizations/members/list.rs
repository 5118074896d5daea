//! `GET /api/v1/organizations/{name}/members`

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::accounts::list_members;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::cursor::{self, PageQuery};
use crate::http::json::{private_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::MemberView;
use crate::state::AppState;

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberList {
    /// The members, by name.
    results: Vec<MemberView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the members of an organization that the caller belongs to; a superadmin, those of any.
#[utoipa::path(
    get, path = "/api/v1/organizations/{name}/members", operation_id = "listMembers", tag = "accounts",
    params(("name" = String, Path), PageQuery),
    responses(
        (status = 200, description = "A page of members", body = MemberList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type list no members", body = ProblemBody),
        (status = 404, description = "There is no such organization, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: PageQuery = read_query(&uri)?;
    let limit = cursor::page_size(query.limit)?;
    let after = cursor::name(query.cursor.as_deref())?;
    let organization = account_name(&name)?;
    let (context, origin) = (&state.context, &caller.0);
    let members = list_members(context, origin, &organization, after.as_deref(), limit + 1).await?;
    let (members, next) = cursor::cut(members, limit, |last| last.user.to_string());
    let list = MemberList {
        results: members.iter().map(MemberView::from).collect(),
        next,
    };
    Ok(private_json(StatusCode::OK, &list))
}
