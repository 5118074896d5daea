//! `GET /api/v1/artefacts`

use axum::http::request::Parts;
use axum::response::Response;
use cellier_model::ports::ArtefactSort;
use cellier_model::read::{ListArtefacts, list_artefacts};
use cellier_model::{Artefact, FormatId, Tag, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::credential::Caller;
use crate::http::cursor;
use crate::http::json::{cacheable_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::ArtefactView;
use crate::state::AppState;

/// Which artefacts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Words, or starts of words, of name, title or description; all must be there.
    q: Option<String>,
    /// Only of this format.
    format: Option<String>,
    /// Only of this category.
    category: Option<String>,
    /// Only those that have this tag.
    tag: Option<String>,
    /// `updated` (those whose bytes changed last come first) or `name`.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// 1 to 100 artefacts a page; 20 if not said.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    #[default]
    Updated,
    Name,
}

/// A page of artefacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArtefactList {
    /// The artefacts.
    results: Vec<ArtefactView>,
    /// How many there are in all, counted up to 10,000.
    count: u32,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the artefacts that the caller may see.
#[utoipa::path(
    get, path = "/api/v1/artefacts", operation_id = "listArtefacts", tag = "artefacts", params(ListQuery),
    responses(
        (status = 200, description = "A page of artefacts", body = ArtefactList),
        (status = 304, description = "The client has this page already"),
        (status = 400, description = "A parameter is malformed", body = ProblemBody),
        (status = 401, description = "The key does not work", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    request: &Parts,
) -> Result<Response, Problem> {
    let query: ListQuery = read_query(&request.uri)?;
    let sort = match query.sort {
        Sort::Updated => ArtefactSort::Updated,
        Sort::Name => ArtefactSort::Name,
    };
    let tag = query.tag.as_deref().map(Tag::parse).transpose();
    let wanted = ListArtefacts {
        query: query.q,
        format: query.format.map(FormatId::new),
        category: query.category,
        tag: tag.map_err(|error| Problem::bad_request("bad_query", error.to_string()))?,
        sort,
        after: query.cursor.as_deref().map(read_cursor).transpose()?,
        limit: cursor::page_size(query.limit)?,
    };
    let page = list_artefacts(&state.context, caller.actor(), wanted).await?;
    let next = page
        .artefacts
        .last()
        .filter(|_| page.more)
        .map(write_cursor);
    let results = page
        .artefacts
        .iter()
        .map(|artefact| ArtefactView::new(artefact, caller))
        .collect();
    cacheable_json(
        &request.headers,
        &ArtefactList {
            results,
            count: page.count,
            next,
        },
    )
}

fn write_cursor(last: &Artefact) -> String {
    let changed = last.data_updated_at.as_micros().to_string();
    cursor::encode(&[
        &last.id.to_string(),
        &changed,
        last.name.as_str(),
        last.format.as_str(),
    ])
}

/// A cursor holds what the order of the list compares, and nothing else of the artefact.
fn read_cursor(text: &str) -> Result<Artefact, Problem> {
    let malformed = || {
        Problem::bad_request(
            "bad_cursor",
            "the cursor is not one that this listing has given",
        )
    };
    let [id, changed, name, format] = cursor::decode(text)?;
    let changed = Timestamp::from_micros(changed.parse().map_err(|_not_a_number| malformed())?);
    Ok(Artefact {
        id: id.parse().map_err(|_not_an_id| malformed())?,
        format: FormatId::new(format),
        name: cellier_model::ArtefactName::stored(name),
        category: String::new(),
        title: cellier_sdk::LocalizedText::default(),
        description: cellier_sdk::LocalizedText::default(),
        public: false,
        private_access: Vec::new(),
        owners: Vec::new(),
        retention: None,
        latest: None,
        size: 0,
        revision: 0,
        created_at: changed,
        updated_at: changed,
        data_updated_at: changed,
        deleted_at: None,
    })
}
