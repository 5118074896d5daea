//! Tokens for clients that sign in once and keep what they get, as `npm login` does.

use std::time::Duration;

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::accounts::AccountName;
use crate::audit::{AuditEvent, Origin};
use crate::keys::{
    ApiKey, CreatedKey, KeyToken, KeyType, Scope, UnknownWord, check_words, key_name_rule,
};
use crate::ports::{CatalogError, Transaction};
use crate::sessions::open::still_holds;
use crate::{AccountRef, Context, Id, InvalidText, Period};

/// The token to issue.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is called: 1 to 100 characters, none of them a control character.
    pub name: String,
    /// Whether it may only read.
    pub read_only: bool,
    /// What it is limited to.
    pub scope: Scope,
    /// How long it works; if nothing is said as long as the operator allows, which is also the most.
    pub lifetime: Option<Duration>,
}

/// Issues a token that carries the rights of the person who asks, today's and tomorrow's: when the person loses one, so
/// does the token.
///
/// The person has just signed in, has a session, or presents a token without limits: a limited token never begets one
/// that is not.
pub async fn issue_token(
    context: &Context,
    origin: &Origin,
    wanted: NewToken,
) -> Result<CreatedKey, IssueTokenError> {
    let draft = draft(context, origin, wanted)?;
    let mut transaction = context.catalog.begin().await?;
    if let Actor::Account(acting) = &origin.actor
        && !still_holds(transaction.as_mut(), acting).await?
    {
        return Err(IssueTokenError::NotAllowed(Decision::CredentialNeeded));
    }
    let created = draft.write(transaction.as_mut()).await?;
    transaction.commit().await?;
    Ok(created)
}

/// A token that may be issued and has yet to be written.
pub(crate) struct DraftedToken {
    created: CreatedKey,
    event: AuditEvent,
}

impl DraftedToken {
    pub(crate) async fn write(
        self,
        transaction: &mut dyn Transaction,
    ) -> Result<CreatedKey, CatalogError> {
        transaction.insert_key(&self.created.key).await?;
        transaction.append_audit(&self.event).await?;
        Ok(self.created)
    }
}

/// Makes up a token for the person who asks.
pub(crate) fn draft(
    context: &Context,
    origin: &Origin,
    wanted: NewToken,
) -> Result<DraftedToken, IssueTokenError> {
    let user = person_who_may(context, origin)?;
    key_name_rule(&wanted.name)?;
    check_words(context, &wanted.scope)?;
    let lifetime = checked_lifetime(context, wanted.lifetime)?;
    let now = context.clock.now();
    let token = KeyToken::generate(context.random.as_ref());
    let key = ApiKey {
        id: Id::new(now, context.random.as_ref()),
        short_id: token.short_id().to_owned(),
        name: wanted.name,
        kind: KeyType::User,
        owner: Some(AccountRef::user(user)),
        read_only: wanted.read_only,
        scope: wanted.scope,
        hash: token.hash(),
        created_by: origin.actor.as_uploader(),
        created_at: now,
        expires_at: Some(now.plus(lifetime)),
        last_used_at: None,
        revoked_at: None,
    };
    let event = origin
        .event(context, "key.create", key.id.to_string())
        .detail("name", key.name.as_str())
        .detail("type", key.kind.as_str())
        .detail("owner", format!("user:{user}"))
        .detail("shortId", key.short_id.as_str());
    let created = CreatedKey { key, token };
    Ok(DraftedToken { created, event })
}

fn person_who_may<'a>(
    context: &Context,
    origin: &'a Origin,
) -> Result<&'a AccountName, IssueTokenError> {
    let target = Target::registry();
    match decide(context.access, &origin.actor, Action::IssueToken, target) {
        Decision::Allowed => {}
        decision => return Err(IssueTokenError::NotAllowed(decision)),
    }
    let user = match &origin.actor {
        Actor::Account(acting) => acting.user.as_ref(),
        _ => None,
    };
    user.ok_or(IssueTokenError::NotAllowed(Decision::CredentialNeeded))
}

fn checked_lifetime(
    context: &Context,
    wanted: Option<Duration>,
) -> Result<Duration, IssueTokenError> {
    let most = context.sessions.token_lifetime;
    match wanted {
        None => Ok(most),
        Some(Duration::ZERO) => Err(IssueTokenError::ExpiresAtOnce),
        Some(wanted) if wanted > most => Err(IssueTokenError::TooLong(Period(most))),
        Some(wanted) => Ok(wanted),
    }
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueTokenError {
    /// The caller is no person, or comes with a limited token.
    #[error("only somebody who signs in gets a token")]
    NotAllowed(Decision),
    /// The name breaks its rule.
    #[error(transparent)]
    Name(#[from] InvalidText),
    /// The scope names what is not there.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// It would never work.
    #[error("the token would expire at once: give it some time")]
    ExpiresAtOnce,
    /// It would work for longer than the operator allows.
    #[error("tokens hold for at most {0} here (access.token_lifetime)")]
    TooLong(Period),
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
