//! What is read: one file for each thing that is answered.

use cellier_sdk::{Failure, Hold, Registry, Request, Response};
use serde_json::json;

use super::error;
use super::route::Route;

/// Answers a read of what lies at a path.
pub(super) fn serve(
    route: &Route<'_>,
    _request: &Request,
    _registry: &dyn Registry,
) -> Result<Response, Failure> {
    match route {
        Route::Ping => Ok(Response::json(200, &json!({})).hold(Hold::Immutable)),
        Route::Foreign(what) => Ok(error::foreign(*what)),
        _ => Err(Failure::NotFound),
    }
}

/// What is known of vulnerabilities: nothing. Clients ask after every installation, and some ask again and again where
/// they are refused.
pub(super) fn no_advisories() -> Response {
    Response::json(200, &json!({}))
}
