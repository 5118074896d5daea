//! The rules for keys that belong to no account: a superadmin made them, and their scope says what they cover.

use crate::access::decide::decide_for_superuser;
use crate::access::{AccessPolicy, Action, Decision, Denial, Target};
use crate::keys::{ApiKey, KeyType, Scope};

pub(super) fn decide_for_key(
    policy: AccessPolicy,
    key: &ApiKey,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match key.kind {
        KeyType::Admin => decide_for_superuser(action),
        KeyType::Upload => decide_for_upload_key(policy, &key.scope, action, target),
        KeyType::Read => decide_for_read_key(policy, &key.scope, action, target),
        // Such a key always has an owner, so nobody gets here; and if somebody does, not further.
        KeyType::User => Decision::Denied(Denial::SessionNeeded),
    }
}

fn decide_for_upload_key(
    policy: AccessPolicy,
    scope: &Scope,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match action {
        Action::Publish => check_scope(scope, target).into(),
        Action::Tag | Action::Yank => match check_scope(scope, target) {
            Ok(()) => Decision::Allowed,
            Err(denial) if target.public => Decision::Denied(denial),
            Err(_) => Decision::Invisible,
        },
        _ => decide_as_reader(policy, KeyType::Upload, scope, action, target),
    }
}

fn decide_for_read_key(
    policy: AccessPolicy,
    scope: &Scope,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match action {
        Action::Publish => Decision::Denied(Denial::WrongKeyType {
            has: KeyType::Read,
            needs: "an upload key",
        }),
        Action::Tag | Action::Yank => deny_change(scope, KeyType::Read, target),
        _ => decide_as_reader(policy, KeyType::Read, scope, action, target),
    }
}

/// What upload and read keys have in common.
fn decide_as_reader(
    policy: AccessPolicy,
    has: KeyType,
    scope: &Scope,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match action {
        Action::List => Decision::Allowed,
        Action::See | Action::Download => decide_reading(policy, scope, action, target),
        Action::SeeInternals | Action::SetOwners | Action::Edit | Action::Delete => {
            deny_change(scope, has, target)
        }
        Action::ManageSelf | Action::IssueToken => Decision::Denied(Denial::SessionNeeded),
        _ => Decision::Denied(Denial::WrongKeyType {
            has,
            needs: "an admin key",
        }),
    }
}

fn decide_reading(
    policy: AccessPolicy,
    scope: &Scope,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match check_scope(scope, target) {
        Ok(()) => Decision::Allowed,
        Err(_) if target.public && (action == Action::See || policy.anonymous_downloads) => {
            Decision::Allowed
        }
        Err(denial) if target.public => Decision::Denied(denial),
        Err(_) => Decision::Invisible,
    }
}

/// A change that keys of this type never make: a clear no where the artefact may be seen, nothing where not.
fn deny_change(scope: &Scope, has: KeyType, target: Target<'_>) -> Decision {
    if target.public || check_scope(scope, target).is_ok() {
        Decision::Denied(Denial::WrongKeyType {
            has,
            needs: "an admin key",
        })
    } else {
        Decision::Invisible
    }
}

/// Whether a key's scope covers a target. What is not known yet is not checked yet.
pub(super) fn check_scope(scope: &Scope, target: Target<'_>) -> Result<(), Denial> {
    if target.name.is_some_and(|name| !scope.allows_name(name)) {
        return Err(Denial::OutOfScopeName);
    }
    if target
        .format
        .is_some_and(|format| !scope.allows_format(format))
    {
        return Err(Denial::OutOfScopeFormat);
    }
    if target
        .category
        .is_some_and(|category| !scope.allows_category(category))
    {
        return Err(Denial::OutOfScopeCategory);
    }
    Ok(())
}
