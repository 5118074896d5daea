//! Performing what a format has made of a write. The core decides; the format only said what should change.

mod payload;
mod steps;

use cellier_model::StagedBlob;
use cellier_model::ports::{FormatInfo, InspectError};
use cellier_model::publish::{Done, perform as perform_together};
use cellier_sdk::{Change, Performed};

use self::steps::Steps;
use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::upload::note_published;
use crate::state::AppState;

/// Most changes of one request.
const MOST_CHANGES: usize = 1000;

/// Performs all changes of a request together, or tells why nothing was changed.
pub(super) async fn perform(
    state: &AppState,
    caller: &Caller,
    format: &FormatInfo,
    body: &StagedBlob,
    changes: Vec<Change>,
) -> Result<Vec<Performed>, Problem> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    if changes.len() > MOST_CHANGES {
        let problem = format!("it made {} changes of one request", changes.len());
        return Err(broken(format, problem));
    }
    let steps = Steps::new(state, caller, format, body).of(changes).await?;
    let context = state.context.clone();
    let origin = caller.0.clone();
    // In a task of its own: a client that goes away must not leave changes half way.
    let work = async move { perform_together(&context, &origin, &steps).await };
    let done = match state.tasks.spawn(work).await {
        Ok(outcome) => outcome?,
        Err(error) => return Err(Problem::unavailable(&error)),
    };
    Ok(done.into_iter().map(performed).collect())
}

fn performed(done: Done) -> Performed {
    let Done::Published(published) = done else {
        return Performed::Done;
    };
    note_published(&published);
    Performed::Published {
        name: published.artefact.name.to_string(),
        version: published.release.version.version,
        already_there: published.already_there,
    }
}

/// The format has said what no format may say.
fn broken(format: &FormatInfo, problem: String) -> Problem {
    let format = format.id.clone();
    InspectError::Broken { format, problem }.into()
}
