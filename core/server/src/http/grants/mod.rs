//! Grants: what accounts may download and publish.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod edit;
pub(super) mod get;
pub(super) mod list;
pub(super) mod mine;

use cellier_model::keys::Scope;

use crate::http::problem::Problem;
use crate::http::view::ScopeBody;

fn scopes(bodies: Vec<ScopeBody>) -> Result<Vec<Scope>, Problem> {
    let scopes = bodies.into_iter().map(ScopeBody::into_scope);
    scopes
        .collect::<Result<_, _>>()
        .map_err(|error| Problem::bad_request("bad_text", error.to_string()))
}
