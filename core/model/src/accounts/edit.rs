//! Changing what an account may be: superadmin or not, disabled or not.

use crate::accounts::create::may_manage;
use crate::accounts::{Account, AccountError};
use crate::audit::Origin;
use crate::ports::Transaction;
use crate::{AccountKind, AccountRef, Context};

/// What to change; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct EditAccount {
    /// Whether the user may do everything.
    pub superadmin: Option<bool>,
    /// Whether the account may do nothing.
    pub disabled: Option<bool>,
}

/// Changes an account. One that is disabled is out at once: its sessions end, its keys and memberships are worth nothing
/// until it is enabled again.
pub async fn edit_account(
    context: &Context,
    origin: &Origin,
    account: &AccountRef,
    edit: EditAccount,
) -> Result<Account, AccountError> {
    may_manage(context, origin)?;
    let mut transaction = context.catalog.begin().await?;
    let superadmins = transaction.lock_superadmins().await?;
    let mut found = lock(transaction.as_mut(), account).await?;
    let now = context.clock.now();
    if let Some(superadmin) = edit.superadmin {
        if superadmin && found.kind != AccountKind::User {
            return Err(AccountError::NotAPerson(found.name.to_string()));
        }
        found.superadmin = superadmin;
    }
    match edit.disabled {
        Some(true) => found.disabled_at = found.disabled_at.or(Some(now)),
        Some(false) => found.disabled_at = None,
        None => {}
    }
    if !(found.superadmin && found.is_active()) {
        keep_one_of(&superadmins, &found)?;
    }
    if found.superadmin {
        transaction.withdraw_setup_link().await?;
    }
    transaction.update_account(&found).await?;
    if found.disabled_at.is_some() {
        transaction.end_sessions_of(&found.name, None).await?;
    }
    let action = format!("{}.edit", found.kind.as_str());
    let event = origin
        .event(context, &action, found.name.to_string())
        .detail("superadmin", found.superadmin)
        .detail("disabled", found.disabled_at.is_some());
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(found)
}

/// Locks an account that is there.
pub(super) async fn lock(
    transaction: &mut dyn Transaction,
    account: &AccountRef,
) -> Result<Account, AccountError> {
    let found = transaction.lock_account(&account.id).await?;
    found
        .filter(|found| found.kind == account.kind && found.deleted_at.is_none())
        .ok_or(AccountError::NotFound(account.kind.as_str()))
}

/// Refuses to take away the last superadmin that works: nobody could give the rights back through HTTP.
pub(super) fn keep_one_of(superadmins: &[String], leaving: &Account) -> Result<(), AccountError> {
    if superadmins == [leaving.name.as_str()] {
        return Err(AccountError::LastSuperadmin(leaving.name.to_string()));
    }
    Ok(())
}
