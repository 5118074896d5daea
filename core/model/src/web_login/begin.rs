//! Beginning.

use std::time::Duration;

use crate::Context;
use crate::keys::key_name_rule;
use crate::sessions::{SessionToken, Visitor};
use crate::web_login::{MostWebLogins, PendingWebLogin, WebLoginError};

/// How long somebody has to sign in, and the program to ask for its token.
const LIFETIME: Duration = Duration::from_mins(10);

/// How many may be pending. Whoever has begun so many from one place is no person any more.
const MOST: MostWebLogins = MostWebLogins {
    of_network: 20,
    in_all: 10_000,
};

/// A sign-in that was begun: the secrets that only the program knows.
#[derive(Debug)]
pub struct BegunWebLogin {
    /// By which the program asks what came of it.
    pub id: SessionToken,
    /// What the address of the page holds.
    pub page: SessionToken,
}

/// Begins a sign-in for a program; `label` tells what the token is for, on the page and among the keys.
pub async fn begin_web_login(
    context: &Context,
    visitor: &Visitor,
    label: &str,
) -> Result<BegunWebLogin, WebLoginError> {
    key_name_rule(label)?;
    let begun = BegunWebLogin {
        id: SessionToken::generate(context.random.as_ref()),
        page: SessionToken::generate(context.random.as_ref()),
    };
    let now = context.clock.now();
    let pending = PendingWebLogin {
        id: begun.id.hash(),
        page: begun.page.hash(),
        label: label.to_owned(),
        begun_at: now,
        expires_at: now.plus(LIFETIME),
        address: visitor.address,
        user: None,
    };
    let mut transaction = context.catalog.begin().await?;
    transaction.forget_web_logins(now).await?;
    if !transaction.insert_web_login(&pending, MOST).await? {
        return Err(WebLoginError::TooMany);
    }
    transaction.commit().await?;
    Ok(begun)
}
