//! The members of an organization.

use crate::access::{Action, Decision, Target, decide};
use crate::accounts::edit::lock;
use crate::accounts::{AccountError, AccountName, Member, Role, find_account};
use crate::audit::Origin;
use crate::ports::{CatalogError, Transaction};
use crate::{AccountKind, AccountRef, Context};

/// Most organizations that a user may belong to: the rights of all of them are read with every request.
const MOST_ORGANIZATIONS: u64 = 100;

/// A page of the members of an organization, by name.
pub async fn list_members(
    context: &Context,
    origin: &Origin,
    organization: &AccountName,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Member>, AccountError> {
    let reference = AccountRef::organization(organization);
    let found = find_account(context, origin, &reference).await?;
    let members = context.catalog.members(&found.name, after, limit);
    Ok(members.await?)
}

/// Makes a user a member, or gives a member another role. The rights of the organization are the user's at once.
pub async fn add_member(
    context: &Context,
    origin: &Origin,
    organization: &AccountName,
    user: &AccountName,
    role: Role,
) -> Result<Member, AccountError> {
    let organization = AccountRef::organization(organization);
    may_manage_members(context, origin, &organization)?;
    let mut transaction = context.catalog.begin().await?;
    lock_both(transaction.as_mut(), &organization, user).await?;
    let organization = lock(transaction.as_mut(), &organization).await?;
    let user = transaction
        .lock_account(user.as_str())
        .await?
        .filter(|found| found.kind == AccountKind::User && found.deleted_at.is_none())
        .ok_or_else(|| AccountError::UnknownAccount(format!("user {:?}", user.as_str())))?;
    if transaction.memberships_of(&user.name).await? >= MOST_ORGANIZATIONS {
        return Err(AccountError::TooManyOrganizations {
            user: user.name.to_string(),
            most: MOST_ORGANIZATIONS,
        });
    }
    let event = origin
        .event(context, "member.add", organization.name.to_string())
        .detail("user", user.name.as_str())
        .detail("role", role.as_str());
    let member = Member {
        organization: organization.name,
        user: user.name,
        role,
        added_at: event.at,
    };
    transaction.put_member(&member).await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(member)
}

/// Ends a membership. What the user had by it is gone at once.
pub async fn remove_member(
    context: &Context,
    origin: &Origin,
    organization: &AccountName,
    user: &AccountName,
) -> Result<(), AccountError> {
    let reference = AccountRef::organization(organization);
    may_manage_members(context, origin, &reference)?;
    let mut transaction = context.catalog.begin().await?;
    lock_both(transaction.as_mut(), &reference, user).await?;
    let organization = lock(transaction.as_mut(), &reference).await?;
    if !transaction.remove_member(&organization.name, user).await? {
        return Err(AccountError::NotFound("member"));
    }
    let event = origin
        .event(context, "member.remove", organization.name.to_string())
        .detail("user", user.as_str());
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Locks organization and user in the order of their names, as everybody does who needs several: then nobody waits for
/// somebody who waits for them. A publish that relies on the membership is through before it ends.
async fn lock_both(
    transaction: &mut dyn Transaction,
    organization: &AccountRef,
    user: &AccountName,
) -> Result<(), CatalogError> {
    let mut names = [organization.id.as_str(), user.as_str()];
    names.sort_unstable();
    for name in names {
        transaction.lock_account(name).await?;
    }
    Ok(())
}

fn may_manage_members(
    context: &Context,
    origin: &Origin,
    organization: &AccountRef,
) -> Result<(), AccountError> {
    match decide(
        context.access,
        &origin.actor,
        Action::ManageMembers,
        Target::account(organization),
    ) {
        Decision::Allowed => Ok(()),
        Decision::Invisible => Err(AccountError::NotFound("organization")),
        decision => Err(AccountError::NotAllowed(decision)),
    }
}
