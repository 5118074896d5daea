//! Publishing: a file is streamed from disk to the registry, and what the registry stored is compared with what was sent.
//!
//! An upload whose answer got lost is whole or absent, and publishing the same bytes again is answered with what is there.
//! So a lost connection is no reason to give up.

mod answer;
mod later;
mod package_name;
mod source;
mod upload;

use std::path::PathBuf;

use axum::http::StatusCode;

pub(crate) use self::answer::Published;
use self::later::{Outcome, wait_for};
use self::package_name::name_inside;
use self::source::{Source, State};
pub(crate) use self::upload::Claims;
use self::upload::Upload;
use crate::client::{ClientError, Connection, Patience, Progress, Word, on_disk, words};

/// A file that is to be published.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its name in the registry; without it the one that stands inside a package.
    pub(crate) name: Option<Word>,
    /// What is said about it.
    pub(crate) claims: Claims,
}

/// Publishes a file, trying again where it fails for a passing reason.
pub(crate) async fn publish(
    connection: &Connection,
    wanted: Wanted,
    mut patience: Patience,
    progress: &Progress,
) -> Result<Published, ClientError> {
    let upload = prepare(wanted).await?;
    let mut may_answer_later = true;
    loop {
        let attempt = attempt(
            connection,
            &upload,
            may_answer_later,
            &mut patience,
            progress,
        );
        match attempt.await {
            Ok(Outcome::Published(published)) => return Ok(*published),
            Ok(Outcome::Forgotten) if may_answer_later => {
                progress.note("the registry forgot about the upload: sending it again");
                may_answer_later = false;
            }
            Ok(Outcome::Forgotten) => {
                let problem = "the registry forgot about the upload twice; its log may tell why";
                return Err(ClientError::Unsound(problem.to_owned()));
            }
            Err(error) => patience.wait_after(error, progress).await?,
        }
    }
}

/// Looks at the file, and into it where its name is not said.
async fn prepare(wanted: Wanted) -> Result<Upload, ClientError> {
    let Wanted { file, name, claims } = wanted;
    let source = Source::look(&file)?;
    let name = if let Some(name) = name {
        name
    } else {
        let inside = on_disk(move || name_inside(&file)).await?;
        inside.parse().map_err(|error| {
            ClientError::Unable(format!("the name inside is {inside:?}: {error}"))
        })?
    };
    Ok(Upload {
        source,
        name,
        claims,
    })
}

async fn attempt(
    connection: &Connection,
    upload: &Upload,
    may_answer_later: bool,
    patience: &mut Patience,
    progress: &Progress,
) -> Result<Outcome, ClientError> {
    let doing = format!("sending {}", upload.source.path().display());
    let travel = progress.start(&doing, 0, upload.source.size());
    let sending = upload.source.send(travel);
    let state = std::sync::Arc::clone(&sending.state);
    let url = upload.url(connection.server());
    let headers = upload.headers(may_answer_later)?;
    let answered = connection
        .post(&url, upload.form(sending), headers, || state.sent())
        .await;
    // What is wrong with the file explains the broken request, not the other way round.
    if let Some(Err(problem)) = state.end() {
        let doing = format!("send {}", upload.source.path().display());
        return Err(ClientError::local(doing)(std::io::Error::other(
            problem.clone(),
        )));
    }
    let answer = answered?;
    let outcome = if answer.status() == StatusCode::ACCEPTED {
        let headers = answer.headers().clone();
        drop(answer);
        wait_for(connection, &headers, patience, progress).await?
    } else {
        let already_there = answer.status() == StatusCode::OK;
        let body = connection.json(answer).await?;
        Outcome::Published(Box::new(Published::read(body, already_there)?))
    };
    if let Outcome::Published(published) = &outcome {
        expect_same_bytes(&state, published)?;
    }
    Ok(outcome)
}

/// The registry must have stored the bytes that were sent.
fn expect_same_bytes(state: &State, published: &Published) -> Result<(), ClientError> {
    let Some(Ok(sent)) = state.end() else {
        let problem = "the registry says that it has published the file before all of it was sent";
        return Err(ClientError::Unsound(problem.to_owned()));
    };
    if published.sha256 == sent.to_hex() {
        return Ok(());
    }
    Err(ClientError::Unsound(format!(
        "the registry has stored other bytes than were sent: SHA-256 {} there, {sent} here; something between the two \
         changes them, so yank {} {} and look for it",
        words::printable(&published.sha256),
        words::printable(&published.name),
        words::printable(&published.version),
    )))
}
