//! Outcomes in the words of npm's registry.
//!
//! npm prints of a refusal what stands under `error`, and nothing else; so that has all of it in one sentence. yarn looks
//! for `ok` and `success` where something was done.

mod performed;
mod refused;

use cellier_sdk::{Outcome, Request, Response};

use super::route::Route;

/// Words what became of a request; `route` is missing where its path or its method make no sense.
pub(super) fn respond(route: Option<&Route<'_>>, request: &Request, outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Performed(performed) => performed::word(route, request, performed),
        Outcome::Refused(refusal) => refused::word(route, refusal),
    }
}
