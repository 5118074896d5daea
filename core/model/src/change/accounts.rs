//! Accounts that a change names.

use crate::AccountRef;
use crate::change::ChangeError;
use crate::ports::Transaction;

/// Most accounts that an artefact may name as owners, and as those who may see it.
const MOST: usize = 100;

/// Refuses accounts that are not there, so that a typing error does not go unnoticed. Those that were named before may
/// stay, also when they are deleted by now.
pub(super) async fn check_accounts(
    transaction: &mut dyn Transaction,
    named: &[AccountRef],
    before: &[AccountRef],
) -> Result<(), ChangeError> {
    if named.len() > MOST {
        return Err(ChangeError::TooManyAccounts {
            found: named.len(),
            most: MOST,
        });
    }
    let mut new: Vec<_> = named
        .iter()
        .filter(|account| !before.contains(account))
        .collect();
    // In the order of their names, as everybody locks accounts who needs several.
    new.sort_by(|one, other| one.id.cmp(&other.id));
    for account in new {
        let found = transaction.lock_account(&account.id).await?;
        let is_there =
            found.is_some_and(|found| found.kind == account.kind && found.deleted_at.is_none());
        if !is_there {
            return Err(ChangeError::UnknownAccount {
                account: AccountRef {
                    kind: account.kind,
                    id: account.id.chars().take(64).collect(),
                },
            });
        }
    }
    Ok(())
}
