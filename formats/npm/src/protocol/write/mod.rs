//! What is written: one file for each thing that a write may mean.
//!
//! Much of npm's protocol comes from a database that its registry once was: to change anything about a package, a client
//! sends the whole document back, and what it means by that is found by comparing. Here `put` tells apart what such a
//! document may mean; the others have a path of their own.

mod access;
mod body;
mod digests;
mod provenance;
mod publish;
mod put;
mod put_back;
mod revision;
mod sign_in;
mod tags;
mod tokens;
mod unpublish;

use cellier_sdk::{
    ArtefactView, Change, Failure, Method, ReadAt, Registry, Request, Response, Translation,
};
use serde_json::json;

use super::error::error;
use super::route::{Package, Route};

/// Says what a write to a path means.
pub(super) fn translate(
    route: &Route<'_>,
    request: &Request,
    body: &dyn ReadAt,
    registry: &dyn Registry,
) -> Result<Translation, Failure> {
    let removes = request.method == Method::Delete;
    match *route {
        Route::Packument(ref package) => put::put(package, None, body, registry),
        Route::PackumentAt(ref package, seen) if removes => {
            Ok(changes(unpublish::whole(package, seen)))
        }
        Route::PackumentAt(ref package, seen) => put::put(package, Some(seen), body, registry),
        Route::TarballAt(ref package, file, seen) => {
            unpublish::tarball(package, file, seen, registry)
        }
        Route::DistTag(ref package, tag) if removes => tags::remove(package, tag),
        Route::DistTag(ref package, tag) => tags::set(package, tag, body, registry),
        Route::Access(ref package) => access::set(package, body),
        Route::User(account) | Route::UserAt(account, _) => sign_in::by_password(account, body),
        Route::WebLogin => Ok(sign_in::in_a_browser(request)),
        Route::Tokens => tokens::create(body),
        Route::Token(token) | Route::Session(token) => Ok(tokens::revoke(token)),
        Route::Profile => Ok(answer(error(
            404,
            "this registry keeps no profiles and no second factors: its operator manages accounts",
        ))),
        _ => Err(Failure::NotFound),
    }
}

fn changes(changes: impl IntoIterator<Item = Change>) -> Translation {
    Translation::Changes(changes.into_iter().collect())
}

fn answer(response: Response) -> Translation {
    Translation::Answer(Box::new(response))
}

/// That nothing needs to be done: things are as the client wants them.
fn as_it_is() -> Translation {
    answer(Response::json(200, &json!({ "ok": true, "success": true })))
}

/// The package of this very name that a client wants to change, if it may see it.
fn found(package: &Package<'_>, registry: &dyn Registry) -> Result<ArtefactView, Failure> {
    match registry.artefact(package.name())? {
        Some(artefact) if artefact.name == package.name() => Ok(artefact),
        Some(_other_spelling) => Err(Failure::NotFound),
        None if registry.caller().anonymous => Err(Failure::CredentialNeeded),
        None => Err(Failure::NotFound),
    }
}
