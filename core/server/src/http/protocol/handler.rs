//! From a request below a mount to its answer.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use cellier_model::ports::FormatInfo;
use cellier_model::publish::Door;
use cellier_sdk::{Failure, Outcome, ReadAt, Refusal, Translation};

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::protocol::answer::send;
use crate::http::protocol::perform::perform;
use crate::http::protocol::registry::{NarrowedRegistry, Shown};
use crate::http::protocol::request::translate_request;
use crate::http::upload::{refuse_declared_size, stage};
use crate::state::AppState;

/// Everything that no route of ours takes: below the mount of a format it is the format's, else it is nothing.
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Response {
    let mount = request
        .uri()
        .path()
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let mounted = |format: &&FormatInfo| format.descriptor.mount_segment() == Some(mount);
    let Some(format) = state.context.formats.all().iter().find(mounted).cloned() else {
        return Problem::not_found("there is nothing at this path").into_response();
    };
    if !format.enabled {
        let detail = format!("the format {} is disabled on this server", format.id);
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "format_disabled", detail)
            .into_response();
    }
    let exchange = Exchange {
        state,
        caller,
        format,
        shown: Shown::default(),
    };
    match exchange.answer(request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// One request and everything that its answer needs.
struct Exchange {
    state: AppState,
    caller: Caller,
    format: FormatInfo,
    shown: Shown,
}

impl Exchange {
    async fn answer(&self, request: Request) -> Result<Response, Problem> {
        let asked = translate_request(&self.state, &self.format, &request)?;
        let headers = request.headers().clone();
        let outcome = if matches!(*request.method(), Method::GET | Method::HEAD) {
            self.serve(&asked).await?
        } else {
            self.write(&asked, request).await?
        };
        let answer = match outcome {
            Worded::Response(response) => response,
            Worded::Outcome(outcome) => {
                let asked = asked.clone();
                self.state
                    .formats
                    .call(&self.format.id, move |format| {
                        format.respond(&asked, &outcome)
                    })
                    .await?
            }
        };
        send(&self.state, &self.shown, &self.format.id, &headers, answer).await
    }

    async fn serve(&self, asked: &cellier_sdk::Request) -> Result<Worded, Problem> {
        let registry = self.registry();
        let asked = asked.clone();
        let served = self
            .state
            .formats
            .call(&self.format.id, move |format| {
                format.serve(&asked, &registry)
            })
            .await?;
        Ok(match served {
            Ok(response) => Worded::Response(response),
            Err(failure) => Worded::Outcome(Outcome::Refused(refusal(failure))),
        })
    }

    async fn write(
        &self,
        asked: &cellier_sdk::Request,
        request: Request,
    ) -> Result<Worded, Problem> {
        let limit = self.format.largest_upload;
        refuse_declared_size(&request, limit)?;
        let door = Door::Format(self.format.id.clone());
        let body = request.into_body().into_data_stream();
        let staged = stage(&self.state, &door, limit, body).await?;

        let registry = self.registry();
        let content = std::sync::Arc::clone(staged.content());
        let asked = asked.clone();
        let translated = self.state.formats.call(&self.format.id, move |format| {
            let content: &dyn ReadAt = content.as_ref();
            format.translate(&asked, content, &registry)
        });
        Ok(match translated.await? {
            Ok(Translation::Answer(response)) => Worded::Response(*response),
            Ok(Translation::Changes(changes)) => Worded::Outcome(
                perform(&self.state, &self.caller, &self.format, &staged, changes).await,
            ),
            Err(failure) => Worded::Outcome(Outcome::Refused(refusal(failure))),
        })
    }

    fn registry(&self) -> NarrowedRegistry {
        NarrowedRegistry::new(&self.state, &self.caller, &self.format, self.shown.clone())
    }
}

/// An answer, or an outcome that the format has yet to word.
enum Worded {
    Response(cellier_sdk::Response),
    Outcome(Outcome),
}

fn refusal(failure: Failure) -> Refusal {
    let detail = failure.to_string();
    let (status, code, findings) = match failure {
        Failure::NotFound => (404, "not_found", Vec::new()),
        Failure::MethodNotAllowed(_) => (405, "method_not_allowed", Vec::new()),
        Failure::BadRequest(_) => (400, "bad_request", Vec::new()),
        Failure::Invalid(findings) => (422, "refused", findings),
        Failure::CredentialNeeded => (401, "key_missing", Vec::new()),
        Failure::Unreadable(error) => {
            tracing::error!(%error, "a format could not read from the registry: {error}");
            (503, "unavailable", Vec::new())
        }
    };
    Refusal {
        status,
        code: code.to_owned(),
        detail,
        findings,
    }
}
