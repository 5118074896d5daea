//! What happens on the page.

use crate::Context;
use crate::access::Actor;
use crate::audit::Origin;
use crate::ports::CatalogError;
use crate::sessions::{SessionToken, SignIn, SignInError, Visitor, still_holds};
use crate::web_login::{PendingWebLogin, WebLoginError};

/// The sign-in of a page, if somebody may still sign in there. To look at it changes nothing.
pub async fn waiting_web_login(
    context: &Context,
    page: &str,
) -> Result<Option<PendingWebLogin>, CatalogError> {
    let Some(page) = SessionToken::parse(page) else {
        return Ok(None);
    };
    let found = context.catalog.web_login_of_page(&page.hash()).await?;
    let now = context.clock.now();
    Ok(found.filter(|pending| pending.is_waiting(now)))
}

/// Lets somebody sign in on a page; the program gets its token when it asks for the next time. Of two who sign in on the
/// same page one does.
pub async fn complete_web_login(
    context: &Context,
    sign_in: &SignIn,
    visitor: &Visitor,
    page: &str,
    (name, password): (&str, &str),
) -> Result<PendingWebLogin, WebLoginError> {
    // Before anything that is slow on purpose.
    let pending = waiting_web_login(context, page).await?;
    let pending = pending.ok_or(WebLoginError::Over)?;
    let person = sign_in.sign_in(context, visitor, name, password).await?;
    let user = person.user.clone().ok_or(WebLoginError::Over)?;
    let origin = Origin {
        actor: Actor::Account(Box::new(person.clone())),
        address: visitor.address,
    };
    let begun_from = pending.address.map(|address| address.to_string());
    let event = origin
        .event(context, "web-login.complete", user.to_string())
        .detail("label", pending.label.as_str())
        .detail("begunFrom", begun_from);
    let mut transaction = context.catalog.begin().await?;
    if !still_holds(transaction.as_mut(), &person).await? {
        return Err(SignInError::Wrong.into());
    }
    let completed = transaction.complete_web_login(&pending.page, &user, event.at);
    if !completed.await? {
        return Err(WebLoginError::Over);
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(pending)
}
