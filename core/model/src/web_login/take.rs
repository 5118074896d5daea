//! What the program learns.

use std::net::IpAddr;

use crate::Context;
use crate::access::{Acting, Actor, Through};
use crate::audit::Origin;
use crate::keys::{CreatedKey, Scope};
use crate::ports::CatalogError;
use crate::sessions::{NewToken, SessionToken, draft_token};
use crate::web_login::WebLoginError;

/// What came of a sign-in.
#[derive(Debug)]
pub enum WebLoginState {
    /// There is none of this identifier, it took too long, or its token was given before.
    Unknown,
    /// Nobody has signed in yet.
    Waiting,
    /// Somebody has: the token, which is given this once.
    Done(Box<CreatedKey>),
}

/// Tells a program what came of the sign-in that it has begun, and gives it the token if somebody has signed in. Whoever has
/// been disabled or deleted since gives none.
pub async fn take_web_login(
    context: &Context,
    address: Option<IpAddr>,
    id: &str,
) -> Result<WebLoginState, WebLoginError> {
    let Some(id) = SessionToken::parse(id) else {
        return Ok(WebLoginState::Unknown);
    };
    let now = context.clock.now();
    let found = context.catalog.web_login(&id.hash()).await?;
    match found.filter(|pending| now < pending.expires_at) {
        None => Ok(WebLoginState::Unknown),
        Some(pending) if pending.user.is_none() => Ok(WebLoginState::Waiting),
        Some(_) => take(context, address, &id).await,
    }
}

/// The token is made, and the sign-in forgotten, in one transaction: of two who ask at the same time one gets it.
async fn take(
    context: &Context,
    address: Option<IpAddr>,
    id: &SessionToken,
) -> Result<WebLoginState, WebLoginError> {
    let mut transaction = context.catalog.begin().await?;
    let taken = transaction.take_web_login(&id.hash()).await?;
    let Some((user, label)) = taken.and_then(|taken| Some((taken.user?, taken.label))) else {
        return Ok(WebLoginState::Unknown);
    };
    let person = transaction.person_to_rely_on(user.as_str()).await?;
    let Some(person) = person else {
        transaction.commit().await?;
        return Ok(WebLoginState::Unknown);
    };
    let acting = Acting::person(person, Through::Password(None));
    let origin = Origin {
        actor: Actor::Account(Box::new(acting)),
        address,
    };
    let wanted = NewToken {
        name: label,
        read_only: false,
        scope: Scope::default(),
        lifetime: None,
    };
    let drafted = draft_token(context, &origin, wanted)?;
    let created = drafted.write(transaction.as_mut()).await?;
    match transaction.commit().await {
        Ok(()) => Ok(WebLoginState::Done(Box::new(created))),
        // Somebody else was faster.
        Err(CatalogError::Conflict) => Ok(WebLoginState::Unknown),
        Err(error) => Err(error.into()),
    }
}
