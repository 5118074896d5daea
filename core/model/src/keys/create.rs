//! Making a key.

use crate::access::{Action, Decision, Denial, Target, decide};
use crate::audit::Origin;
use crate::keys::words::check_words;
use crate::keys::{ApiKey, KeyToken, KeyType, Scope, UnknownWord};
use crate::ports::CatalogError;
use crate::{AccountRef, Context, Id, InvalidText, Timestamp};

/// The key to make.
#[derive(Clone, Debug)]
pub struct CreateKey {
    /// What it is called: 1 to 100 characters, none of them a control character.
    pub name: String,
    /// What it is for.
    pub kind: KeyType,
    /// The account whose rights to read it carries; only for a read key.
    pub owner: Option<AccountRef>,
    /// What it is limited to.
    pub scope: Scope,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// A key that was made.
#[derive(Debug)]
pub struct CreatedKey {
    /// Its record.
    pub key: ApiKey,
    /// Its text, which nobody can ask for again.
    pub token: KeyToken,
}

/// Makes a key: any for who may manage keys, a read key for somebody who acts for its account.
pub async fn create_key(
    context: &Context,
    origin: &Origin,
    wanted: CreateKey,
) -> Result<CreatedKey, CreateKeyError> {
    authorise(context, origin, &wanted)?;
    check(context, &wanted)?;
    if let Some(owner) = &wanted.owner
        && context.catalog.standing(owner).await?.is_none()
    {
        return Err(CreateKeyError::UnknownAccount(owner.id.clone()));
    }

    let now = context.clock.now();
    let token = KeyToken::generate(context.random.as_ref());
    let key = ApiKey {
        id: Id::new(now, context.random.as_ref()),
        short_id: token.short_id().to_owned(),
        name: wanted.name,
        kind: wanted.kind,
        owner: wanted.owner,
        read_only: false,
        scope: wanted.scope,
        hash: token.hash(),
        created_by: origin.actor.as_uploader(),
        created_at: now,
        expires_at: wanted.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let mut event = origin
        .event(context, "key.create", key.id.to_string())
        .detail("name", key.name.as_str())
        .detail("type", key.kind.as_str())
        .detail("shortId", key.short_id.as_str());
    if let Some(owner) = &key.owner {
        event = event.detail("owner", owner.to_string());
    }

    let mut transaction = context.catalog.begin().await?;
    transaction.insert_key(&key).await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(CreatedKey { key, token })
}

fn authorise(context: &Context, origin: &Origin, wanted: &CreateKey) -> Result<(), CreateKeyError> {
    let may = |action, target| decide(context.access, &origin.actor, action, target);
    let decision = match (wanted.kind, &wanted.owner) {
        (KeyType::User, _) => return Err(CreateKeyError::OnlyByLogin),
        (KeyType::Read, Some(owner)) => may(Action::MakeReadKey, Target::account(owner)),
        _ => may(Action::ManageKeys, Target::registry()),
    };
    match decision {
        Decision::Allowed if wanted.owner.is_some() && wanted.kind != KeyType::Read => {
            Err(CreateKeyError::OwnerOfOtherType)
        }
        Decision::Allowed => Ok(()),
        Decision::Denied(Denial::SuperadminNeeded) if wanted.kind == KeyType::Read => {
            Err(CreateKeyError::OwnerNeeded)
        }
        decision => Err(CreateKeyError::NotAllowed(decision)),
    }
}

/// What a key may be called.
pub(crate) fn key_name_rule(name: &str) -> Result<(), InvalidText> {
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let rule = "a key's name is 1 to 100 characters without control characters";
    Err(InvalidText::new(name, rule))
}

fn check(context: &Context, wanted: &CreateKey) -> Result<(), CreateKeyError> {
    key_name_rule(&wanted.name)?;
    if wanted
        .expires_at
        .is_some_and(|expires_at| expires_at <= context.clock.now())
    {
        return Err(CreateKeyError::AlreadyExpired);
    }
    if wanted.kind == KeyType::Admin && wanted.scope != Scope::default() {
        return Err(CreateKeyError::ScopedAdmin);
    }
    check_words(context, &wanted.scope)?;
    Ok(())
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateKeyError {
    /// The caller may not make such a key.
    #[error("the caller may not make such a key")]
    NotAllowed(Decision),
    /// Such keys come by signing in.
    #[error("a key of type user comes by signing in with a client, such as npm login")]
    OnlyByLogin,
    /// Only read keys belong to accounts.
    #[error("only a read key belongs to an account: leave out owner")]
    OwnerOfOtherType,
    /// Somebody who may not manage keys makes keys for accounts alone.
    #[error("say whose key it is with owner: yourself, or an organization that you belong to")]
    OwnerNeeded,
    /// There is no such account, or it is disabled.
    #[error("there is no account {0:?}, or it is disabled")]
    UnknownAccount(String),
    /// The name breaks its rule.
    #[error(transparent)]
    Name(#[from] InvalidText),
    /// The expiry lies in the past.
    #[error("the key would have expired already: give a time in the future")]
    AlreadyExpired,
    /// An admin key may do everything; a scope would only look like a limit.
    #[error(
        "an admin key cannot be limited: leave out allowedName, allowedCategory and allowedFormat"
    )]
    ScopedAdmin,
    /// The scope names what is not there.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
