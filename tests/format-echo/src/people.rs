//! People: how somebody signs in, the tokens that come of it, and what the registry signs.
//!
//! | line of `POST /echo/-/people` | what it does |
//! |---|---|
//! | `sign-in ACCOUNT PASSWORD` | checks a password and gives a token |
//! | `web-login LABEL` | begins a sign-in in a browser |
//! | `token NAME all\|read [DAYS [ONLY]]` | gives the caller a token, perhaps for these artefacts alone |
//! | `confirmed-token NAME PASSWORD` | the same, with the password once more |
//! | `revoke TOKEN` | revokes a token of the caller's |

use std::fmt::Write as _;

use cellier_sdk::{Change, Failure, ReadAt, Registry, Request, Response, WebLogin};

use crate::lines::{line_at, one_line, quote};
use crate::read::ok;

/// The changes that a body asks for, one a line.
pub(crate) fn read(body: &dyn ReadAt) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let mut offset = 0;
    while let Some((line, next)) = line_at(body, offset)? {
        offset = next;
        changes.push(change(&line).ok_or_else(|| {
            Failure::BadRequest(format!("the line {} is about nobody", quote(&line)))
        })?);
        if changes.len() > 10 {
            return Err(Failure::BadRequest("more than 10 lines".to_owned()));
        }
    }
    Ok(changes)
}

fn change(line: &str) -> Option<Change> {
    let (verb, rest) = line.split_once(' ')?;
    let (first, second) = match rest.split_once(' ') {
        Some((first, second)) => (first.to_owned(), Some(second)),
        None => (rest.to_owned(), None),
    };
    Some(match (verb, second) {
        ("sign-in", Some(password)) => Change::SignIn {
            account: first,
            password: password.to_owned(),
        },
        ("web-login", _) => Change::BeginWebLogin {
            label: rest.to_owned(),
        },
        ("token", Some(kind)) => {
            let mut words = kind.split(' ');
            let is_reading = words.next() == Some("read");
            let (days, only) = (words.next(), words.next());
            Change::IssueToken {
                name: first,
                password: None,
                read_only: is_reading,
                only: only.map(str::to_owned),
                days: days.and_then(|days| days.parse().ok()),
            }
        }
        ("confirmed-token", Some(password)) => Change::IssueToken {
            name: first,
            password: Some(password.to_owned()),
            read_only: false,
            only: None,
            days: None,
        },
        ("revoke", None) => Change::RevokeToken { token: first },
        _ => return None,
    })
}

/// What came of a sign-in in a browser. Its identifier is a secret, which is why it is no part of the path.
pub(crate) fn web_login(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let id = request.parameter("id").unwrap_or_default();
    match registry.web_login(id)? {
        WebLogin::Unknown => Err(Failure::NotFound),
        WebLogin::Waiting => Ok(Response::text(202, "ok nobody has signed in yet\n")),
        WebLogin::Done { token } => Ok(ok(&format!("token {token}"))),
    }
}

/// The tokens of the caller.
pub(crate) fn tokens(registry: &dyn Registry) -> Result<Response, Failure> {
    let tokens = registry.tokens()?;
    let mut text = format!("ok {} tokens\n", tokens.len());
    for token in &tokens {
        let kind = if token.read_only { "read" } else { "all" };
        let only = token.only.as_deref().unwrap_or("*");
        let _ = writeln!(text, "{} {kind} {only} {}", token.id, one_line(&token.name));
    }
    Ok(Response::text(200, &text))
}

/// A text and its signature.
pub(crate) fn sign(text: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let signature = registry.sign(text)?.ok_or(Failure::NotFound)?;
    Ok(ok(&format!("{} {}", signature.key_id, signature.signature)))
}

/// The keys by which signatures can be checked.
pub(crate) fn signing_keys(registry: &dyn Registry) -> Result<Response, Failure> {
    let keys = registry.signing_keys()?;
    let mut text = format!("ok {} keys\n", keys.len());
    for key in &keys {
        let expires = key.expires.as_deref().unwrap_or("-");
        let _ = writeln!(text, "{} {} {expires}", key.key_id, key.public_key);
    }
    Ok(Response::text(200, &text))
}

/// Who sees and owns an artefact.
pub(crate) fn owners(name: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let artefact = registry.artefact(name)?.ok_or(Failure::NotFound)?;
    let seen = if artefact.public { "public" } else { "private" };
    let owners = artefact.owners.join(", ");
    Ok(ok(&format!("{seen}, owned by: {}", one_line(&owners))))
}
