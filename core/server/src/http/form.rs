//! Forms of pages of ours.

use axum::extract::Request;
use axum::http::StatusCode;
use http_body_util::{BodyExt as _, Limited};

use crate::http::problem::Problem;

/// Most bytes that a form may have.
const LONGEST: usize = 16 << 10;

/// Reads a form that has these fields and no others; one that is left out is empty.
pub(crate) async fn read_form<const FIELDS: usize>(
    request: Request,
    names: [&str; FIELDS],
) -> Result<[String; FIELDS], Problem> {
    let body = Limited::new(request.into_body(), LONGEST)
        .collect()
        .await
        .map_err(|_too_long| {
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            Problem::new(status, "too_large", "the form may have at most 16 KiB")
        })?;
    let mut fields = names.map(|_| String::new());
    for (name, value) in url::form_urlencoded::parse(&body.to_bytes()) {
        let Some(index) = names.iter().position(|known| *known == name) else {
            let detail = format!("the form has a field that is none of {}", names.join(", "));
            return Err(Problem::bad_request("bad_form", detail));
        };
        fields[index] = value.into_owned();
    }
    Ok(fields)
}
