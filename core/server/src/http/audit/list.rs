//! `GET /api/v1/audit`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::Timestamp;
use cellier_model::audit::AuditQuery;
use cellier_model::read::list_audit_events;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::credential::Caller;
use crate::http::cursor;
use crate::http::json::read_query;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AuditEventView;
use crate::state::AppState;

/// Which events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// Only of this action (`version.publish`), or of this noun (`version`).
    action: Option<String>,
    /// Only on this object: `npm/@acme/widget@1.0.0`.
    object: Option<String>,
    /// Only by the key of this id.
    key_id: Option<String>,
    /// Only at or after this time (RFC 3339).
    since: Option<String>,
    /// Only before this time.
    until: Option<String>,
    /// 1 to 100 events a page; 20 if not said.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventList {
    /// The events, newest first.
    results: Vec<AuditEventView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists who did what to what, when and from where, newest first.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "listAuditEvents", tag = "audit", params(EventsQuery),
    responses(
        (status = 200, description = "A page of events", body = EventList),
        (status = 400, description = "A parameter is malformed", body = ProblemBody),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "An admin key is needed", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: EventsQuery = read_query(&uri)?;
    let limit = cursor::page_size(query.limit)?;
    let time = |name: &str, text: Option<String>| {
        let parsed = text.as_deref().map(Timestamp::parse).transpose();
        parsed.map_err(|error| Problem::bad_request("bad_query", format!("{name}: {error}")))
    };
    let before = match query.cursor.as_deref() {
        Some(text) => {
            let [id] = cursor::decode(text)?;
            Some(id.parse().map_err(|_not_an_id| {
                Problem::bad_request("bad_cursor", "the cursor is not one of this listing")
            })?)
        }
        None => None,
    };
    let wanted = AuditQuery {
        action: query.action,
        object: query.object,
        key_id: query.key_id,
        since: time("since", query.since)?,
        until: time("until", query.until)?,
        before,
        limit: limit + 1,
    };
    let mut events = list_audit_events(&state.context, caller.actor(), &wanted).await?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events
        .last()
        .filter(|_| more)
        .map(|event| cursor::encode(&[&event.id.to_string()]));
    let list = EventList {
        results: events.into_iter().map(Into::into).collect(),
        next,
    };
    let mut response = Json(list).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
