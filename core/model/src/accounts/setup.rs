//! The first superadmin.

use std::time::Duration;

use crate::access::{Acting, Actor, Through};
use crate::accounts::create::fresh;
use crate::accounts::{Account, AccountError, AccountName, Password};
use crate::audit::Origin;
use crate::ports::CatalogError;
use crate::sessions::{SessionToken, Visitor};
use crate::{AccountKind, Context};

/// How long a set-up link works.
const LIFETIME: Duration = Duration::from_hours(1);

/// The secret of a set-up link.
pub type SetupToken = SessionToken;

/// Offers a link with which the first superadmin can be made, in place of one that was offered before; `None` if there is
/// a superadmin. The token is known to nobody but who gets it from here.
pub async fn offer_setup(context: &Context) -> Result<Option<SetupToken>, CatalogError> {
    if context.catalog.has_superadmin().await? {
        return Ok(None);
    }
    let token = SessionToken::generate(context.random.as_ref());
    let expires_at = context.clock.now().plus(LIFETIME);
    let mut transaction = context.catalog.begin().await?;
    transaction
        .put_setup_link(&token.hash(), expires_at)
        .await?;
    transaction.commit().await?;
    Ok(Some(token))
}

/// Whether this token would make the first superadmin right now. Does not use it up.
pub async fn setup_is_offered(context: &Context, token: &str) -> Result<bool, CatalogError> {
    let Some(token) = SessionToken::parse(token) else {
        return Ok(false);
    };
    let now = context.clock.now();
    Ok(context.catalog.setup_link_works(&token.hash(), now).await?
        && !context.catalog.has_superadmin().await?)
}

/// Makes the first superadmin and uses the link up, all in one transaction: of two who try, one does.
pub async fn complete_setup(
    context: &Context,
    visitor: &Visitor,
    token: &str,
    name: &str,
    password: &str,
) -> Result<Acting, AccountError> {
    // Before anything that is slow on purpose.
    if !setup_is_offered(context, token).await? {
        return Err(AccountError::SetupOver);
    }
    let token = SessionToken::parse(token).ok_or(AccountError::SetupOver)?;
    let name = AccountName::parse(name)?;
    let password = Password::chosen(password, &name)?;
    let hash = context.passwords.hash(&password).await?;

    let origin = Origin {
        actor: Actor::Anonymous,
        address: visitor.address,
    };
    let account = Account {
        superadmin: true,
        ..fresh(context, &origin, name.clone(), AccountKind::User)
    };
    let event = origin
        .event(context, "user.create", name.to_string())
        .detail("superadmin", true)
        .detail("by", "set-up link");
    let mut transaction = context.catalog.begin().await?;
    if !transaction.take_setup_link(&token.hash(), event.at).await?
        || !transaction.lock_superadmins().await?.is_empty()
    {
        return Err(AccountError::SetupOver);
    }
    if !transaction.insert_account(&account, Some(&hash)).await? {
        return Err(AccountError::NameTaken(name.to_string()));
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    let person = context.catalog.person(name.as_str()).await?;
    match person {
        Some(person) => Ok(Acting::person(person, Through::Password(None))),
        None => Err(AccountError::NotFound("user")),
    }
}
