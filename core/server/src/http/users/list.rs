//! `GET /api/v1/users`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::AccountKind;
use cellier_model::accounts::list_accounts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::cursor::{self, PageQuery};
use crate::http::json::{private_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AccountView;
use crate::state::AppState;

/// A page of users or organizations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountList {
    /// The accounts, by name.
    pub(crate) results: Vec<AccountView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Lists users by name.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "listUsers", tag = "accounts", params(PageQuery),
    responses(
        (status = 200, description = "A page of users", body = AccountList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins list users", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    list(&state, &caller, &uri, AccountKind::User).await
}

/// A page of accounts of one kind.
pub(crate) async fn list(
    state: &AppState,
    caller: &Caller,
    uri: &Uri,
    kind: AccountKind,
) -> Result<Response, Problem> {
    let query: PageQuery = read_query(uri)?;
    let limit = cursor::page_size(query.limit)?;
    let after = cursor::name(query.cursor.as_deref())?;
    let accounts = list_accounts(&state.context, &caller.0, Some(kind), after, limit + 1).await?;
    let (accounts, next) = cursor::cut(accounts, limit, |last| last.name.to_string());
    let list = AccountList {
        results: accounts.iter().map(AccountView::from).collect(),
        next,
    };
    Ok(private_json(StatusCode::OK, &list))
}
