//! Performing what a format has made of a write. The core decides; the format only said what should change.

use bytes::Bytes;
use cellier_model::change::{
    ChangeError, EditArtefact, delete_artefact, delete_version, edit_artefact, remove_tag,
    restore_version, set_tag, yank_version,
};
use cellier_model::ports::FormatInfo;
use cellier_model::publish::{Claims, Door, PublishRequest, may_begin, publish};
use cellier_model::read::ArtefactAddress;
use cellier_model::{FileName, InvalidText, StagedBlob, Tag, Variant};
use cellier_sdk::{Change, NewFile, Outcome, Payload, Performed, ReadAtExt as _, Refusal};

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::state::AppState;

/// How much of a body is copied at a time.
const PIECE: usize = 256 * 1024;

/// Performs a change, or tells why nothing was changed.
pub(super) async fn perform(
    state: &AppState,
    caller: &Caller,
    format: &FormatInfo,
    body: &StagedBlob,
    changes: Vec<Change>,
) -> Outcome {
    let mut changes = changes.into_iter();
    let outcome = match (changes.next(), changes.next()) {
        (None, _) => Ok(Performed::Done),
        (Some(change), None) => {
            perform_one(
                &Performing {
                    state,
                    caller,
                    format,
                    body,
                },
                change,
            )
            .await
        }
        (Some(_), Some(_)) => Err(not_yet("several changes in one request")),
    };
    match outcome {
        Ok(performed) => Outcome::Performed(vec![performed]),
        Err(problem) => Outcome::Refused(Refusal {
            status: problem.status().as_u16(),
            code: problem.code().to_owned(),
            detail: problem.detail().to_owned(),
            findings: problem.into_findings(),
        }),
    }
}

struct Performing<'a> {
    state: &'a AppState,
    caller: &'a Caller,
    format: &'a FormatInfo,
    body: &'a StagedBlob,
}

async fn perform_one(performing: &Performing<'_>, change: Change) -> Result<Performed, Problem> {
    let Performing {
        state,
        caller,
        format,
        ..
    } = performing;
    let context = &state.context;
    let origin = &caller.0;
    let address = |name: String| ArtefactAddress::Exact {
        format: format.id.clone(),
        name,
    };
    let tag_of = |tag: &str| Tag::parse(tag).map_err(|error| bad_text(&error));
    match change {
        Change::Publish {
            name,
            version,
            files,
            tags,
        } => {
            return publish_one(performing, name, version, files, tags).await;
        }
        Change::Tag { name, tag, version } => {
            set_tag(context, origin, &address(name), &tag_of(&tag)?, &version)
                .await
                .map(drop)
        }
        Change::Untag { name, tag } => {
            remove_tag(context, origin, &address(name), &tag_of(&tag)?).await
        }
        Change::Yank {
            name,
            version,
            yanked: true,
        } => yank_version(context, origin, &address(name), &version)
            .await
            .map(drop),
        Change::Yank {
            name,
            version,
            yanked: false,
        } => restore_version(context, origin, &address(name), &version)
            .await
            .map(drop),
        Change::Unpublish {
            name,
            version: Some(version),
        } => delete_version(context, origin, &address(name), &version).await,
        Change::Unpublish {
            name,
            version: None,
        } => delete_artefact(context, origin, &address(name), None).await,
        Change::SetMetadata {
            name,
            title,
            description,
        } => {
            let edit = EditArtefact {
                title,
                description,
                ..EditArtefact::default()
            };
            edit_artefact(context, origin, &address(name), edit)
                .await
                .map(drop)
        }
        _ => return Err(not_yet("this change")),
    }
    .map_err(|error: ChangeError| Problem::from(error))?;
    Ok(Performed::Done)
}

async fn publish_one(
    performing: &Performing<'_>,
    name: String,
    version: Option<String>,
    files: Vec<NewFile>,
    tags: Vec<String>,
) -> Result<Performed, Problem> {
    let Performing {
        state,
        caller,
        format,
        body,
    } = performing;
    let door = Door::Format(format.id.clone());
    may_begin(&state.context, caller.actor(), &door, &name)?;
    let mut files = files.into_iter();
    let (Some(file), None) = (files.next(), files.next()) else {
        return Err(not_yet("several files in one request"));
    };
    let mut tags = tags.into_iter();
    let (tag, None) = (tags.next(), tags.next()) else {
        return Err(not_yet("several tags in one request"));
    };
    let staged = cut_out(state, format, body, &file.payload).await?;
    check_digests(&staged, &file)?;

    let claims = Claims {
        version,
        variant: file
            .variant
            .as_deref()
            .map(Variant::parse)
            .transpose()
            .map_err(|error| bad_text(&error))?,
        tags: tag
            .iter()
            .map(|tag| Tag::parse(tag))
            .collect::<Result<_, _>>()
            .map_err(|error| bad_text(&error))?,
        file_name: Some(FileName::parse(&file.name).map_err(|error| bad_text(&error))?),
        ..Claims::default()
    };
    let request = PublishRequest {
        origin: caller.0.clone(),
        door,
        name,
        claims,
        staged,
    };
    let published = publish(&state.context, &request).await?;
    Ok(Performed::Published {
        name: published.artefact.name.to_string(),
        version: published.release.version.version,
        already_there: published.already_there,
    })
}

/// A file's own bytes, staged by themselves.
async fn cut_out(
    state: &AppState,
    format: &FormatInfo,
    body: &StagedBlob,
    payload: &Payload,
) -> Result<StagedBlob, Problem> {
    let range = match payload {
        Payload::Raw(range) if *range == (0..body.size()) => return Ok(body.clone()),
        Payload::Raw(range) => range.clone(),
        Payload::Base64(_) => return Err(not_yet("files in base64")),
    };
    let mut staging = state
        .context
        .blobs
        .stage(format.descriptor.digests())
        .await?;
    let mut offset = range.start;
    while offset < range.end.min(body.size()) {
        let most = usize::try_from(range.end - offset).map_or(PIECE, |rest| rest.min(PIECE));
        let content = std::sync::Arc::clone(body.content());
        let read = tokio::task::spawn_blocking(move || content.read_range(offset, most));
        let piece = read.await.map_err(|error| Problem::unavailable(&error))?;
        let piece = piece.map_err(|error| Problem::unavailable(&error))?;
        offset += piece.len() as u64;
        staging.write(Bytes::from(piece)).await?;
    }
    Ok(staging.finish().await?)
}

fn check_digests(staged: &StagedBlob, file: &NewFile) -> Result<(), Problem> {
    for expected in &file.expected {
        if staged
            .digest(expected.algorithm())
            .is_some_and(|found| found != *expected)
        {
            let detail = format!(
                "the file {} does not have the digest that the client gave",
                file.name
            );
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Problem::new(status, "integrity_mismatch", detail));
        }
    }
    Ok(())
}

fn bad_text(error: &InvalidText) -> Problem {
    Problem::bad_request("bad_text", error.to_string())
}

fn not_yet(what: &str) -> Problem {
    let detail = format!("{what}: this server does not perform that yet");
    Problem::new(
        axum::http::StatusCode::NOT_IMPLEMENTED,
        "not_implemented",
        detail,
    )
}
