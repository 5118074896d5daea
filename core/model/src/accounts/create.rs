//! Making users and organizations.

use crate::access::{Action, Decision, Target, decide};
use crate::accounts::{Account, AccountError, AccountName, Member, Password, Role};
use crate::audit::Origin;
use crate::{AccountKind, Context};

/// The user to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name, which never changes.
    pub name: String,
    /// The first password; without one the user cannot sign in until one is set.
    pub password: Option<String>,
    /// Whether the user may do everything.
    pub superadmin: bool,
}

/// Makes a user.
pub async fn create_user(
    context: &Context,
    origin: &Origin,
    wanted: NewUser,
) -> Result<Account, AccountError> {
    may_manage(context, origin)?;
    let name = AccountName::parse(&wanted.name)?;
    let password = match &wanted.password {
        Some(text) => Some(Password::chosen(text, &name)?),
        None => None,
    };
    let hash = match &password {
        Some(password) => Some(context.passwords.hash(password).await?),
        None => None,
    };
    let account = Account {
        superadmin: wanted.superadmin,
        ..fresh(context, origin, name, AccountKind::User)
    };
    let event = origin
        .event(context, "user.create", account.name.to_string())
        .detail("superadmin", account.superadmin);

    let mut transaction = context.catalog.begin().await?;
    if !transaction.insert_account(&account, hash.as_ref()).await? {
        return Err(AccountError::NameTaken(wanted.name));
    }
    if account.superadmin {
        // With a superadmin there is nothing left to set up.
        transaction.withdraw_setup_link().await?;
    }
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(account)
}

/// Makes an organization; the user of `first_admin`, if one is given, becomes its first admin.
pub async fn create_organization(
    context: &Context,
    origin: &Origin,
    name: &str,
    first_admin: Option<&str>,
) -> Result<Account, AccountError> {
    may_manage(context, origin)?;
    let name = AccountName::parse(name)?;
    let account = fresh(context, origin, name.clone(), AccountKind::Organization);
    let event = origin.event(context, "organization.create", name.to_string());

    let mut transaction = context.catalog.begin().await?;
    if !transaction.insert_account(&account, None).await? {
        return Err(AccountError::NameTaken(name.to_string()));
    }
    transaction.append_audit(&event).await?;
    if let Some(first_admin) = first_admin {
        let user = transaction.lock_account(first_admin).await?;
        let user = user
            .filter(|user| user.kind == AccountKind::User && user.deleted_at.is_none())
            .ok_or_else(|| AccountError::UnknownAccount(format!("user {first_admin:?}")))?;
        let member = Member {
            organization: name.clone(),
            user: user.name,
            role: Role::Admin,
            added_at: event.at,
        };
        transaction.put_member(&member).await?;
        let joined = origin
            .event(context, "member.add", name.to_string())
            .detail("user", member.user.as_str())
            .detail("role", member.role.as_str());
        transaction.append_audit(&joined).await?;
    }
    transaction.commit().await?;
    Ok(account)
}

pub(super) fn may_manage(context: &Context, origin: &Origin) -> Result<(), AccountError> {
    match decide(
        context.access,
        &origin.actor,
        Action::ManageAccounts,
        Target::registry(),
    ) {
        Decision::Allowed => Ok(()),
        decision => Err(AccountError::NotAllowed(decision)),
    }
}

pub(super) fn fresh(
    context: &Context,
    origin: &Origin,
    name: AccountName,
    kind: AccountKind,
) -> Account {
    Account {
        name,
        kind,
        superadmin: false,
        created_by: origin.actor.as_uploader(),
        created_at: context.clock.now(),
        disabled_at: None,
        deleted_at: None,
    }
}
