//! The decision itself.

use crate::access::decision::Denial;
use crate::access::of_account::decide_for_account;
use crate::access::of_key::decide_for_key;
use crate::access::{Action, Actor, Decision, Target};

/// What the operator allows beyond the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessPolicy {
    /// Whether anybody may download what is public. Without it a credential that covers the artefact is needed.
    pub anonymous_downloads: bool,
}

/// Decides whether `actor` may do `action` to `target`. There is no other way to anything.
pub fn decide(policy: AccessPolicy, actor: &Actor, action: Action, target: Target<'_>) -> Decision {
    match actor {
        Actor::CommandLine | Actor::System => decide_for_superuser(action),
        Actor::Anonymous => decide_for_anonymous(policy, action, target),
        Actor::Key(key) => decide_for_key(policy, key, action, target),
        Actor::Account(acting) => decide_for_account(policy, acting, action, target),
    }
}

/// Who may do everything, but is nobody: there is no self to manage, and no rights of a person that a token could carry.
pub(super) fn decide_for_superuser(action: Action) -> Decision {
    match action {
        Action::ManageSelf | Action::IssueToken => Decision::Denied(Denial::SessionNeeded),
        _ => Decision::Allowed,
    }
}

fn decide_for_anonymous(policy: AccessPolicy, action: Action, target: Target<'_>) -> Decision {
    match action {
        Action::List => Decision::Allowed,
        Action::See if target.public => Decision::Allowed,
        Action::Download if target.public && policy.anonymous_downloads => Decision::Allowed,
        Action::Download | Action::SeeInternals if target.public => Decision::CredentialNeeded,
        Action::See | Action::SeeInternals | Action::Download => Decision::Invisible,
        _ => Decision::CredentialNeeded,
    }
}
