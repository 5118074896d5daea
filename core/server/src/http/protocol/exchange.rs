//! From a request to its answer: what the format says, what the core does, and what the format says of that.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use cellier_model::StagedBlob;
use cellier_model::ports::FormatInfo;
use cellier_model::sessions::Visitor;
use cellier_sdk::{Change, Failure, Format, Outcome, ReadAt, Translation};

use crate::http::credential::{Caller, KEY_INVALID};
use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::protocol::handler::is_read;
use crate::http::protocol::memo::{Place, Trace};
use crate::http::protocol::perform::{only_sign_in, perform};
use crate::http::protocol::ready::{Ready, Sender};
use crate::http::protocol::refusal::Unworded;
use crate::http::protocol::registry::NarrowedRegistry;
use crate::http::protocol::shown::Shown;
use crate::http::same_site::cross_site;
use crate::state::AppState;

/// One request and everything that its answer needs.
pub(super) struct Exchange {
    pub(super) state: AppState,
    pub(super) format: FormatInfo,
    pub(super) asked: cellier_sdk::Request,
    pub(super) visitor: Visitor,
    /// Whether a page of another site has a browser ask.
    pub(super) made_elsewhere: bool,
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
    pub(super) async fn answer(
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
