//! Setting passwords.

use crate::access::{Action, Actor, Decision, Target, Through, decide};
use crate::accounts::create::may_manage;
use crate::accounts::edit::lock;
use crate::accounts::{AccountError, AccountName, Password};
use crate::audit::Origin;
use crate::sessions::{Session, SignIn, SignInError, Visitor};
use crate::{AccountRef, Context, Id};

/// The password to set.
#[derive(Clone)]
pub struct NewPassword {
    /// Whose.
    pub user: AccountName,
    /// The one that holds now; people must know it to change their own.
    pub current: Option<String>,
    /// The one that is to hold.
    pub new: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPassword")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Sets a password. People change their own; a superadmin sets those of others.
///
/// Every other session of the user ends, and every token that the user got by signing in with a client: whoever knew the old
/// password is out. Keys that were made for the user's account stay, because pipelines hold them.
pub async fn set_password(
    context: &Context,
    sign_in: &SignIn,
    origin: &Origin,
    wanted: NewPassword,
) -> Result<(), AccountError> {
    let own_session = authorise(context, sign_in, origin, &wanted).await?;
    let password = Password::chosen(&wanted.new, &wanted.user)?;
    let hash = context.passwords.hash(&password).await?;

    let mut transaction = context.catalog.begin().await?;
    let account = AccountRef::user(&wanted.user);
    let account = lock(transaction.as_mut(), &account).await?;
    transaction.set_password(&account.name, Some(&hash)).await?;
    transaction
        .end_sessions_of(&account.name, own_session)
        .await?;
    let now = context.clock.now();
    transaction.revoke_tokens_of(&account.name, now).await?;
    transaction.forget_web_logins_of(&account.name).await?;
    let event = origin.event(context, "user.password", account.name.to_string());
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Who changes their own password must know the current one: an unlocked screen is not enough. Gives the session that goes
/// on.
async fn authorise(
    context: &Context,
    sign_in: &SignIn,
    origin: &Origin,
    wanted: &NewPassword,
) -> Result<Option<Id<Session>>, AccountError> {
    let acting = match &origin.actor {
        Actor::Account(acting) if acting.user.as_ref() == Some(&wanted.user) => acting,
        _ => {
            may_manage(context, origin)?;
            return Ok(None);
        }
    };
    match decide(
        context.access,
        &origin.actor,
        Action::ManageSelf,
        Target::registry(),
    ) {
        Decision::Allowed => {}
        decision => return Err(AccountError::NotAllowed(decision)),
    }
    let visitor = Visitor {
        address: origin.address,
        user_agent: None,
    };
    let current = wanted.current.as_deref().unwrap_or_default();
    let checked = sign_in.check(context, &visitor, wanted.user.as_str(), current);
    checked.await.map(drop).map_err(|error| match error {
        SignInError::Wrong => AccountError::WrongPassword,
        SignInError::TooMany { wait } => AccountError::TooManyAttempts { wait },
        SignInError::Passwords(error) => error.into(),
        SignInError::Catalog(error) => error.into(),
    })?;
    Ok(match acting.through {
        Through::Session(id) => Some(id),
        Through::Password(_) | Through::Key(_) => None,
    })
}
