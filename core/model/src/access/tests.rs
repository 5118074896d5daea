//! The decision as a table: who may do what to which artefact.

use std::sync::Arc;

use super::*;
use crate::keys::{ApiKey, KeyHash, KeyType, NamePattern, Scope};
use crate::{FormatId, Id, Timestamp, Uploader};

fn key(kind: KeyType, scope: Scope) -> Actor {
    Actor::Key(Arc::new(ApiKey {
        id: Id::nil(),
        short_id: "00000000".to_owned(),
        name: "k".to_owned(),
        kind,
        owner: None,
        read_only: false,
        scope,
        hash: KeyHash::from_bytes([0; 64]),
        created_by: Uploader::default(),
        created_at: Timestamp::from_micros(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }))
}

fn acme() -> Scope {
    Scope {
        name: Some(NamePattern::parse("@acme/*").unwrap()),
        ..Scope::default()
    }
}

const ALL: [Action; 10] = [
    Action::See,
    Action::Download,
    Action::Publish,
    Action::Tag,
    Action::Yank,
    Action::Edit,
    Action::Delete,
    Action::ManageKeys,
    Action::ReadAudit,
    Action::Operate,
];

/// What is decided about each action in turn, as a letter: allowed, invisible, credential needed, denied.
fn row(policy: AccessPolicy, actor: &Actor, name: &str, public: bool) -> String {
    let npm = FormatId::new("npm");
    let target = Target {
        name: Some(name),
        format: Some(&npm),
        category: Some("other"),
        public,
        ..Target::default()
    };
    ALL.iter()
        .map(|action| match decide(policy, actor, *action, target) {
            Decision::Allowed => 'A',
            Decision::Invisible => 'i',
            Decision::CredentialNeeded => 'c',
            Decision::Denied(_) => 'd',
        })
        .collect()
}

#[test]
fn who_may_do_what() {
    let strict = AccessPolicy::default();
    let open = AccessPolicy {
        anonymous_downloads: true,
    };
    let (inside, outside) = ("@acme/widget", "@other/widget");
    // See, download, publish, tag, yank, edit, delete, manage keys, read the audit trail, operate.
    for (policy, actor, name, public, expected) in [
        (strict, Actor::Anonymous, inside, false, "iicccccccc"),
        (strict, Actor::Anonymous, inside, true, "Accccccccc"),
        (open, Actor::Anonymous, inside, false, "iicccccccc"),
        (open, Actor::Anonymous, inside, true, "AAcccccccc"),
        (
            strict,
            key(KeyType::Upload, acme()),
            inside,
            false,
            "AAAAAddddd",
        ),
        (
            strict,
            key(KeyType::Upload, acme()),
            outside,
            false,
            "iidiiiiddd",
        ),
        (
            strict,
            key(KeyType::Upload, acme()),
            outside,
            true,
            "Addddddddd",
        ),
        (
            open,
            key(KeyType::Upload, acme()),
            outside,
            true,
            "AAdddddddd",
        ),
        (
            strict,
            key(KeyType::Read, acme()),
            inside,
            false,
            "AAdddddddd",
        ),
        (
            strict,
            key(KeyType::Read, acme()),
            outside,
            false,
            "iidiiiiddd",
        ),
        (
            strict,
            key(KeyType::Read, acme()),
            outside,
            true,
            "Addddddddd",
        ),
        (
            strict,
            key(KeyType::Upload, Scope::default()),
            outside,
            false,
            "AAAAAddddd",
        ),
        (
            strict,
            key(KeyType::Admin, Scope::default()),
            outside,
            false,
            "AAAAAAAAAA",
        ),
        (strict, Actor::CommandLine, outside, false, "AAAAAAAAAA"),
        (strict, Actor::System, outside, false, "AAAAAAAAAA"),
    ] {
        let decided = row(policy, &actor, name, public);
        assert_eq!(
            decided, expected,
            "{actor:?} {name} public={public} {policy:?}"
        );
    }
}

#[test]
fn a_scope_of_format_and_category_holds_as_soon_as_they_are_known() {
    let scope = Scope {
        format: Some(FormatId::new("tileset")),
        category: Some("tileset".to_owned()),
        name: None,
    };
    let actor = key(KeyType::Upload, scope);
    let npm = FormatId::new("npm");
    let tileset = FormatId::new("tileset");
    let publish = |target| decide(AccessPolicy::default(), &actor, Action::Publish, target);
    let unknown = Target {
        name: Some("terrain"),
        ..Target::default()
    };
    assert_eq!(
        publish(unknown),
        Decision::Allowed,
        "nothing is known yet that would speak against it"
    );
    let wrong_format = Target {
        format: Some(&npm),
        ..unknown
    };
    assert_eq!(
        publish(wrong_format),
        Decision::Denied(Denial::OutOfScopeFormat)
    );
    let wrong_category = Target {
        format: Some(&tileset),
        category: Some("other"),
        ..unknown
    };
    assert_eq!(
        publish(wrong_category),
        Decision::Denied(Denial::OutOfScopeCategory)
    );
}
