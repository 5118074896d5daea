//! From a request below a mount to its answer.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::{FormatId, StagedBlob};
use cellier_model::access::Actor;
use cellier_model::ports::FormatInfo;
use cellier_model::publish::Door;
use cellier_model::sessions::Visitor;
use cellier_sdk::{Change, Failure, Format, Outcome, ReadAt, Translation};

use crate::http::credential::{Caller, KEY_INVALID};
use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::problem_from::key_missing;
use crate::http::protocol::memo::{Entrance, Place, Trace};
use crate::http::protocol::perform::{only_sign_in, perform};
use crate::http::protocol::ready::{Ready, Sender};
use crate::http::protocol::refusal::Unworded;
use crate::http::protocol::registry::NarrowedRegistry;
use crate::http::protocol::request::translate_request;
use crate::http::protocol::route;
use crate::http::protocol::shown::Shown;
use crate::http::protocol::unpacked_body::{self, Fault, unpacked};
use crate::http::same_site::{cross_site, is_made_elsewhere};
use crate::http::upload::{refuse_declared_size, stage};
use crate::http::visit::visitor;
use crate::state::AppState;

/// Most bytes of a body that somebody without a credential may send: a question, or a password, but never a file.
const LARGEST_OF_ANYBODY: u64 = 1 << 20;

/// What a document may have around the files in it.
const AROUND_FILES: u64 = 8 << 20;

/// Everything that no route of ours takes: below the mount of a format it is the format's, else it is nothing.
pub(crate) async fn handler(State(state): State<AppState>, request: Request) -> Response {
    let uri = request.uri().clone();
    match route::find(state.context.formats.all(), uri.path()) {
        Some((format, below)) => speak(&state, format, Entrance::Mount, below, request).await,
        None => nothing(),
    }
}

/// Everything at a host that a format has to itself.
pub(crate) async fn at_host_root(
    state: &AppState,
    format: &FormatId,
    request: Request,
) -> Response {
    let uri = request.uri().clone();
    let path = uri.path();
    let below = path.strip_prefix('/').unwrap_or(path);
    match state.context.formats.get(format.as_str()) {
        Some(format) => speak(state, format, Entrance::HostRoot, below, request).await,
        None => nothing(),
    }
}

fn nothing() -> Response {
    Problem::not_found("there is nothing at this path").into_response()
}

/// Answers for a format, and lets those pages read a read that the operator lets.
async fn speak(
    state: &AppState,
    format: &FormatInfo,
    entrance: Entrance,
    below: &str,
    request: Request,
) -> Response {
    let cross_origin = &state.cross_origin;
    let (method, headers) = (request.method(), request.headers());
    if let Some(answer) = cross_origin.preflight(&format.id, method, headers) {
        return answer;
    }
    let origin = headers.get(header::ORIGIN).cloned();
    let reads = is_read(method);
    let mut response = if format.enabled {
        answer(state, format, entrance, below, request).await
    } else {
        let detail = format!("the format {} is disabled on this server", format.id);
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Problem::new(status, "format_disabled", detail).into_response()
    };
    if reads {
        cross_origin.let_read(&format.id, origin.as_ref(), response.headers_mut());
    }
    response
}

async fn answer(
    state: &AppState,
    format: &FormatInfo,
    entrance: Entrance,
    below: &str,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let uri = parts.uri.clone();
    let place = Place {
        format: &format.id,
        entrance,
        path: below,
        query: uri.query(),
    };
    let caller = Caller::from_request_parts(&mut parts, state).await;
    if let Ok(caller) = &caller
        && is_read(&parts.method)
    {
        let asked = Asked::from(&parts);
        if let Some(Ok(held)) = state.memo.answer(state, caller, &place, asked).await {
            return held;
        }
    }
    let asked = match translate_request(state, format, entrance, below, &parts) {
        Ok(asked) => asked,
        Err(problem) => return problem.into_response(),
    };
    let exchange = Exchange {
        format: format.clone(),
        asked,
        visitor: visitor(&parts, state),
        made_elsewhere: is_made_elsewhere(&parts.headers, &uri, state.public_url.as_ref()),
        shown: Shown::default(),
        trace: Trace::default(),
        state: state.clone(),
    };
    let request = Request::from_parts(parts, body);
    // In a place of its own: a held answer needs none of what this takes.
    match Box::pin(exchange.answer(caller, &place, request)).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// One request and everything that its answer needs.
pub(super) struct Exchange {
    pub(super) state: AppState,
    pub(super) format: FormatInfo,
    asked: cellier_sdk::Request,
    pub(super) visitor: Visitor,
    /// Whether a page of another site has a browser ask.
    made_elsewhere: bool,
    pub(super) shown: Shown,
    pub(super) trace: Trace,
}

/// An answer, or an outcome that the format has yet to word.
pub(super) enum Worded {
    Response(cellier_sdk::Response),
    Not(Unworded),
}

impl Exchange {
    /// Fails only where the format itself has failed: then it cannot word anything either.
    async fn answer(
        &self,
        caller: Result<Caller, Problem>,
        place: &Place<'_>,
        request: Request,
    ) -> Result<Response, Problem> {
        let reads = is_read(request.method());
        let worded = match caller {
            Err(refused) if refused.code() == KEY_INVALID => {
                self.answer_stale(refused, reads, request).await?
            }
            Err(problem) => Worded::Not(problem.into()),
            Ok(caller) if reads => {
                let (parts, _no_body) = request.into_parts();
                return match self.read(&caller, place, Asked::from(&parts)).await? {
                    Ok(response) => Ok(response),
                    Err(unworded) => self.word(unworded).await,
                };
            }
            Ok(caller) => self.write(&caller, request).await?,
        };
        match worded {
            Worded::Not(unworded) => self.word(unworded).await,
            Worded::Response(answer) => match self.send(answer).await {
                Err(problem) if problem.status().is_client_error() => {
                    self.word(problem.into()).await
                }
                sent => sent,
            },
        }
    }

    /// Lets the format word an outcome in the dialect of its clients.
    async fn word(&self, unworded: Unworded) -> Result<Response, Problem> {
        let Unworded { outcome, headers } = unworded;
        let request = self.asked.clone();
        let word = move |format: &dyn Format| format.respond(&request, &outcome);
        let answer = self.state.formats.call(&self.format.id, word).await?;
        let mut response = self.send(answer).await?;
        for (name, value) in headers {
            response.headers_mut().entry(name).or_insert(value);
        }
        Ok(response)
    }

    /// Sends what is no read: the client's conditions, ranges, codings and ways to its bytes are not about it.
    async fn send(&self, answer: cellier_sdk::Response) -> Result<Response, Problem> {
        let asked = Asked {
            method: &Method::POST,
            headers: &HeaderMap::new(),
        };
        let sender = Sender {
            state: &self.state,
            format: &self.format.id,
            again: false,
        };
        let ready = Ready::of(&self.format.id, &self.shown, answer)?;
        ready.send(sender, asked).await
    }

    pub(super) async fn serve(&self, registry: NarrowedRegistry) -> Result<Worded, Problem> {
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
        Ok(self.perform(caller, &body, changes).await)
    }

    pub(super) async fn perform(
        &self,
        caller: &Caller,
        body: &StagedBlob,
        changes: Vec<Change>,
    ) -> Worded {
        // Such a page could learn what only the program may know that somebody signs in for.
        if self.made_elsewhere && only_sign_in(&changes) {
            return Worded::Not(cross_site().into());
        }
        let caller = (caller, &self.visitor);
        let performed = perform(&self.state, caller, &self.format, body, changes).await;
        Worded::Not(match performed {
            Ok(performed) => Outcome::Performed(performed).into(),
            Err(problem) => problem.into(),
        })
    }

    /// Stages the body. Nobody without a credential gets a file as far as the disk.
    pub(super) async fn stage(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<StagedBlob, Problem> {
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
        let staged = self.stage_up_to(limit, &door, request).await;
        match staged {
            Err(problem) if is_anybody && problem.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(key_missing())
            }
            staged => staged,
        }
    }

    async fn stage_up_to(
        &self,
        limit: u64,
        door: &Door,
        request: Request,
    ) -> Result<StagedBlob, Problem> {
        refuse_declared_size(&request, limit)?;
        let is_packed = unpacked_body::is_packed(request.headers())?;
        let body = request.into_body().into_data_stream();
        if !is_packed {
            return stage(&self.state, door, limit, body).await;
        }
        let fault = Fault::default();
        let body = unpacked(body, fault.clone());
        let staged = stage(&self.state, door, limit, body).await;
        staged.map_err(|problem| fault.problem().unwrap_or(problem))
    }

    pub(super) async fn translate(
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

    pub(super) fn registry(&self, caller: &Caller) -> NarrowedRegistry {
        let (shown, trace) = (self.shown.clone(), self.trace.clone());
        NarrowedRegistry::new(&self.state, caller, &self.format, shown, trace)
    }
}
