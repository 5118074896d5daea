//! The protocol of npm's clients, as npm, pnpm, yarn and bun speak it below `/npm`.
//!
//! `route` says what lies at a path, `read` answers what is read there, `write` says what a write means and `respond` words
//! what became of it. What has no answer of its own is worded as `error` has it, which is how those clients print it.

mod error;
mod read;
mod respond;
mod route;
mod write;

use cellier_sdk::{Failure, Outcome, ReadAt, Registry, Request, Response, Translation};

use self::route::Route;

/// Answers a read.
pub(crate) fn serve(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let route = Route::of_request(request)?;
    read::serve(&route, request, registry)
}

/// Says what a write means.
pub(crate) fn translate(
    request: &Request,
    body: &dyn ReadAt,
    registry: &dyn Registry,
) -> Result<Translation, Failure> {
    let answer = match Route::of_request(request)? {
        Route::Advisories | Route::Audits => read::no_advisories(),
        Route::Foreign(foreign) => error::foreign(foreign),
        route => return write::translate(&route, request, body, registry),
    };
    Ok(Translation::Answer(Box::new(answer)))
}

/// Words an outcome as npm's clients print it.
pub(crate) fn respond(request: &Request, outcome: &Outcome) -> Response {
    respond::respond(Route::of_request(request).ok().as_ref(), request, outcome)
}
