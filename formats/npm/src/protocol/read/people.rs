//! Who asks, what they have, and how signing in goes on.

use cellier_sdk::{Failure, Registry, Request, Response, TokenView, WebLogin};
use serde_json::{Value, json};

use crate::protocol::error::error;

/// The parameter of a query by which a client asks what came of a sign-in in a browser.
pub(crate) const SIGN_IN: &str = "id";

/// How many seconds a client waits before it asks again. Without such a word npm asks without a pause.
const PAUSE: &str = "2";

/// Answers who asks.
pub(super) fn whoami(registry: &dyn Registry) -> Result<Response, Failure> {
    let username = name(registry)?;
    Ok(Response::json(200, &json!({ "username": username })))
}

/// Answers with the tokens of whoever asks.
pub(super) fn tokens(registry: &dyn Registry) -> Result<Response, Failure> {
    name(registry)?;
    let tokens = registry.tokens()?;
    let objects: Vec<_> = tokens.iter().map(token).collect();
    // All of them are on one page.
    let answer = json!({ "objects": objects, "total": objects.len(), "urls": {} });
    Ok(Response::json(200, &answer))
}

/// A token in npm's words. Instead of its text there is what is not secret of it.
pub(crate) fn token(token: &TokenView) -> Value {
    json!({
        "key": token.id,
        "id": token.id,
        "token": token.short,
        "name": token.name,
        "created": token.created_at,
        "updated": token.created_at,
        "expires": token.expires_at,
        "readonly": token.read_only,
        "cidr_whitelist": null,
    })
}

/// Answers what somebody says of themselves: here that is no more than a name.
pub(super) fn profile(registry: &dyn Registry) -> Result<Response, Failure> {
    let answer = json!({
        "name": name(registry)?,
        "email": "",
        "email_verified": false,
        "fullname": "",
        "tfa": null,
        "cidr_whitelist": null,
    });
    Ok(Response::json(200, &answer))
}

/// Answers about an account, which npm asks before it makes somebody an owner. Whether there is such an account is not
/// told: the host says so when the owners are set, to those alone who may set them.
pub(super) fn user(account: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    name(registry)?;
    let answer = json!({
        "_id": format!("org.couchdb.user:{account}"),
        "name": account,
        "email": "",
        "type": "user",
        "roles": [],
    });
    Ok(Response::json(200, &answer))
}

/// Answers what came of a sign-in in a browser.
pub(super) fn web_login(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let id = request.parameter(SIGN_IN).unwrap_or_default();
    Ok(match registry.web_login(id)? {
        WebLogin::Waiting => Response::json(202, &json!({})).header("retry-after", PAUSE),
        WebLogin::Done { token } => Response::json(200, &json!({ "token": token })),
        WebLogin::Unknown => error(404, "nobody signs in by this URL any more: begin again"),
    })
}

/// Nobody can star a package here, so nobody has.
pub(super) fn stars() -> Response {
    Response::json(200, &json!({ "rows": [] }))
}

/// The name of whoever asks.
fn name(registry: &dyn Registry) -> Result<&str, Failure> {
    let caller = registry.caller();
    let name = caller.name.as_deref().filter(|_| !caller.anonymous);
    name.ok_or(Failure::CredentialNeeded)
}
