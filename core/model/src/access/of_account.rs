//! The rules for people, and for keys that belong to accounts.

use crate::access::{AccessPolicy, Acting, Action, Decision, Denial, Target};
use crate::accounts::Role;

pub(super) fn decide_for_account(
    policy: AccessPolicy,
    acting: &Acting,
    action: Action,
    target: Target<'_>,
) -> Decision {
    if let Err(denial) = acting.check_grant_of_read_key() {
        return Decision::Denied(denial);
    }
    match action {
        Action::List => Decision::Allowed,
        Action::See if sees(acting, target) => Decision::Allowed,
        Action::See => Decision::Invisible,
        Action::Download => if_seen(acting, target, || may_download(policy, acting, target)),
        Action::SeeInternals => if_seen(acting, target, || may_see_internals(acting, target)),
        Action::Publish => may_publish(acting, target).into(),
        Action::Tag | Action::Yank => if_seen(acting, target, || may_publish(acting, target)),
        Action::SetOwners => if_seen(acting, target, || may_set_owners(acting, target)),
        Action::Edit | Action::Delete => if_seen(acting, target, || {
            acting.check_may_change()?;
            acting.check_limit(target)?;
            superadmin(acting)
        }),
        Action::ManageKeys | Action::ManageAccounts | Action::ReadAudit | Action::Operate => {
            may_administer(acting).into()
        }
        Action::ManageSelf => in_person(acting).into(),
        Action::IssueToken => may_issue_token(acting).into(),
        Action::MakeReadKey => may_make_read_key(acting, target).into(),
        Action::UseKeysOf => if_own(acting, target, || may_use_keys(acting, target)),
        Action::SeeAccount => if_own(acting, target, || is_person(acting)),
        Action::ManageMembers => if_own(acting, target, || may_manage_members(acting, target)),
    }
}

/// What is public, and what lies within the limit and was made visible, is owned, or may be published.
fn sees(acting: &Acting, target: Target<'_>) -> bool {
    let because_of_rights = || {
        acting.superadmin
            || acting.acts_for_any(target.private_access)
            || acting.acts_for_any(target.owners)
            || acting.may_publish_by_grant(target)
    };
    target.public || (acting.check_limit(target).is_ok() && because_of_rights())
}

/// A clear answer where the artefact may be seen, nothing where not.
fn if_seen(
    acting: &Acting,
    target: Target<'_>,
    rule: impl FnOnce() -> Result<(), Denial>,
) -> Decision {
    if sees(acting, target) {
        rule().into()
    } else {
        Decision::Invisible
    }
}

/// Seeing is not downloading: that takes a grant, unless somebody owns the artefact or may publish it.
fn may_download(policy: AccessPolicy, acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    if target.public && policy.anonymous_downloads {
        return Ok(());
    }
    acting.check_limit(target)?;
    let may = acting.superadmin
        || acting.acts_for_any(target.owners)
        || acting.may_publish_by_grant(target)
        || acting.may_download_by_grant(target);
    may.then_some(()).ok_or(Denial::GrantMissing)
}

fn may_see_internals(acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    acting.check_limit(target)?;
    let may = acting.superadmin || acting.acts_for_any(target.owners);
    may.then_some(()).ok_or(Denial::NotOwner)
}

/// A grant must cover it, and it must belong to nobody else.
fn may_publish(acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    acting.check_may_change()?;
    acting.check_limit(target)?;
    if acting.superadmin {
        return Ok(());
    }
    if !acting.may_publish_by_grant(target) {
        return Err(Denial::PublishNotGranted);
    }
    if target.owners.is_empty() || acting.acts_for_any(target.owners) {
        Ok(())
    } else {
        Err(Denial::NotOwner)
    }
}

fn may_set_owners(acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    acting.check_may_change()?;
    acting.check_limit(target)?;
    let may = acting.superadmin || acting.acts_for_any(target.owners);
    may.then_some(()).ok_or(Denial::NotOwner)
}

fn superadmin(acting: &Acting) -> Result<(), Denial> {
    acting
        .superadmin
        .then_some(())
        .ok_or(Denial::SuperadminNeeded)
}

fn may_administer(acting: &Acting) -> Result<(), Denial> {
    acting.check_unlimited()?;
    superadmin(acting)
}

fn in_person(acting: &Acting) -> Result<(), Denial> {
    match acting.key() {
        None => is_person(acting),
        Some(_) => Err(Denial::SessionNeeded),
    }
}

fn is_person(acting: &Acting) -> Result<(), Denial> {
    acting
        .user
        .is_some()
        .then_some(())
        .ok_or(Denial::SessionNeeded)
}

fn may_issue_token(acting: &Acting) -> Result<(), Denial> {
    acting.check_unlimited()?;
    is_person(acting)
}

/// For accounts of one's own alone, and only if those were granted something. Whether an account of somebody else exists
/// does not show.
fn may_make_read_key(acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    acting.check_unlimited()?;
    if acting.superadmin {
        return Ok(());
    }
    let standing = target.account.and_then(|account| acting.standing(account));
    match standing {
        None => Err(Denial::NotYourAccount),
        Some(standing) if standing.grant.is_none() => Err(Denial::KeyWithoutGrant),
        Some(_) => Ok(()),
    }
}

/// Whether somebody who acts for the account, or a superadmin, is asked about it; nothing shows to others.
fn if_own(
    acting: &Acting,
    target: Target<'_>,
    rule: impl FnOnce() -> Result<(), Denial>,
) -> Decision {
    if may_administer(acting).is_ok() {
        return Decision::Allowed;
    }
    let acts_for_it = target
        .account
        .is_some_and(|account| acting.standing(account).is_some());
    if acts_for_it {
        rule().into()
    } else {
        Decision::Invisible
    }
}

/// A key may always be handled with itself: who holds it may give it up.
fn may_use_keys(acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    let is_itself = target.key.is_some() && acting.key().map(|key| key.id) == target.key;
    if is_itself {
        Ok(())
    } else {
        acting.check_unlimited()
    }
}

fn may_manage_members(acting: &Acting, target: Target<'_>) -> Result<(), Denial> {
    acting.check_unlimited()?;
    let standing = target.account.and_then(|account| acting.standing(account));
    match standing.and_then(|standing| standing.role) {
        Some(Role::Admin) => Ok(()),
        _ => Err(Denial::OrganizationAdminNeeded),
    }
}
