//! From the headers of a request to who asks.

use std::borrow::Cow;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_model::Artefact;
use cellier_model::access::{AccessPolicy, Action, Actor, Decision, Target, decide};
use cellier_model::audit::Origin;
use cellier_model::keys::{KeyToken, Unauthenticated};
use percent_encoding::percent_decode_str;

use crate::http::problem::Problem;
use crate::http::same_site::refuse_unless_made_here;
use crate::http::visit::address_of;
use crate::state::AppState;

/// Who asks, and from where: an extractor that answers 400, 401 or 429 itself.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Origin);

/// The code of the refusal of a key that does not work, or does not work any more.
pub(crate) const KEY_INVALID: &str = "key_invalid";

impl Caller {
    /// Somebody without a credential.
    pub(crate) fn anonymous(address: Option<IpAddr>) -> Self {
        let actor = Actor::Anonymous;
        Self(Origin { actor, address })
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.0.actor
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.may(Action::ManageKeys, Target::registry())
    }

    /// Whether the caller is shown who may see an artefact and who owns it.
    pub(crate) fn sees_internals_of(&self, artefact: &Artefact) -> bool {
        self.may(Action::SeeInternals, Target::artefact(artefact))
    }

    fn may(&self, action: Action, target: Target<'_>) -> bool {
        decide(AccessPolicy::default(), self.actor(), action, target) == Decision::Allowed
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let address = address_of(parts, state);
        refuse_credential_in_url(parts)?;
        let key = credential(&parts.headers)?;
        let cookie = state.cookie.read(&parts.headers);
        let actor = match (key, cookie) {
            (None, None) => Actor::Anonymous,
            (Some(key), None) => authenticate(state, address, &key).await?,
            (None, Some(token)) => Box::pin(by_cookie(state, parts, &token)).await?,
            (Some(key), Some(token)) => {
                Box::pin(refuse_session_beside_key(state, &token)).await?;
                authenticate(state, address, &key).await?
            }
        };
        Ok(Self(Origin {
            actor,
            address: Some(address),
        }))
    }
}

/// A browser sends its cookie along with whatever any page makes it ask, so a change must also come from a page of ours.
async fn by_cookie(state: &AppState, parts: &Parts, token: &str) -> Result<Actor, Problem> {
    if !parts.method.is_safe() {
        refuse_unless_made_here(parts, state.public_url.as_ref())?;
    }
    let context = &state.context;
    match state
        .authenticate
        .authenticate_session(context, token)
        .await
    {
        Ok(actor) => Ok(actor),
        Err(Unauthenticated::Malformed | Unauthenticated::Refused | Unauthenticated::Over) => {
            let detail = "the session has ended: sign in again";
            Err(Problem::unauthorized("session_ended", detail)
                .header(header::SET_COOKIE, state.cookie.clear()))
        }
        Err(Unauthenticated::Catalog(error)) => Err(error.into()),
    }
}

/// A cookie that is worth nothing any more does no harm beside a key.
async fn refuse_session_beside_key(state: &AppState, token: &str) -> Result<(), Problem> {
    let context = &state.context;
    match state
        .authenticate
        .authenticate_session(context, token)
        .await
    {
        Ok(_actor) => Err(two_credentials()),
        Err(Unauthenticated::Malformed | Unauthenticated::Refused | Unauthenticated::Over) => {
            Ok(())
        }
        Err(Unauthenticated::Catalog(error)) => Err(error.into()),
    }
}

fn two_credentials() -> Problem {
    let detail = "the request has two different credentials; send one";
    Problem::bad_request("two_credentials", detail)
}

async fn authenticate(state: &AppState, address: IpAddr, text: &str) -> Result<Actor, Problem> {
    let now = state.context.clock.now();
    if let Some(wait) = state.wrong_keys.wait(address, now) {
        let detail =
            "too many wrong keys came from this address; wait, then try again with the right one";
        let seconds = HeaderValue::from(wait.as_secs() + 1);
        return Err(
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_wrong_keys", detail)
                .header(header::RETRY_AFTER, seconds),
        );
    }
    match state.authenticate.authenticate(&state.context, text).await {
        Ok(actor) => Ok(actor),
        Err(Unauthenticated::Catalog(error)) => Err(error.into()),
        Err(refused) => {
            if matches!(refused, Unauthenticated::Refused) {
                state.wrong_keys.count(address, now);
            }
            Err(Problem::unauthorized(KEY_INVALID, refused.to_string()))
        }
    }
}

/// Whether a URL holds a key, however it is encoded.
pub(crate) fn holds_a_key(uri: &Uri) -> bool {
    holds(uri.path()) || in_query(uri)
}

fn in_query(uri: &Uri) -> bool {
    uri.query().is_some_and(holds)
}

fn holds(text: &str) -> bool {
    // Every key has this character, or a percent sign stands for it: of most texts no more need be looked at.
    if !text.bytes().any(|byte| byte == b'_' || byte == b'%') {
        return false;
    }
    KeyToken::appears_in(&percent_decode_str(text).decode_utf8_lossy())
}

/// URLs end up in logs and histories; a key that came in one is burnt, and its owner should know. Below the mount of a
/// format a path may hold a key: so some clients say which one is to be revoked.
fn refuse_credential_in_url(parts: &Parts) -> Result<(), Problem> {
    let is_ours = parts.uri.path().starts_with("/api/");
    if is_ours && holds_a_key(&parts.uri) || in_query(&parts.uri) {
        let detail = "a key must never be in a URL, where logs keep it: revoke it, and send the new one in x-api-key";
        return Err(Problem::bad_request("key_in_url", detail));
    }
    Ok(())
}

/// The one credential of a request. The same one twice is fine, two different ones are not.
fn credential(headers: &HeaderMap) -> Result<Option<Cow<'_, str>>, Problem> {
    let mut found: Option<Cow<'_, str>> = None;
    for name in ["x-api-key", "x-secret-key", "authorization"] {
        for value in headers.get_all(name) {
            let text = value.to_str().map_err(|_not_ascii| malformed(name))?;
            let key = if name == "authorization" {
                from_authorization(text)?
            } else {
                text.trim().into()
            };
            if key.is_empty() {
                return Err(empty(name));
            }
            if found.as_ref().is_some_and(|other| *other != key) {
                return Err(two_credentials());
            }
            found = Some(key);
        }
    }
    Ok(found)
}

/// `Bearer KEY`, or `Basic` with the key as password (or as user name without a password).
fn from_authorization(text: &str) -> Result<Cow<'_, str>, Problem> {
    let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(rest.into());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed("authorization"));
    }
    let decoded = STANDARD
        .decode(rest)
        .map_err(|_not_base64| malformed("authorization"))?;
    let decoded = String::from_utf8(decoded).map_err(|_not_utf8| malformed("authorization"))?;
    let (user, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
    let key = if password.is_empty() { user } else { password };
    Ok(key.to_owned().into())
}

fn malformed(name: &str) -> Problem {
    let detail = format!(
        "the header {name} cannot be read; send x-api-key: KEY, or Authorization: Bearer KEY"
    );
    Problem::bad_request("bad_credential", detail)
}

/// What a pipeline sends when its secret is not set.
fn empty(name: &str) -> Problem {
    let detail =
        format!("the header {name} is there but empty: is the secret set in this pipeline?");
    Problem::unauthorized("key_missing", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Result<Option<String>, &'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let found = credential(&headers).map_err(|problem| problem.code())?;
        Ok(found.map(Cow::into_owned))
    }

    #[test]
    fn a_key_is_found_wherever_a_client_may_put_it() {
        let key = Ok(Some("cel_x".to_owned()));
        assert_eq!(read(&[("x-api-key", "cel_x")]), key);
        assert_eq!(read(&[("x-secret-key", " cel_x ")]), key);
        assert_eq!(read(&[("authorization", "bearer cel_x")]), key);
        assert_eq!(
            read(&[(
                "authorization",
                &format!("Basic {}", STANDARD.encode("anyone:cel_x"))
            )]),
            key
        );
        assert_eq!(
            read(&[(
                "authorization",
                &format!("Basic {}", STANDARD.encode("cel_x:"))
            )]),
            key
        );
        assert_eq!(
            read(&[("x-api-key", "cel_x"), ("authorization", "Bearer cel_x")]),
            key
        );
        assert_eq!(read(&[]), Ok(None));
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        assert_eq!(
            read(&[("x-api-key", "a"), ("authorization", "Bearer b")]),
            Err("two_credentials")
        );
        assert_eq!(read(&[("x-api-key", "")]), Err("key_missing"));
        assert_eq!(
            read(&[("authorization", "Digest x")]),
            Err("bad_credential")
        );
        assert_eq!(
            read(&[("authorization", "Basic %%%")]),
            Err("bad_credential")
        );
    }
}
