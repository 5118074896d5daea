//! Documents, and parts of documents, that are small enough to be held.

use cellier_sdk::{Finding, ReadAt, ReadAtExt as _};
use serde_json::{Map, Value};

use super::{LARGEST_PART, Trouble};
use crate::codes;
use crate::manifest::json;

/// Reads JSON that every program reads alike.
pub(super) fn parse(text: &[u8], what: &str) -> Result<Value, Trouble> {
    let (value, mistakes) = json::parse(text)
        .map_err(|error| not_a_request(format!("{what} cannot be read: {error}")))?;
    match mistakes.first() {
        None => Ok(value),
        Some(mistake) => Err(not_a_request(format!("{what}: {mistake}")).into()),
    }
}

/// Reads a body that is one small object.
pub(in crate::protocol::write) fn object(body: &dyn ReadAt) -> Result<Map<String, Value>, Trouble> {
    match whole(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(not_a_request("the body is not an object".to_owned()).into()),
    }
}

/// Reads a body that is one small text, in JSON.
pub(in crate::protocol::write) fn text(body: &dyn ReadAt) -> Result<String, Trouble> {
    match whole(body)? {
        Value::String(text) => Ok(text),
        _ => Err(not_a_request("the body is not a text".to_owned()).into()),
    }
}

fn whole(body: &dyn ReadAt) -> Result<Value, Trouble> {
    if body.size() > LARGEST_PART {
        let message = format!("the body has more than {LARGEST_PART} bytes");
        return Err(not_a_request(message).into());
    }
    let most = usize::try_from(LARGEST_PART).unwrap_or(usize::MAX);
    parse(&body.read_head(most)?, "the body")
}

/// That the body is not what npm's clients send.
pub(super) fn not_a_request(message: String) -> Finding {
    codes::NOT_A_REQUEST.error(message)
}
