//! The decision itself.

use crate::access::Actor;
use crate::keys::{KeyType, Scope};
use crate::ports::Visible;
use crate::{Artefact, FormatId};

/// What the operator allows beyond the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessPolicy {
    /// Whether anybody may download what is public. Without it a credential that covers the artefact is needed.
    pub anonymous_downloads: bool,
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See that an artefact exists, and its metadata.
    See,
    /// Get its bytes.
    Download,
    /// Publish a version.
    Publish,
    /// Let a tag name a version, or remove a tag.
    Tag,
    /// Yank, restore or deprecate a version.
    Yank,
    /// Change title, description, category or who may see it.
    Edit,
    /// Delete a version or the whole artefact.
    Delete,
    /// Make, list and revoke keys.
    ManageKeys,
    /// Read the audit trail.
    ReadAudit,
    /// See how the registry is doing: the space that it takes.
    Operate,
}

/// What it is to be done to: as much of an artefact as is known at the moment.
///
/// A publish is decided twice: by name (and format, where it is said) before a byte of the body is read, and with
/// everything once the content has told format and category.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The format.
    pub format: Option<&'a FormatId>,
    /// The category.
    pub category: Option<&'a str>,
    /// Whether everybody may see it.
    pub public: bool,
}

impl<'a> Target<'a> {
    /// The registry itself: keys, the audit trail.
    pub fn registry() -> Self {
        Self::default()
    }

    /// An artefact that is there.
    pub fn artefact(artefact: &'a Artefact) -> Self {
        Self {
            name: Some(artefact.name.as_str()),
            format: Some(&artefact.format),
            category: Some(&artefact.category),
            public: artefact.public,
        }
    }
}

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Go on.
    Allowed,
    /// The caller must not learn whether it exists: answer as if it did not.
    Invisible,
    /// The caller must present a credential first.
    CredentialNeeded,
    /// The caller is known, may know that it exists, and may not do this.
    Denied(Denial),
}

/// Why a known caller may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The key's scope has another name.
    #[error("the key's scope does not cover this name (allowedName)")]
    OutOfScopeName,
    /// The key's scope has another format.
    #[error("the key's scope does not cover this format (allowedFormat)")]
    OutOfScopeFormat,
    /// The key's scope has another category.
    #[error("the key's scope does not cover this category (allowedCategory)")]
    OutOfScopeCategory,
    /// Keys of this type do not do this.
    #[error("a {} key may not do this, {} is needed", .has.as_str(), .needs)]
    WrongKeyType {
        /// The type of the key.
        has: KeyType,
        /// What would do.
        needs: &'static str,
    },
}

/// Decides whether `actor` may do `action` to `target`. There is no other way to anything.
pub fn decide(policy: AccessPolicy, actor: &Actor, action: Action, target: Target<'_>) -> Decision {
    match actor {
        Actor::CommandLine | Actor::System => Decision::Allowed,
        Actor::Anonymous => decide_for_anonymous(policy, action, target),
        Actor::Key(key) => match key.kind {
            KeyType::Admin => Decision::Allowed,
            KeyType::Upload => decide_for_upload_key(policy, &key.scope, action, target),
            KeyType::Read => decide_for_read_key(policy, &key.scope, action, target),
        },
    }
}

fn decide_for_anonymous(policy: AccessPolicy, action: Action, target: Target<'_>) -> Decision {
    match action {
        Action::See if target.public => Decision::Allowed,
        Action::Download if target.public && policy.anonymous_downloads => Decision::Allowed,
        Action::Download if target.public => Decision::CredentialNeeded,
        Action::See | Action::Download => Decision::Invisible,
        _ => Decision::CredentialNeeded,
    }
}

fn decide_for_upload_key(
    policy: AccessPolicy,
    scope: &Scope,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match action {
        Action::Publish => match check_scope(scope, target) {
            Ok(()) => Decision::Allowed,
            Err(denial) => Decision::Denied(denial),
        },
        Action::Tag | Action::Yank => match check_scope(scope, target) {
            Ok(()) => Decision::Allowed,
            Err(denial) if target.public => Decision::Denied(denial),
            Err(_) => Decision::Invisible,
        },
        Action::See | Action::Download => decide_reading(policy, scope, action, target),
        Action::Edit | Action::Delete => deny_change(scope, KeyType::Upload, target),
        Action::ManageKeys | Action::ReadAudit | Action::Operate => {
            Decision::Denied(Denial::WrongKeyType {
                has: KeyType::Upload,
                needs: "an admin key",
            })
        }
    }
}

fn decide_for_read_key(
    policy: AccessPolicy,
    scope: &Scope,
    action: Action,
    target: Target<'_>,
) -> Decision {
    match action {
        Action::See | Action::Download => decide_reading(policy, scope, action, target),
        Action::Publish => Decision::Denied(Denial::WrongKeyType {
            has: KeyType::Read,
            needs: "an upload key",
        }),
        Action::Tag | Action::Yank | Action::Edit | Action::Delete => {
            deny_change(scope, KeyType::Read, target)
        }
        Action::ManageKeys | Action::ReadAudit | Action::Operate => {
            Decision::Denied(Denial::WrongKeyType {
                has: KeyType::Read,
                needs: "an admin key",
            })
        }
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

/// What is not known yet is not checked yet.
fn check_scope(scope: &Scope, target: Target<'_>) -> Result<(), Denial> {
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

/// The same rule for [`Action::See`] as a filter, for listings.
pub fn visible_to(actor: &Actor) -> Visible {
    match actor {
        Actor::CommandLine | Actor::System => Visible::Everything,
        Actor::Anonymous => Visible::Public,
        Actor::Key(key) => match key.kind {
            KeyType::Admin => Visible::Everything,
            KeyType::Upload | KeyType::Read => Visible::PublicOrWithin(key.scope.clone()),
        },
    }
}
