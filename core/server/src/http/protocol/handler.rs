//! From a request below a mount to its answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use cellier_model::StagedBlob;
use cellier_model::access::Actor;
use cellier_model::ports::FormatInfo;
use cellier_model::publish::Door;
use cellier_sdk::{Failure, Format, Outcome, ReadAt, Translation};

use crate::http::credential::Caller;
use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::problem_from::key_missing;
use crate::http::protocol::answer::send;
use crate::http::protocol::perform::perform;
use crate::http::protocol::refusal::Unworded;
use crate::http::protocol::registry::{NarrowedRegistry, Shown};
use crate::http::protocol::request::translate_request;
use crate::http::protocol::route;
use crate::http::upload::{refuse_declared_size, stage};
use crate::state::AppState;

/// Most bytes of a body that somebody without a credential may send: a question, or a password, but never a file.
const LARGEST_OF_ANYBODY: u64 = 1 << 20;

/// What a document may have around the files in it.
const AROUND_FILES: u64 = 8 << 20;

/// Everything that no route of ours takes: below the mount of a format it is the format's, else it is nothing.
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    request: Request,
) -> Response {
    let found = route::find(state.context.formats.all(), request.uri().path());
    let Some((format, below)) = found else {
        return Problem::not_found("there is nothing at this path").into_response();
    };
    if !format.enabled {
        let detail = format!("the format {} is disabled on this server", format.id);
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "format_disabled", detail)
            .into_response();
    }
    let asked = match translate_request(&state, format, below, &request) {
        Ok(asked) => asked,
        Err(problem) => return problem.into_response(),
    };
    let exchange = Exchange {
        format: format.clone(),
        state,
        asked,
        shown: Shown::default(),
    };
    match exchange.answer(caller, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// One request and everything that its answer needs.
struct Exchange {
    state: AppState,
    format: FormatInfo,
    asked: cellier_sdk::Request,
    shown: Shown,
}

/// An answer, or an outcome that the format has yet to word.
enum Worded {
    Response(cellier_sdk::Response),
    Not(Unworded),
}

impl Exchange {
    /// Fails only where the format itself has failed: then it cannot word anything either.
    async fn answer(
        &self,
        caller: Result<Caller, Problem>,
        request: Request,
    ) -> Result<Response, Problem> {
        let method = request.method().clone();
        let reads = matches!(method, Method::GET | Method::HEAD);
        // Conditions and ranges are about what a read gives.
        let headers = if reads {
            request.headers().clone()
        } else {
            HeaderMap::new()
        };
        let asked = Asked {
            method: &method,
            headers: &headers,
        };
        let worded = match caller {
            Err(problem) => Worded::Not(problem.into()),
            Ok(caller) if reads => self.serve(&caller).await?,
            Ok(caller) => self.write(&caller, request).await?,
        };
        let refused = match worded {
            Worded::Not(unworded) => return self.word(unworded).await,
            Worded::Response(answer) => match self.send(asked, answer).await {
                Err(problem) if problem.status().is_client_error() => problem,
                sent => return sent,
            },
        };
        self.word(refused.into()).await
    }

    /// Lets the format word an outcome in the dialect of its clients.
    async fn word(&self, unworded: Unworded) -> Result<Response, Problem> {
        let Unworded { outcome, headers } = unworded;
        let request = self.asked.clone();
        let word = move |format: &dyn Format| format.respond(&request, &outcome);
        let answer = self.state.formats.call(&self.format.id, word).await?;
        // The client's conditions, ranges and ways to its bytes are not about an outcome.
        let asked = Asked {
            method: &Method::POST,
            headers: &HeaderMap::new(),
        };
        let mut response = self.send(asked, answer).await?;
        for (name, value) in headers {
            response.headers_mut().entry(name).or_insert(value);
        }
        Ok(response)
    }

    async fn send(
        &self,
        asked: Asked<'_>,
        answer: cellier_sdk::Response,
    ) -> Result<Response, Problem> {
        send(&self.state, &self.shown, &self.format.id, asked, answer).await
    }

    async fn serve(&self, caller: &Caller) -> Result<Worded, Problem> {
        let registry = self.registry(caller);
        let asked = self.asked.clone();
        let serve = move |format: &dyn Format| format.serve(&asked, &registry);
        let served = self.state.formats.call(&self.format.id, serve).await?;
        Ok(match served {
            Ok(response) => Worded::Response(response),
            Err(failure) => Worded::Not(failure.into()),
        })
    }

    async fn write(&self, caller: &Caller, request: Request) -> Result<Worded, Problem> {
        let body = match self.stage(caller, request).await {
            Ok(body) => body,
            Err(problem) => return Ok(Worded::Not(problem.into())),
        };
        let changes = match self.translate(caller, &body).await? {
            Ok(Translation::Changes(changes)) => changes,
            Ok(Translation::Answer(response)) => return Ok(Worded::Response(*response)),
            Err(failure) => return Ok(Worded::Not(failure.into())),
        };
        let performed = perform(&self.state, caller, &self.format, &body, changes).await;
        Ok(Worded::Not(match performed {
            Ok(performed) => Outcome::Performed(performed).into(),
            Err(problem) => problem.into(),
        }))
    }

    /// Stages the body. Nobody without a credential gets a file as far as the disk.
    async fn stage(&self, caller: &Caller, request: Request) -> Result<StagedBlob, Problem> {
        let door = Door::Format(self.format.id.clone());
        let largest = self.format.largest_upload;
        // Files in base64 are larger by a third.
        let with_files = largest
            .saturating_add(largest / 3)
            .saturating_add(AROUND_FILES);
        let is_anybody = matches!(caller.actor(), Actor::Anonymous);
        let limit = if is_anybody {
            LARGEST_OF_ANYBODY
        } else {
            with_files
        };
        let declared = refuse_declared_size(&request, limit);
        let body = request.into_body().into_data_stream();
        let staged = match declared {
            Ok(()) => stage(&self.state, &door, limit, body).await,
            Err(problem) => Err(problem),
        };
        match staged {
            Err(problem) if is_anybody && problem.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(key_missing())
            }
            staged => staged,
        }
    }

    async fn translate(
        &self,
        caller: &Caller,
        body: &StagedBlob,
    ) -> Result<Result<Translation, Failure>, Problem> {
        let registry = self.registry(caller);
        let content = Arc::clone(body.content());
        let asked = self.asked.clone();
        let translate = move |format: &dyn Format| {
            let content: &dyn ReadAt = content.as_ref();
            format.translate(&asked, content, &registry)
        };
        let translated = self.state.formats.call(&self.format.id, translate);
        Ok(translated.await?)
    }

    fn registry(&self, caller: &Caller) -> NarrowedRegistry {
        NarrowedRegistry::new(&self.state, caller, &self.format, self.shown.clone())
    }
}
