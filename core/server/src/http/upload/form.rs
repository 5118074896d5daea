//! Reading `multipart/form-data` (RFC 7578): one file and some text parts, in any order.

use std::io;

use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use cellier_model::publish::Door;
use cellier_model::{FileName, StagedBlob};
use futures_util::StreamExt as _;

use crate::http::incoming::{broken_body, io_error};
use crate::http::problem::Problem;
use crate::http::upload::TextParts;
use crate::http::upload::paced::{PacedBody, Unused};
use crate::http::upload::stage::{stage, too_large};
use crate::state::AppState;

/// Parts that a form may have.
const MOST_PARTS: usize = 16;

/// Bytes that a text part may have.
const LONGEST_TEXT: usize = 1 << 20;

/// Bytes that a form may have beside its file.
const AROUND_THE_FILE: u64 = 4 << 20;

/// Reads a form: its text parts, and its file staged.
pub(crate) async fn read_form(
    state: &AppState,
    door: &Door,
    limit: u64,
    request: Request,
) -> Result<(TextParts, StagedBlob), Problem> {
    refuse_declared_size(&request, limit.saturating_add(AROUND_THE_FILE))?;
    let unused = Unused::default();
    let mut form = open(request, unused.clone()).await?;
    let mut texts = TextParts::default();
    let mut file = None;
    let mut parts = 0;
    while let Some(field) = form.next_field().await.map_err(|error| malformed(&error))? {
        unused.made_use();
        parts += 1;
        if parts > MOST_PARTS {
            return Err(Problem::bad_request(
                "bad_form",
                format!("the form has more than {MOST_PARTS} parts"),
            ));
        }
        match field.name().map(str::to_owned) {
            Some(name) if name == "file" => {
                if file.is_some() {
                    return Err(Problem::bad_request(
                        "bad_form",
                        "the form has two parts called file; send one a request",
                    ));
                }
                file = Some(read_file(state, door, limit, &mut texts, field, &unused).await?);
            }
            Some(name) => {
                let text = read_text(&name, field, &unused).await?;
                texts.take(&name, &text)?;
            }
            None => {
                return Err(Problem::bad_request(
                    "bad_form",
                    "a part of the form has no name",
                ));
            }
        }
    }
    let file = file.ok_or_else(|| {
        Problem::bad_request(
            "no_file",
            "the form has no part called file: with curl, -F file=@package.tgz",
        )
    })?;
    Ok((texts, file))
}

/// A body that says it is too large is refused before it is read.
pub(crate) fn refuse_declared_size(request: &Request, limit: u64) -> Result<(), Problem> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let declared = declared.and_then(|text| text.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > limit) {
        Err(too_large(limit))
    } else {
        Ok(())
    }
}

async fn open(request: Request, unused: Unused) -> Result<Multipart, Problem> {
    let mut request = request.map(|body| Body::from_stream(PacedBody::new(body, unused)));
    // The size is counted where the file is staged; axum's own default of 2 MiB is for forms in memory.
    DefaultBodyLimit::disable().apply(&mut request);
    Multipart::from_request(request, &()).await.map_err(|_not_a_form| {
        let detail = "the body must be multipart/form-data with a part called file: with curl, -F file=@package.tgz";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_form", detail)
    })
}

async fn read_file(
    state: &AppState,
    door: &Door,
    limit: u64,
    texts: &mut TextParts,
    field: Field<'_>,
    unused: &Unused,
) -> Result<StagedBlob, Problem> {
    if texts.claims.file_name.is_none() {
        texts.claims.file_name = field
            .file_name()
            .map(|name| FileName::lenient(name, "file"));
    }
    texts.claims.media_type = field.content_type().and_then(|kind| kind.parse().ok());
    let door = match (&texts.claims.format, door) {
        (Some(format), Door::Package | Door::File) => Door::Format(format.clone()),
        (_, door) => door.clone(),
    };
    let pieces = field.inspect(|_piece| unused.made_use());
    stage(state, &door, limit, pieces).await
}

async fn read_text(name: &str, mut field: Field<'_>, unused: &Unused) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| malformed(&error))? {
        unused.made_use();
        if bytes.len() + piece.len() > LONGEST_TEXT {
            let shown: String = name.chars().take(64).collect();
            let detail = format!("the text part {shown:?} has more than 1 MiB");
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                detail,
            ));
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes)
        .map_err(|_not_utf8| Problem::bad_request("bad_part", "a text part is not UTF-8"))
}

fn malformed(error: &MultipartError) -> Problem {
    if io_error(error) == Some(io::ErrorKind::FileTooLarge) {
        let detail =
            "the headers of a part of the form, or what stands before its first part, are too long";
        return Problem::bad_request("bad_form", detail);
    }
    broken_body(error)
}
