//! Signing in.

use cellier_sdk::{Change, Failure, ReadAt, Request, Translation};
use serde_json::Value;

use super::{body, changes};
use crate::{codes, text};

/// Most bytes of what is shown of a client's own name.
const LONGEST_AGENT: usize = 40;

/// Signs somebody in who has typed the password into the client.
///
/// Clients send the same to make an account. Here accounts are made by the operator, so that is a sign-in as well, and
/// whoever has no account is refused like somebody with a wrong password.
pub(super) fn by_password(account: &str, body: &dyn ReadAt) -> Result<Translation, Failure> {
    let document = body::object(body)?;
    let name = document.get("name").and_then(Value::as_str);
    if name.is_some_and(|name| name != account) {
        let message = format!(
            "the body is about the account {}, the path about {}",
            text::quote(name.unwrap_or_default()),
            text::quote(account)
        );
        return Err(Failure::Invalid(vec![codes::NOT_A_REQUEST.error(message)]));
    }
    let password = document.get("password").and_then(Value::as_str);
    let Some(password) = password.filter(|password| !password.is_empty()) else {
        let message = "the body holds no password";
        return Err(Failure::Invalid(vec![codes::NOT_A_REQUEST.error(message)]));
    };
    Ok(changes([Change::SignIn {
        account: account.to_owned(),
        password: password.to_owned(),
    }]))
}

/// Begins a sign-in in a browser. The page tells which client asks, as far as it says so itself.
pub(super) fn in_a_browser(request: &Request) -> Translation {
    let agent = request.header("user-agent").unwrap_or_default();
    let agent = agent.split(' ').next().unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let is_shown = (1..=LONGEST_AGENT).contains(&agent.len()) && agent.bytes().all(is_plain);
    let label = if is_shown {
        format!("npm sign-in of {agent}")
    } else {
        "npm sign-in".to_owned()
    };
    changes([Change::BeginWebLogin { label }])
}
