//! Whether everybody may see a package.

use cellier_sdk::{Change, Failure, ReadAt, Translation};
use serde_json::Value;

use super::super::error::error;
use super::super::route::Package;
use super::{answer, body, changes};
use crate::codes;

/// Makes a package public or private. npm also asks here for second factors, which there are none of.
pub(super) fn set(package: &Package<'_>, body: &dyn ReadAt) -> Result<Translation, Failure> {
    let wanted = body::object(body)?;
    let public = match wanted.get("access").and_then(Value::as_str) {
        Some("public") => true,
        Some("restricted" | "private") => false,
        _ if wanted.contains_key("publish_requires_tfa") => {
            let sentence = "this registry has no second factors, so none can be asked for";
            return Ok(answer(error(404, sentence)));
        }
        _ => {
            let message = "access is neither public nor restricted";
            return Err(Failure::Invalid(vec![codes::NOT_A_REQUEST.error(message)]));
        }
    };
    Ok(changes([Change::SetAccess {
        name: package.name().to_owned(),
        public,
    }]))
}
