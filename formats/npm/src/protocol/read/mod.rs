//! What is read: one file for each thing that is answered.
//!
//! | request | file |
//! |---|---|
//! | a packument, full or abbreviated | `packument`, with `form`, `manifest`, `dist`, `tags` |
//! | one version of it | `version` |
//! | a tarball | `tarball` |
//! | tags, who may see a package, who owns it | `tags`, `standing` |
//! | a search | `search` |
//! | keys and attestations | `keys`, `attestations` |
//! | who asks, their tokens, and how signing in goes on | `people` |
//!
//! `json` writes objects entry by entry, so that a packument of hundreds of versions is never held twice.

mod attestations;
mod dist;
mod form;
mod json;
mod keys;
mod manifest;
mod packument;
mod people;
mod search;
mod standing;
mod tags;
mod tarball;
mod version;

pub(super) use self::attestations::KEY as ATTESTATIONS;
pub(super) use self::manifest::deprecation;
pub(super) use self::people::{SIGN_IN, token};

use cellier_sdk::{ArtefactView, Failure, Hold, Registry, Request, Response};
use serde_json::json;

use super::error;
use super::route::{Package, Route};

/// Answers a read of what lies at a path.
pub(super) fn serve(
    route: &Route<'_>,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    match route {
        Route::Root => Ok(root(request)),
        Route::Packument(package) => packument::serve(package, request, registry),
        Route::Version(package, selector) => version::serve(package, selector, request, registry),
        Route::Tarball(package, file) => tarball::serve(package, file, registry),
        Route::DistTags(package) => tags::serve(package, registry),
        Route::Visibility(package) => standing::visibility(package, registry),
        Route::Collaborators(package) => standing::collaborators(package, registry),
        Route::Attestations(package, version) => attestations::serve(package, version, registry),
        Route::Keys => keys::serve(registry),
        Route::Search => search::serve(request, registry),
        Route::Ping => Ok(Response::json(200, &json!({})).hold(Hold::Immutable)),
        Route::Whoami => people::whoami(registry),
        Route::Tokens => people::tokens(registry),
        Route::Profile => people::profile(registry),
        Route::User(account) => people::user(account, registry),
        Route::WebLoginDone => people::web_login(request, registry),
        Route::Stars => Ok(people::stars()),
        Route::Foreign(what) => Ok(error::foreign(*what)),
        Route::PackumentAt(..)
        | Route::TarballAt(..)
        | Route::DistTag(..)
        | Route::Access(_)
        | Route::Advisories
        | Route::Audits
        | Route::WebLogin
        | Route::UserAt(..)
        | Route::Session(_)
        | Route::Token(_) => Err(Failure::NotFound),
    }
}

/// What is known of vulnerabilities: nothing. Clients ask after every installation, and some ask again and again where
/// they are refused.
pub(super) fn no_advisories() -> Response {
    Response::json(200, &json!({}))
}

/// For those who look at the registry's URL with a browser.
fn root(request: &Request) -> Response {
    let base = &request.base_url;
    let answer = json!({
        "registry": format!("{base}/"),
        "use": format!("npm config set registry {base}/"),
        "search": format!("{base}/-/v1/search?text=WORDS"),
        "keys": format!("{base}/-/npm/v1/keys"),
    });
    Response::json(200, &answer).hold(Hold::Immutable)
}

/// The package of this very name. Names are told apart without regard to case here and with regard to it by clients, so
/// another spelling is nothing.
fn find(package: &Package<'_>, registry: &dyn Registry) -> Result<ArtefactView, Failure> {
    let artefact = registry.artefact(package.name())?;
    artefact
        .filter(|artefact| artefact.name == package.name())
        .ok_or(Failure::NotFound)
}
