//! Giving, changing and withdrawing grants.

use serde_json::{Value, json};

use crate::access::Actor;
use crate::accounts::create::may_manage;
use crate::accounts::edit::lock;
use crate::accounts::{AccessGrant, AccountError, Granted, MOST_SCOPES};
use crate::audit::Origin;
use crate::keys::{NamePattern, Scope, check_words};
use crate::ports::CatalogError;
use crate::{AccountRef, Context, Id};

/// What to change of a grant; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct EditGrant {
    /// What the account may download, as far as it may see it.
    pub download: Option<Vec<Scope>>,
    /// What the account may publish.
    pub publish: Option<Vec<Scope>>,
}

/// Gives an account its grant.
pub async fn grant_access(
    context: &Context,
    origin: &Origin,
    account: &AccountRef,
    granted: Granted,
) -> Result<AccessGrant, AccountError> {
    may_manage(context, origin)?;
    check(context, &granted)?;
    if context.catalog.grant_of(&account.id).await?.is_some() {
        return Err(AccountError::AlreadyGranted(account.id.clone()));
    }
    let mut transaction = context.catalog.begin().await?;
    lock(transaction.as_mut(), account)
        .await
        .map_err(|error| match error {
            AccountError::NotFound(kind) => {
                AccountError::UnknownAccount(format!("{kind} {:?}", account.id))
            }
            error => error,
        })?;
    let now = context.clock.now();
    let grant = AccessGrant {
        id: Id::new(now, context.random.as_ref()),
        account: account.clone(),
        granted,
        granted_by: origin.actor.as_uploader(),
        granted_at: now,
    };
    let event = origin
        .event(context, "grant.create", account.id.clone())
        .detail("download", described(&grant.granted.download))
        .detail("publish", described(&grant.granted.publish));
    match transaction.insert_grant(&grant).await {
        // Somebody else was faster.
        Err(CatalogError::Conflict) => {
            return Err(AccountError::AlreadyGranted(account.id.clone()));
        }
        inserted => inserted?,
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(grant)
}

/// Changes what a grant allows; it holds at once.
pub async fn edit_grant(
    context: &Context,
    origin: &Origin,
    id: Id<AccessGrant>,
    edit: EditGrant,
) -> Result<AccessGrant, AccountError> {
    may_manage(context, origin)?;
    let mut grant = find_grant(context, origin, id).await?;
    let mut transaction = context.catalog.begin().await?;
    lock(transaction.as_mut(), &grant.account).await?;
    let before = grant.granted;
    grant.granted = Granted {
        download: edit.download.unwrap_or(before.download),
        publish: edit.publish.unwrap_or(before.publish),
    };
    check(context, &grant.granted)?;
    let event = origin
        .event(context, "grant.edit", grant.account.id.clone())
        .detail("download", described(&grant.granted.download))
        .detail("publish", described(&grant.granted.publish));
    if !transaction.update_grant(id, &grant.granted).await? {
        return Err(AccountError::NotFound("grant"));
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(grant)
}

/// Takes a grant away; the account's read keys stop reading at once.
pub async fn withdraw_grant(
    context: &Context,
    origin: &Origin,
    id: Id<AccessGrant>,
) -> Result<(), AccountError> {
    may_manage(context, origin)?;
    let grant = find_grant(context, origin, id).await?;
    let mut transaction = context.catalog.begin().await?;
    // A publish that relies on the grant is through before it goes.
    transaction.lock_account(&grant.account.id).await?;
    if !transaction.delete_grant_of(&grant.account.id).await? {
        return Err(AccountError::NotFound("grant"));
    }
    let event = origin.event(context, "grant.delete", grant.account.id);
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}

/// One grant.
pub async fn find_grant(
    context: &Context,
    origin: &Origin,
    id: Id<AccessGrant>,
) -> Result<AccessGrant, AccountError> {
    may_manage(context, origin)?;
    let grant = context.catalog.grant(id).await?;
    grant.ok_or(AccountError::NotFound("grant"))
}

/// A page of all grants, newest first.
pub async fn list_grants(
    context: &Context,
    origin: &Origin,
    before: Option<Id<AccessGrant>>,
    limit: u32,
) -> Result<Vec<AccessGrant>, AccountError> {
    may_manage(context, origin)?;
    Ok(context.catalog.grants(before, limit).await?)
}

/// The grants of the accounts that the caller acts for.
pub async fn grants_of_caller(
    context: &Context,
    origin: &Origin,
) -> Result<Vec<AccessGrant>, AccountError> {
    let Actor::Account(acting) = &origin.actor else {
        may_manage(context, origin)?;
        return Ok(Vec::new());
    };
    let mut grants = Vec::new();
    for account in acting.accounts() {
        grants.extend(context.catalog.grant_of(&account.id).await?);
    }
    Ok(grants)
}

fn check(context: &Context, granted: &Granted) -> Result<(), AccountError> {
    let found = granted.download.len().max(granted.publish.len());
    if found > MOST_SCOPES {
        return Err(AccountError::TooManyScopes { found });
    }
    for scope in granted.download.iter().chain(&granted.publish) {
        check_words(context, scope)?;
    }
    Ok(())
}

/// Scopes for the audit trail.
fn described(scopes: &[Scope]) -> Value {
    let describe = |scope: &Scope| {
        json!({
            "name": scope.name.as_ref().map(NamePattern::as_str),
            "format": scope.format,
            "category": scope.category,
        })
    };
    scopes.iter().map(describe).collect()
}
