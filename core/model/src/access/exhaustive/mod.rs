//! Every actor, every artefact, every action: what is decided, compared with an oracle.
//!
//! The world is generated ([`world`]); the oracle ([`oracle`]) was written from the rules as docs/http-api.md tells them,
//! with sets of artefacts instead of questions about one, and shares nothing with the decision but the names of things.

mod oracle;
mod world;

use self::oracle::{Oracle, Verdict};
use self::world::{ACCOUNTS, Who, artefacts, everybody};
use super::{AccessPolicy, Action, Decision, Target, decide, visible_to};

/// Actions on artefacts.
const ON_ARTEFACTS: [Action; 9] = [
    Action::See,
    Action::SeeInternals,
    Action::Download,
    Action::Publish,
    Action::Tag,
    Action::Yank,
    Action::SetOwners,
    Action::Edit,
    Action::Delete,
];

/// Actions on accounts.
const ON_ACCOUNTS: [Action; 4] = [
    Action::SeeAccount,
    Action::ManageMembers,
    Action::MakeReadKey,
    Action::UseKeysOf,
];

/// Actions on the registry as a whole.
const ON_THE_REGISTRY: [Action; 7] = [
    Action::List,
    Action::ManageKeys,
    Action::ManageAccounts,
    Action::ReadAudit,
    Action::Operate,
    Action::ManageSelf,
    Action::IssueToken,
];

const POLICIES: [AccessPolicy; 2] = [
    AccessPolicy {
        anonymous_downloads: false,
    },
    AccessPolicy {
        anonymous_downloads: true,
    },
];

fn verdict(decision: Decision) -> Verdict {
    match decision {
        Decision::Allowed => Verdict::Yes,
        Decision::Invisible => Verdict::NothingThere,
        Decision::CredentialNeeded => Verdict::WhoAreYou,
        Decision::Denied(_) => Verdict::No,
    }
}

#[test]
fn every_actor_may_do_with_every_artefact_what_the_rules_say() {
    let world = artefacts();
    let mut decided = 0_u32;
    for who in everybody() {
        let actor = who.to_actor();
        for policy in POLICIES {
            let oracle = Oracle::new(&world, &who, policy.anonymous_downloads);
            for action in ON_ARTEFACTS {
                let expected = oracle.about_artefacts(action);
                for (artefact, expected) in world.iter().zip(expected) {
                    let target = Target::artefact(artefact);
                    let found = verdict(decide(policy, &actor, action, target));
                    assert_eq!(
                        found, expected,
                        "{who:?} wants to {action:?}, {policy:?}: {artefact:#?}"
                    );
                    decided += 1;
                }
            }
        }
    }
    assert!(decided > 100_000, "only {decided} decisions");
}

#[test]
fn every_actor_may_do_with_accounts_and_the_registry_what_the_rules_say() {
    let mut decided = 0_u32;
    for who in everybody() {
        let actor = who.to_actor();
        let oracle = Oracle::new(&[], &who, false);
        let mut compare = |action, target: Target<'_>, expected| {
            let found = verdict(decide(AccessPolicy::default(), &actor, action, target));
            assert_eq!(found, expected, "{who:?} wants to {action:?}: {target:?}");
            decided += 1;
        };
        for action in ON_ACCOUNTS {
            for (name, account) in ACCOUNTS.map(|name| (name, world::account(name))) {
                let expected = oracle.about_account(action, name);
                compare(action, Target::account(&account), expected);
            }
        }
        for action in ON_THE_REGISTRY {
            compare(action, Target::registry(), oracle.about_registry(action));
        }
    }
    assert!(decided > 5_000, "only {decided} decisions");
}

#[test]
fn a_listing_shows_exactly_what_may_be_seen() {
    let world = artefacts();
    for who in everybody() {
        let actor = who.to_actor();
        let visible = visible_to(&actor);
        for artefact in &world {
            let seen = decide(
                AccessPolicy::default(),
                &actor,
                Action::See,
                Target::artefact(artefact),
            );
            assert_eq!(
                visible.shows(artefact),
                seen == Decision::Allowed,
                "{who:?}: {artefact:#?}"
            );
        }
    }
}

/// A token is a way for rights to come, never a source of more of them.
#[test]
fn a_token_never_gives_more_than_its_person_has() {
    let world = artefacts();
    for who in everybody() {
        let Some(person) = who.in_person() else {
            continue;
        };
        let (with_token, in_person) = (who.to_actor(), person.to_actor());
        for artefact in &world {
            for action in ON_ARTEFACTS {
                let may = |actor| {
                    let target = Target::artefact(artefact);
                    decide(AccessPolicy::default(), actor, action, target) == Decision::Allowed
                };
                assert!(
                    !may(&with_token) || may(&in_person),
                    "{who:?} wants to {action:?}: {artefact:#?}"
                );
            }
        }
    }
}

/// One artefact is not enough to tell a rule that is missing from one that is never asked.
#[test]
fn the_world_is_as_varied_as_the_rules() {
    let world = artefacts();
    let count = |who: fn(&Who) -> bool| everybody().filter(who).count();
    assert_eq!(count(|who| matches!(who, Who::Nobody)), 1);
    assert!(count(|who| matches!(who, Who::PlainKey { .. })) >= 9);
    assert!(count(|who| matches!(who, Who::AccountKey { .. })) >= 20);
    assert!(count(|who| matches!(who, Who::Person { .. })) >= 200);
    assert!(world.len() >= 100, "{}", world.len());
}
