//! From method and path to the endpoint.

use std::borrow::Cow;

use axum::extract::{FromRequestParts as _, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cellier_model::FormatId;
use cellier_model::publish::Door;
use cellier_model::read::ArtefactAddress;

use crate::http::artefacts::resource::{Part, Resource, decode, parse};
use crate::http::artefacts::{delete, edit, get, list, publish, put};
use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::{download, owners, tags, versions};
use crate::state::AppState;

/// The path of all artefacts.
const ROOT: &str = "/api/v1/artefacts";

/// Whether a path is that of the artefacts, or lies below it.
pub(crate) fn is_below(path: &str) -> bool {
    let rest = path.strip_prefix(ROOT);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers what is asked of artefacts.
///
/// To read is what is done most, and what it takes stands in the request's own place; all else takes much more room, and
/// gets a place when it is needed.
pub(crate) async fn route(state: &AppState, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match Caller::from_request_parts(&mut parts, state).await {
        Ok(caller) => caller,
        Err(refused) => return refused.into_response(),
    };
    let caller = &caller;
    let is_root = parts.uri.path() == ROOT;
    let answer = match parts.method {
        Method::GET | Method::HEAD if is_root => {
            Box::pin(list::handler(state, caller, &parts)).await
        }
        _ if is_root => Err(method_not_allowed("GET, HEAD")),
        Method::GET | Method::HEAD => read(state, caller, &parts).await,
        Method::POST => {
            let request = Request::from_parts(parts, body);
            Box::pin(post(state, caller, request)).await
        }
        Method::PUT => {
            let request = Request::from_parts(parts, body);
            Box::pin(put_to(state, caller, request)).await
        }
        _ => {
            let request = Request::from_parts(parts, body);
            Box::pin(change(state, caller, request)).await
        }
    };
    answer.into_response()
}

fn path_below(uri: &Uri) -> &str {
    let path = uri.path();
    let below = path.strip_prefix(ROOT).unwrap_or(path);
    below.strip_prefix('/').unwrap_or(below)
}

fn resource(state: &AppState, uri: &Uri) -> Result<Resource, Problem> {
    parse(path_below(uri), state.context.formats.as_ref()).ok_or_else(no_such_path)
}

fn no_such_path() -> Problem {
    Problem::not_found(
        "there is nothing at this path; names with a slash are written @scope%2Fname",
    )
}

/// Three doors for uploads, then what is done to a version.
async fn post(state: &AppState, caller: &Caller, request: Request) -> Result<Response, Problem> {
    let uri = request.uri().clone();
    let segments: Vec<Cow<'_, str>> = path_below(&uri)
        .split('/')
        .map(decode)
        .collect::<Option<_>>()
        .ok_or_else(no_such_path)?;
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        [name, "versions"] => publish::handler(state, caller, Door::Package, name, request).await,
        ["file", name] => publish::handler(state, caller, Door::File, name, request).await,
        [format, name] => {
            publish::handler(
                state,
                caller,
                Door::Format(FormatId::new(*format)),
                name,
                request,
            )
            .await
        }
        _ => {
            let Resource { artefact, part } = resource(state, request.uri())?;
            match part {
                Part::Yank(version) => {
                    versions::yank::handler(state, caller, &artefact, &version).await
                }
                Part::Restore(version) => {
                    versions::restore::handler(state, caller, &artefact, &version).await
                }
                other => Err(method_not_allowed(methods(&other))),
            }
        }
    }
}

async fn put_to(state: &AppState, caller: &Caller, request: Request) -> Result<Response, Problem> {
    let Resource { artefact, part } = resource(state, request.uri())?;
    match (part, artefact) {
        (Part::Version(version), ArtefactAddress::Exact { format, name }) => {
            put::handler(state, caller, format, &name, version, request).await
        }
        (Part::Version(_), ArtefactAddress::Short { .. }) => Err(Problem::not_found(
            "there is no such format; put to /artefacts/{format}/{name}/versions/{version}",
        )),
        (Part::Tag(tag), artefact) => {
            tags::set::handler(state, caller, &artefact, &tag, request).await
        }
        (Part::Owners, artefact) => owners::set::handler(state, caller, &artefact, request).await,
        (other, _) => Err(method_not_allowed(methods(&other))),
    }
}

async fn read(state: &AppState, caller: &Caller, parts: &Parts) -> Result<Response, Problem> {
    let Resource { artefact, part } = resource(state, &parts.uri)?;
    let artefact = &artefact;
    match part {
        Part::Download { selector } => {
            download::handler(state, caller, artefact, selector, parts).await
        }
        Part::VersionDownload(selector) => {
            download::handler(state, caller, artefact, Some(selector), parts).await
        }
        part => Box::pin(describe(state, caller, artefact, part, parts)).await,
    }
}

async fn describe(
    state: &AppState,
    caller: &Caller,
    artefact: &ArtefactAddress,
    part: Part,
    parts: &Parts,
) -> Result<Response, Problem> {
    match part {
        Part::Whole { selector } => get::handler(state, caller, artefact, selector, parts).await,
        Part::Versions => versions::list::handler(state, caller, artefact, parts).await,
        Part::Version(selector) => {
            versions::get::handler(state, caller, artefact, &selector, parts).await
        }
        Part::Tags => tags::list::handler(state, caller, artefact, parts).await,
        Part::Owners => owners::get::handler(state, caller, artefact).await,
        other => Err(method_not_allowed(methods(&other))),
    }
}

async fn change(state: &AppState, caller: &Caller, request: Request) -> Result<Response, Problem> {
    let Resource { artefact, part } = resource(state, request.uri())?;
    let artefact = &artefact;
    match (request.method(), part) {
        (&Method::PATCH, Part::Whole { selector: None }) => {
            edit::handler(state, caller, artefact, request).await
        }
        (&Method::DELETE, Part::Whole { selector: None }) => {
            delete::handler(state, caller, artefact, request.headers()).await
        }
        (&Method::DELETE, Part::Version(version)) => {
            versions::delete::handler(state, caller, artefact, &version).await
        }
        (&Method::DELETE, Part::Tag(tag)) => {
            tags::remove::handler(state, caller, artefact, &tag).await
        }
        (_, part) => Err(method_not_allowed(methods(&part))),
    }
}

fn methods(part: &Part) -> &'static str {
    match part {
        Part::Whole { .. } => "GET, HEAD, POST, PATCH, DELETE",
        Part::Download { .. } | Part::VersionDownload(_) | Part::Tags => "GET, HEAD",
        Part::Versions => "GET, HEAD, POST",
        Part::Version(_) => "GET, HEAD, PUT, DELETE",
        Part::Yank(_) | Part::Restore(_) => "POST",
        Part::Tag(_) => "PUT, DELETE",
        Part::Owners => "GET, HEAD, PUT",
    }
}

fn method_not_allowed(allowed: &'static str) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("allowed here: {allowed}"),
    )
    .header(header::ALLOW, HeaderValue::from_static(allowed))
}
