//! Cursors: where the next page of a listing starts, as text that clients hand back unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cellier_model::Id;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::problem::Problem;

/// Most items of a page.
pub(crate) const LARGEST_PAGE: u32 = 100;

/// Writes a cursor.
pub(crate) fn encode(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(parts.join("\u{1f}"))
}

/// Reads a cursor of so many parts.
pub(crate) fn decode<const PARTS: usize>(cursor: &str) -> Result<[String; PARTS], Problem> {
    let bytes = URL_SAFE_NO_PAD
        .decode(cursor)
        .map_err(|_not_base64| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_not_utf8| malformed())?;
    if text.contains('\0') {
        return Err(malformed());
    }
    let parts: Vec<String> = text.split('\u{1f}').map(str::to_owned).collect();
    parts.try_into().map_err(|_wrong_number| malformed())
}

/// Cuts off the item that a page was read beyond its size to see whether more follow; gives the items and, if more do, the
/// cursor that goes on after the last of them.
pub(crate) fn cut<Item>(
    mut items: Vec<Item>,
    size: u32,
    key: impl FnOnce(&Item) -> String,
) -> (Vec<Item>, Option<String>) {
    let more = items.len() > size as usize;
    items.truncate(size as usize);
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| encode(&[&key(last)]));
    (items, next)
}

/// Reads a cursor that holds an identifier.
pub(crate) fn id<Kind>(cursor: Option<&str>) -> Result<Option<Id<Kind>>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let [id] = decode(cursor)?;
    let id = id.parse().map_err(|_not_an_id| malformed())?;
    Ok(Some(id))
}

/// Reads a cursor that holds a name.
pub(crate) fn name(cursor: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let [name] = decode(cursor)?;
    Ok(Some(name))
}

fn malformed() -> Problem {
    Problem::bad_request(
        "bad_cursor",
        "the cursor is not one that this listing has given",
    )
}

/// The size of a page: what is asked for, within 1 and [`LARGEST_PAGE`].
pub(crate) fn page_size(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(20),
        Some(limit @ 1..=LARGEST_PAGE) => Ok(limit),
        Some(limit) => Err(Problem::bad_request(
            "bad_query",
            format!("limit = {limit}: allowed is 1 to {LARGEST_PAGE}"),
        )),
    }
}

/// Which page of a listing that has no other questions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// 1 to 100 items a page; 20 if not said.
    pub(crate) limit: Option<u32>,
    /// The `next` of the page before.
    pub(crate) cursor: Option<String>,
}
