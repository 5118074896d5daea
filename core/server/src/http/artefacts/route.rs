//! From method and path to the endpoint.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
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

/// `/api/v1/artefacts` itself.
pub(crate) async fn route_root(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Response {
    let (parts, _body) = request.into_parts();
    let answer = match parts.method {
        Method::GET | Method::HEAD => list::handler(&state, &caller, &parts).await,
        _ => Err(method_not_allowed("GET, HEAD")),
    };
    answer.into_response()
}

/// Everything below `/api/v1/artefacts/`.
pub(crate) async fn route(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Response {
    let answer = match *request.method() {
        Method::POST => post(&state, &caller, request).await,
        Method::PUT => put_to(&state, &caller, request).await,
        _ => read_or_change(&state, &caller, request).await,
    };
    answer.into_response()
}

fn path_below(request: &Request) -> &str {
    let path = request.uri().path();
    path.strip_prefix("/api/v1/artefacts/").unwrap_or(path)
}

fn resource(state: &AppState, request: &Request) -> Result<Resource, Problem> {
    parse(path_below(request), state.context.formats.as_ref()).ok_or_else(no_such_path)
}

fn no_such_path() -> Problem {
    Problem::not_found(
        "there is nothing at this path; names with a slash are written @scope%2Fname",
    )
}

/// Three doors for uploads, then what is done to a version.
async fn post(state: &AppState, caller: &Caller, request: Request) -> Result<Response, Problem> {
    let segments: Vec<String> = path_below(&request)
        .split('/')
        .map(decode)
        .collect::<Option<_>>()
        .ok_or_else(no_such_path)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
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
            let Resource { artefact, part } = resource(state, &request)?;
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
    let Resource { artefact, part } = resource(state, &request)?;
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

async fn read_or_change(
    state: &AppState,
    caller: &Caller,
    request: Request,
) -> Result<Response, Problem> {
    let Resource { artefact, part } = resource(state, &request)?;
    let allowed = methods(&part);
    let (parts, body) = request.into_parts();
    match (parts.method.clone(), part) {
        (Method::GET | Method::HEAD, part) => match part {
            Part::Whole { selector } => {
                get::handler(state, caller, &artefact, selector, &parts).await
            }
            Part::Download { selector } => {
                download::handler(state, caller, &artefact, selector, &parts).await
            }
            Part::Versions => versions::list::handler(state, caller, &artefact, &parts).await,
            Part::Version(selector) => {
                versions::get::handler(state, caller, &artefact, &selector, &parts).await
            }
            Part::VersionDownload(selector) => {
                download::handler(state, caller, &artefact, Some(selector), &parts).await
            }
            Part::Tags => tags::list::handler(state, caller, &artefact, &parts).await,
            Part::Owners => owners::get::handler(state, caller, &artefact).await,
            Part::Yank(_) | Part::Restore(_) | Part::Tag(_) => Err(method_not_allowed(allowed)),
        },
        (Method::PATCH, Part::Whole { selector: None }) => {
            edit::handler(state, caller, &artefact, Request::from_parts(parts, body)).await
        }
        (Method::DELETE, Part::Whole { selector: None }) => {
            delete::handler(state, caller, &artefact, &parts.headers).await
        }
        (Method::DELETE, Part::Version(version)) => {
            versions::delete::handler(state, caller, &artefact, &version).await
        }
        (Method::DELETE, Part::Tag(tag)) => {
            tags::remove::handler(state, caller, &artefact, &tag).await
        }
        _ => Err(method_not_allowed(allowed)),
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
