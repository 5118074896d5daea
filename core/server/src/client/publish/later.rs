//! Uploads that are answered with 202: asking until it is known what became of them.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;

use crate::client::publish::Published;
use crate::client::{ClientError, Connection, Patience, Progress, Refusal};

/// How long the first pause between two questions is; each later one is half as long again, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How many times it is asked: for about an hour, which is as long as a registry keeps the outcome.
const MOST_QUESTIONS: u32 = 720;

/// What became of an upload.
pub(super) enum Outcome {
    /// It is published.
    Published(Box<Published>),
    /// The server does not know it any more: it was restarted, or another one answers. Publishing again tells.
    Forgotten,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", tag = "status")]
enum State {
    Pending,
    Published {
        result: Value,
        #[serde(default, rename = "alreadyThere")]
        already_there: bool,
    },
    Refused {
        problem: Value,
    },
}

/// Asks until it is known what became of an upload, whose 202 had these headers.
pub(super) async fn wait_for(
    connection: &Connection,
    headers: &HeaderMap,
    patience: &mut Patience,
    progress: &Progress,
) -> Result<Outcome, ClientError> {
    let location = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let id = location
        .and_then(|location| location.rsplit('/').next())
        .filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let Some(id) = id else {
        let problem = "the registry answers 202 and does not say where to ask for the outcome";
        return Err(ClientError::Unsound(problem.to_owned()));
    };
    let url = connection.server().api(&["uploads", id]);
    progress.note("everything has arrived; the registry is looking at it");
    let mut pause = FIRST_PAUSE;
    for _ in 0..MOST_QUESTIONS {
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        let answer = match connection.get(&url, &HeaderMap::new()).await {
            Ok(answer) => answer,
            Err(ClientError::Refused(refusal)) if refusal.status == 404 => {
                return Ok(Outcome::Forgotten);
            }
            Err(error) => {
                patience.wait_after(error, progress).await?;
                continue;
            }
        };
        match connection.json(answer).await? {
            State::Pending => {}
            State::Published {
                result,
                already_there,
            } => {
                let published = Published::read(result, already_there)?;
                return Ok(Outcome::Published(Box::new(published)));
            }
            State::Refused { problem } => return Err(refused(connection, problem)),
        }
    }
    Err(ClientError::Unsound(
        "the registry is still looking at the upload after an hour; publishing it again tells what became of it".to_owned(),
    ))
}

fn refused(connection: &Connection, problem: Value) -> ClientError {
    let status = problem.get("status").and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let refusal = Refusal::of_problem(status.unwrap_or(422), problem);
    ClientError::Refused(Box::new(connection.explain(refusal)))
}
