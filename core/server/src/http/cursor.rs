//! Cursors: where the next page of a listing starts, as text that clients hand back unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::http::problem::Problem;

/// Most items of a page.
pub(crate) const LARGEST_PAGE: u32 = 100;

/// Writes a cursor.
pub(crate) fn encode(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(parts.join("\u{1f}"))
}

/// Reads a cursor of so many parts.
pub(crate) fn decode<const PARTS: usize>(cursor: &str) -> Result<[String; PARTS], Problem> {
    let malformed = || {
        Problem::bad_request(
            "bad_cursor",
            "the cursor is not one that this listing has given",
        )
    };
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
