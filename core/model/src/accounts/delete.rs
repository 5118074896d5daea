//! Deleting an account; its name stays taken for ever.

use crate::accounts::AccountError;
use crate::accounts::create::may_manage;
use crate::accounts::edit::{keep_one_of, lock};
use crate::audit::Origin;
use crate::{AccountRef, Context};

/// Deletes an account with everything that made it somebody: password, sessions, keys, memberships, grant.
///
/// What it published stays. Where it was the only owner, a superadmin names a new one.
pub async fn delete_account(
    context: &Context,
    origin: &Origin,
    account: &AccountRef,
) -> Result<(), AccountError> {
    may_manage(context, origin)?;
    let mut transaction = context.catalog.begin().await?;
    let superadmins = transaction.lock_superadmins().await?;
    let mut found = lock(transaction.as_mut(), account).await?;
    keep_one_of(&superadmins, &found)?;
    let now = context.clock.now();
    found.superadmin = false;
    found.deleted_at = Some(now);
    transaction.update_account(&found).await?;
    transaction.set_password(&found.name, None).await?;
    transaction.end_sessions_of(&found.name, None).await?;
    transaction.revoke_keys_of(account, now).await?;
    transaction.remove_memberships(&found.name).await?;
    transaction.delete_grant_of(found.name.as_str()).await?;
    let action = format!("{}.delete", found.kind.as_str());
    let event = origin.event(context, &action, found.name.to_string());
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}
