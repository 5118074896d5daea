//! The protocol of npm's clients, as npm, pnpm, yarn and bun speak it below `/npm`.
//!
//! `route` says what lies at a path, `read` answers what is read there. What has no answer of its own is worded as
//! `error` has it, which is how those clients print it.

mod error;
mod read;
mod route;

use cellier_sdk::{Failure, ReadAt, Registry, Request, Response, Translation};

use self::route::Route;

/// Answers a read.
pub(crate) fn serve(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let route = Route::of_request(request)?;
    read::serve(&route, request, registry)
}

/// Says what a write means.
pub(crate) fn translate(
    request: &Request,
    _body: &dyn ReadAt,
    _registry: &dyn Registry,
) -> Result<Translation, Failure> {
    let answer = match Route::of_request(request)? {
        Route::Advisories | Route::Audits => read::no_advisories(),
        Route::Foreign(foreign) => error::foreign(foreign),
        _ => return Err(Failure::NotFound),
    };
    Ok(Translation::Answer(Box::new(answer)))
}
