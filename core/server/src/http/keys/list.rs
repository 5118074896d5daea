//! `GET /api/v1/api-keys`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::keys::list_keys;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::cursor::{self, PageQuery};
use crate::http::json::{private_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::KeyView;
use crate::state::AppState;

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    /// The keys that are not revoked, newest first.
    results: Vec<KeyView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the keys that are not revoked, without their texts: all of them for superadmins, those of one's own accounts for
/// others.
#[utoipa::path(
    get, path = "/api/v1/api-keys", operation_id = "listKeys", tag = "keys", params(PageQuery),
    responses(
        (status = 200, description = "A page of keys", body = KeyList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type list no keys", body = ProblemBody),
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
    let keys = list_keys(&state.context, &caller.0, before, limit + 1).await?;
    let (keys, next) = cursor::cut(keys, limit, |last| last.id.to_string());
    let list = KeyList {
        results: keys.iter().map(KeyView::new).collect(),
        next,
    };
    Ok(private_json(StatusCode::OK, &list))
}
