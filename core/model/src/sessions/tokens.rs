//! The tokens that somebody has got by signing in with clients.

use std::sync::Arc;

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::audit::Origin;
use crate::keys::{ApiKey, KeyToken, KeyType, RevokeKeyError, revoke_key};
use crate::ports::CatalogError;
use crate::{AccountRef, Context, Id};

/// How many keys are read at a time.
const PAGE: u32 = 100;

/// Most tokens that are listed; whoever has more looks at all keys page by page.
const MOST: usize = 1000;

/// The tokens of the caller that work, newest first. Somebody who comes with a limited token sees that one alone, and
/// somebody who is no person has none.
pub async fn list_tokens(context: &Context, origin: &Origin) -> Result<Vec<ApiKey>, CatalogError> {
    let user = match &origin.actor {
        Actor::Account(acting) => acting.user.as_ref(),
        _ => None,
    };
    let Some(user) = user else {
        return Ok(Vec::new());
    };
    let owners = [AccountRef::user(user)];
    let now = context.clock.now();
    let mut tokens = Vec::new();
    let mut before = None;
    loop {
        let page = context.catalog.keys_of(&owners, before, PAGE).await?;
        before = page.last().map(|last| last.id);
        let is_last = page.len() < PAGE as usize;
        tokens.extend(page.into_iter().filter(|key| {
            let target = Target::key(key);
            let decision = decide(context.access, &origin.actor, Action::UseKeysOf, target);
            key.kind == KeyType::User && key.is_active(now) && decision == Decision::Allowed
        }));
        if is_last || tokens.len() >= MOST {
            tokens.truncate(MOST);
            return Ok(tokens);
        }
    }
}

/// Revokes a token of the caller's, which is named by its text or by its identifier.
pub async fn revoke_token(
    context: &Context,
    origin: &Origin,
    named: &str,
) -> Result<(), RevokeKeyError> {
    let found = match KeyToken::parse(named) {
        Ok(token) => {
            let key = context.catalog.key_by_short_id(token.short_id()).await?;
            key.filter(|key| key.hash.matches(&token.hash()))
        }
        Err(_no_text_of_a_key) => match named.parse::<Id<ApiKey>>() {
            Ok(id) => context.catalog.key(id).await?.map(Arc::new),
            Err(_no_identifier) => None,
        },
    };
    // Keys of other types are revoked where they are listed, and no protocol speaks of them.
    let token = found.filter(|key| key.kind == KeyType::User);
    match token {
        Some(token) => revoke_key(context, origin, token.id).await,
        None if matches!(origin.actor, Actor::Anonymous) => {
            Err(RevokeKeyError::NotAllowed(Decision::CredentialNeeded))
        }
        None => Err(RevokeKeyError::NotFound),
    }
}
