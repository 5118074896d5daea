//! `GET /api/v1/api-keys`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::keys::list_keys;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::credential::Caller;
use crate::http::cursor;
use crate::http::json::read_query;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::KeyView;
use crate::state::AppState;

/// Which page of the keys.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeysQuery {
    /// 1 to 100 keys a page; 20 if not said.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    /// The keys that are not revoked, newest first.
    results: Vec<KeyView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the keys that are not revoked, without their texts.
#[utoipa::path(
    get, path = "/api/v1/api-keys", operation_id = "listKeys", tag = "keys", params(KeysQuery),
    responses(
        (status = 200, description = "A page of keys", body = KeyList),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "An admin key is needed", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: KeysQuery = read_query(&uri)?;
    let limit = cursor::page_size(query.limit)?;
    let before = match query.cursor.as_deref() {
        Some(text) => {
            let [id] = cursor::decode(text)?;
            Some(id.parse().map_err(|_not_an_id| {
                Problem::bad_request("bad_cursor", "the cursor is not one of this listing")
            })?)
        }
        None => None,
    };
    let mut keys = list_keys(&state.context, &caller.0, before, limit + 1).await?;
    let more = keys.len() > limit as usize;
    keys.truncate(limit as usize);
    let next = keys
        .last()
        .filter(|_| more)
        .map(|key| cursor::encode(&[&key.id.to_string()]));
    let list = KeyList {
        results: keys.iter().map(KeyView::new).collect(),
        next,
    };
    let mut response = Json(list).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
