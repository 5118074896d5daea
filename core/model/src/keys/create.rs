//! Making a key.

use crate::access::{Action, Decision, Target, decide};
use crate::audit::Origin;
use crate::keys::{ApiKey, KeyToken, KeyType, Scope};
use crate::ports::CatalogError;
use crate::{Context, Id, InvalidText, Timestamp};

/// The key to make.
#[derive(Clone, Debug)]
pub struct CreateKey {
    /// What it is called: 1 to 100 characters, none of them a control character.
    pub name: String,
    /// What it is for.
    pub kind: KeyType,
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

/// Makes a key.
pub async fn create_key(
    context: &Context,
    origin: &Origin,
    wanted: CreateKey,
) -> Result<CreatedKey, CreateKeyError> {
    match decide(
        context.access,
        &origin.actor,
        Action::ManageKeys,
        Target::registry(),
    ) {
        Decision::Allowed => {}
        decision => return Err(CreateKeyError::NotAllowed(decision)),
    }
    check(context, &wanted)?;

    let now = context.clock.now();
    let token = KeyToken::generate(context.random.as_ref());
    let key = ApiKey {
        id: Id::new(now, context.random.as_ref()),
        short_id: token.short_id().to_owned(),
        name: wanted.name,
        kind: wanted.kind,
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
        .detail("shortId", key.short_id.as_str());

    let mut transaction = context.catalog.begin().await?;
    transaction.insert_key(&key).await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(CreatedKey { key, token })
}

fn check(context: &Context, wanted: &CreateKey) -> Result<(), CreateKeyError> {
    let length = wanted.name.chars().count();
    if !(1..=100).contains(&length) || wanted.name.chars().any(char::is_control) {
        let rule = "a key's name is 1 to 100 characters without control characters";
        return Err(CreateKeyError::Name(InvalidText::new(&wanted.name, rule)));
    }
    if wanted
        .expires_at
        .is_some_and(|expires_at| expires_at <= context.clock.now())
    {
        return Err(CreateKeyError::AlreadyExpired);
    }
    if wanted.kind == KeyType::Admin && wanted.scope != Scope::default() {
        return Err(CreateKeyError::ScopedAdmin);
    }
    if let Some(format) = &wanted.scope.format
        && context.formats.get(format.as_str()).is_none()
    {
        let known = context
            .formats
            .all()
            .iter()
            .map(|known| known.id.to_string())
            .collect();
        return Err(CreateKeyError::UnknownFormat {
            found: format.to_string(),
            known,
        });
    }
    if let Some(category) = &wanted.scope.category {
        let mut known: Vec<_> = context
            .formats
            .all()
            .iter()
            .flat_map(|format| format.categories.clone())
            .collect();
        known.sort();
        known.dedup();
        if !known.contains(category) {
            return Err(CreateKeyError::UnknownCategory {
                found: category.clone(),
                known,
            });
        }
    }
    Ok(())
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateKeyError {
    /// The caller may not make keys.
    #[error("only an admin key may make keys")]
    NotAllowed(Decision),
    /// The name breaks its rule.
    #[error(transparent)]
    Name(InvalidText),
    /// The expiry lies in the past.
    #[error("the key would have expired already: give a time in the future")]
    AlreadyExpired,
    /// An admin key may do everything; a scope would only look like a limit.
    #[error(
        "an admin key cannot be limited: leave out allowedName, allowedCategory and allowedFormat"
    )]
    ScopedAdmin,
    /// The scope names a format that is not there.
    #[error("there is no format {found:?}; there are {}", .known.join(", "))]
    UnknownFormat {
        /// The format named.
        found: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The scope names a category that no format has.
    #[error("there is no category {found:?}; there are {}", .known.join(", "))]
    UnknownCategory {
        /// The category named.
        found: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
