//! Tokens of the caller.

use cellier_sdk::{Change, Failure, ReadAt, Translation};
use serde_json::{Map, Value};

use super::{body, changes};
use crate::codes;

/// What a token is called if nobody says.
const UNNAMED: &str = "npm token";

/// Limits that npm knows and tokens here cannot have. To make a token without them would give more than was asked for.
const UNKNOWN_LIMITS: [&str; 2] = ["cidr_whitelist", "orgs"];

/// Makes a token.
pub(super) fn create(body: &dyn ReadAt) -> Result<Translation, Failure> {
    let wanted = body::object(body)?;
    if let Some(limit) = UNKNOWN_LIMITS.iter().find(|limit| is_set(&wanted, limit)) {
        let sentence = format!(
            "this registry makes no token that is limited by {limit}: ask its operator for a key of that scope, or leave \
             the limit out"
        );
        return Err(Failure::BadRequest(sentence));
    }
    let named = |key| wanted.get(key).and_then(Value::as_str);
    let name = named("name").or_else(|| named("description"));
    let name = name.filter(|name| !name.trim().is_empty());
    Ok(changes([Change::IssueToken {
        name: name.unwrap_or(UNNAMED).to_owned(),
        password: named("password").map(str::to_owned),
        read_only: is_read_only(&wanted)?,
        only: only(&wanted)?,
        days: days(&wanted)?,
    }]))
}

/// Makes a token worthless; the client names it, or shows the token itself.
pub(super) fn revoke(token: &str) -> Translation {
    changes([Change::RevokeToken {
        token: token.to_owned(),
    }])
}

fn is_set(wanted: &Map<String, Value>, key: &str) -> bool {
    match wanted.get(key) {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    }
}

/// The one package, or the one scope, that it is to be good for.
fn only(wanted: &Map<String, Value>) -> Result<Option<String>, Failure> {
    let list = |key: &str| match wanted.get(key) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
        Some(_) => None,
    };
    match (list("packages").as_deref(), list("scopes").as_deref()) {
        (Some([]), Some([])) => Ok(None),
        (Some([package]), Some([])) => Ok(Some((*package).to_owned())),
        (Some([]), Some([scope])) => {
            let scope = scope.trim_start_matches('@');
            Ok(Some(format!("@{scope}/*")))
        }
        _ => {
            let sentence = "a token of this registry is good for everything, for one of packages or for one of scopes: make \
                            several tokens";
            Err(Failure::BadRequest(sentence.to_owned()))
        }
    }
}

/// Older clients say `readonly`, newer ones name a permission. There is nothing between reading and publishing here.
fn is_read_only(wanted: &Map<String, Value>) -> Result<bool, Failure> {
    let permission = wanted.get("packages_and_scopes_permission");
    match permission.and_then(Value::as_str) {
        None => Ok(wanted.get("readonly") == Some(&Value::Bool(true))),
        Some("read-only") => Ok(true),
        Some("read-write") => Ok(false),
        Some(_) => {
            let sentence = "a token of this registry is read-only or read-write";
            Err(Failure::BadRequest(sentence.to_owned()))
        }
    }
}

fn days(wanted: &Map<String, Value>) -> Result<Option<u32>, Failure> {
    match wanted.get("expires") {
        None | Some(Value::Null) => Ok(None),
        Some(days) => {
            let days = days.as_u64().and_then(|days| u32::try_from(days).ok());
            let days = days.filter(|days| *days > 0).ok_or_else(|| {
                let message = "expires is not a number of days";
                Failure::Invalid(vec![codes::NOT_A_REQUEST.error(message)])
            })?;
            Ok(Some(days))
        }
    }
}
