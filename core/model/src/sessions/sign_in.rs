//! From a name and a password to the person.

use std::time::Duration;

use crate::access::{Acting, Actor, Through};
use crate::accounts::{AccountName, Password};
use crate::audit::Origin;
use crate::ports::{CatalogError, PasswordHash, PasswordsError, Verified};
use crate::sessions::{Throttle, Visitor};
use crate::{AccountKind, Context};

/// Checks passwords, slowly for those who guess. Every way of signing in shares one.
#[derive(Debug, Default)]
pub struct SignIn {
    throttle: Throttle,
}

impl SignIn {
    /// Finds out whether somebody is the person of this name.
    ///
    /// Nothing in the answer, nor the time that it takes, tells whether there is such an account, whether it is disabled,
    /// or whether it has a password at all. What follows is [`open_session`](crate::sessions::open_session) for a browser,
    /// or [`issue_token`](crate::sessions::issue_token) for a client that keeps a token.
    pub async fn sign_in(
        &self,
        context: &Context,
        visitor: &Visitor,
        name: &str,
        password: &str,
    ) -> Result<Acting, SignInError> {
        let hash = self.check(context, visitor, name, password).await?;
        match context.catalog.person(name).await? {
            Some(person) => Ok(Acting::person(person, Through::Password(Some(hash)))),
            None => Err(SignInError::Wrong),
        }
    }

    /// Checks a password, counts a wrong one and records it. Gives the hash that a right one has.
    pub(crate) async fn check(
        &self,
        context: &Context,
        visitor: &Visitor,
        name: &str,
        password: &str,
    ) -> Result<PasswordHash, SignInError> {
        let now = context.clock.now();
        self.throttle
            .admit(visitor.address, name, now)
            .map_err(|wait| SignInError::TooMany { wait })?;
        match verify(context, name, password).await {
            Ok(Checked::Right {
                account,
                hash,
                outdated,
            }) => {
                self.throttle.forgive(visitor.address, name, now);
                self.throttle.welcome(name);
                if outdated {
                    return Ok(renew_hash(context, &account, hash, password).await);
                }
                Ok(hash)
            }
            Ok(Checked::Wrong) => {
                record_refusal(context, visitor, name).await?;
                Err(SignInError::Wrong)
            }
            // What was not looked at was no guess.
            Err(error) => {
                self.throttle.forgive(visitor.address, name, now);
                Err(error)
            }
        }
    }
}

enum Checked {
    Right {
        account: AccountName,
        hash: PasswordHash,
        outdated: bool,
    },
    Wrong,
}

async fn verify(context: &Context, name: &str, password: &str) -> Result<Checked, SignInError> {
    let account = AccountName::parse(name).ok();
    let stored = match &account {
        Some(name) => password_of_active_user(context, name).await?,
        None => None,
    };
    // A password that is too long for any takes the same steps with one that is as wrong.
    let password = Password::typed(password);
    let stored = stored.filter(|_| password.is_some());
    let nothing = || Password::typed("").ok_or(SignInError::Wrong);
    let password = password.map_or_else(nothing, Ok)?;
    let verified = context.passwords.verify(&password, stored.as_ref()).await?;
    let (Some(account), Some(hash)) = (account, stored) else {
        return Ok(Checked::Wrong);
    };
    Ok(match verified {
        Verified::Wrong => Checked::Wrong,
        right => Checked::Right {
            account,
            hash,
            outdated: right == Verified::RightButOutdated,
        },
    })
}

async fn password_of_active_user(
    context: &Context,
    name: &AccountName,
) -> Result<Option<PasswordHash>, CatalogError> {
    let account = context.catalog.account(name.as_str()).await?;
    let password = context.catalog.password_of(name).await?;
    let may_sign_in =
        account.is_some_and(|account| account.is_active() && account.kind == AccountKind::User);
    Ok(password.filter(|_| may_sign_in))
}

/// Only the work of the hash is old, so a failure to renew it is no reason to turn somebody away. Nor is a password that was
/// changed meanwhile one to put the old password back. Gives the hash that holds.
async fn renew_hash(
    context: &Context,
    account: &AccountName,
    before: PasswordHash,
    password: &str,
) -> PasswordHash {
    let renewed = async {
        let Some(password) = Password::typed(password) else {
            return Ok(None);
        };
        let after = context.passwords.hash(&password).await?;
        let mut transaction = context.catalog.begin().await?;
        let is_replaced = transaction.replace_hash(account, &before, &after).await?;
        transaction.commit().await?;
        Ok::<_, SignInError>(is_replaced.then_some(after))
    };
    match renewed.await {
        Ok(renewed) => renewed.unwrap_or(before),
        Err(error) => {
            tracing::warn!(%error, %account, "the hash of the password of {account} could not be renewed: {error}");
            before
        }
    }
}

/// Bounded by the throttle: a guess that has to wait is neither checked nor recorded.
async fn record_refusal(
    context: &Context,
    visitor: &Visitor,
    name: &str,
) -> Result<(), CatalogError> {
    let origin = Origin {
        actor: Actor::Anonymous,
        address: visitor.address,
    };
    // Somebody may type a password where the name belongs: only what can be a name is kept.
    let object = AccountName::parse(name).map_or_else(|_| "?".to_owned(), |name| name.to_string());
    let event = origin
        .event(context, "session.create", object)
        .refused("wrong_password");
    let mut transaction = context.catalog.begin().await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// There is no such account, or the password is another one: a caller is not told which.
    #[error("the name or the password is not right")]
    Wrong,
    /// Too many wrong ones came; the next is looked at after a while.
    #[error("too many wrong passwords came; wait, then try again")]
    TooMany {
        /// How long to wait.
        wait: Duration,
    },
    /// The password cannot be checked right now.
    #[error(transparent)]
    Passwords(#[from] PasswordsError),
    /// The catalogue could not be asked or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
