//! Tokens for clients that sign in once and keep what they get, as `npm login` does.

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::audit::Origin;
use crate::keys::{
    ApiKey, CreatedKey, KeyToken, KeyType, Scope, UnknownWord, check_words, key_name_rule,
};
use crate::ports::CatalogError;
use crate::{AccountRef, Context, Id, InvalidText, Timestamp};

/// The token to issue.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is called: 1 to 100 characters, none of them a control character.
    pub name: String,
    /// Whether it may only read.
    pub read_only: bool,
    /// What it is limited to.
    pub scope: Scope,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
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
    match decide(
        context.access,
        &origin.actor,
        Action::IssueToken,
        Target::registry(),
    ) {
        Decision::Allowed => {}
        decision => return Err(IssueTokenError::NotAllowed(decision)),
    }
    let Actor::Account(acting) = &origin.actor else {
        return Err(IssueTokenError::NotAllowed(Decision::CredentialNeeded));
    };
    let Some(user) = &acting.user else {
        return Err(IssueTokenError::NotAllowed(Decision::CredentialNeeded));
    };
    key_name_rule(&wanted.name)?;
    check_words(context, &wanted.scope)?;
    let now = context.clock.now();
    if wanted
        .expires_at
        .is_some_and(|expires_at| expires_at <= now)
    {
        return Err(IssueTokenError::AlreadyExpired);
    }
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
        expires_at: wanted.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let event = origin
        .event(context, "key.create", key.id.to_string())
        .detail("name", key.name.as_str())
        .detail("type", key.kind.as_str())
        .detail("owner", format!("user:{user}"))
        .detail("shortId", key.short_id.as_str());
    let mut transaction = context.catalog.begin().await?;
    transaction.insert_key(&key).await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(CreatedKey { key, token })
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
    /// The expiry lies in the past.
    #[error("the token would have expired already: give a time in the future")]
    AlreadyExpired,
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
