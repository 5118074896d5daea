//! What the endpoints about users, organizations and grants share.

use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::AccountKind;
use cellier_model::accounts::{AccountName, list_accounts};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::cursor::{self, PageQuery};
use crate::http::json::{private_json, read_query};
use crate::http::problem::Problem;
use crate::http::view::AccountView;
use crate::state::AppState;

/// The name of an account in a path or query. What cannot be a name is the name of nobody.
pub(crate) fn account_name(text: &str) -> Result<AccountName, Problem> {
    AccountName::parse(text)
        .map_err(|_nobody_is_called_so| Problem::not_found("there is no account of this name"))
}

/// A page of users or organizations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountList {
    /// The accounts, by name.
    results: Vec<AccountView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of accounts of one kind.
pub(crate) async fn list_of_kind(
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
