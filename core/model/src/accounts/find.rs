//! Finding and listing accounts, as far as the caller may.

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::accounts::create::may_manage;
use crate::accounts::{Account, AccountError, AccountName};
use crate::audit::Origin;
use crate::ports::{AccountQuery, CatalogError};
use crate::{AccountKind, AccountRef, Context};

/// One account. Whether those of others exist does not show.
pub async fn find_account(
    context: &Context,
    origin: &Origin,
    account: &AccountRef,
) -> Result<Account, AccountError> {
    let not_found = AccountError::NotFound(account.kind.as_str());
    match decide(
        context.access,
        &origin.actor,
        Action::SeeAccount,
        Target::account(account),
    ) {
        Decision::Allowed => known_account(context, account).await?.ok_or(not_found),
        Decision::Invisible => Err(not_found),
        decision => Err(AccountError::NotAllowed(decision)),
    }
}

/// An account of any kind by its name, for who may manage accounts.
pub async fn account_named(
    context: &Context,
    origin: &Origin,
    name: &str,
) -> Result<Account, AccountError> {
    may_manage(context, origin)?;
    let found = context.catalog.account(name).await?;
    found.ok_or(AccountError::NotFound("account"))
}

/// An account of this kind and name, after its own decision was made.
async fn known_account(
    context: &Context,
    account: &AccountRef,
) -> Result<Option<Account>, CatalogError> {
    let found = context.catalog.account(&account.id).await?;
    Ok(found.filter(|found| found.kind == account.kind))
}

/// A page of accounts of one kind, by name: all of them for who may manage accounts. Others see the organizations that
/// they belong to.
pub async fn list_accounts(
    context: &Context,
    origin: &Origin,
    kind: Option<AccountKind>,
    after: Option<String>,
    limit: u32,
) -> Result<Vec<Account>, AccountError> {
    let decision = decide(
        context.access,
        &origin.actor,
        Action::ManageAccounts,
        Target::registry(),
    );
    let with_member = match (decision, kind) {
        (Decision::Allowed, _) => None,
        (decision, Some(AccountKind::Organization)) => Some(member_who_asks(origin, decision)?),
        (decision, _) => return Err(AccountError::NotAllowed(decision)),
    };
    let query = AccountQuery {
        kind,
        with_member,
        after,
        limit,
    };
    Ok(context.catalog.accounts(&query).await?)
}

fn member_who_asks(origin: &Origin, decision: Decision) -> Result<AccountName, AccountError> {
    match &origin.actor {
        Actor::Account(acting) => acting.user.clone(),
        _ => None,
    }
    .ok_or(AccountError::NotAllowed(decision))
}
