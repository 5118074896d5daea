//! What reads, beside listings.

use std::time::Duration;

use cellier_model::audit::AuditQuery;
use cellier_model::ports::{
    AccountQuery, Accounts as _, Artefacts as _, AuditLog as _, Catalog as _, Checks as _,
    Grants as _, Keys as _, Leases as _, ReleaseQuery, Sessions as _, SigningKeys as _, Space as _,
    Versions as _, WantedLease, WebLogins as _,
};
use cellier_model::sessions::{SessionPolicy, TokenHash};
use cellier_model::testing::SeededRandom;
use cellier_model::{AccountKind, AccountRef, FormatId};
use cellier_sdk::OrderKey;
use cellier_store::{RegistryId, Store};

use super::super::accounts::name;
use super::super::support::at;
use super::rows::{blob, digest, id};

pub(crate) async fn read(store: &Store) {
    store.check().await.unwrap();
    downloads(store).await;
    versions(store).await;
    keys(store).await;
    people(store).await;
    sessions(store).await;
    audit(store).await;
    sweep(store).await;
    checks(store).await;
    leases(store).await;
}

fn hash(number: u64) -> TokenHash {
    TokenHash::from_hex(&digest(number)).unwrap()
}

/// Everything between the key of a client and the bytes that it gets.
async fn downloads(store: &Store) {
    let npm = FormatId::new("npm");
    let found = store.artefact(&npm, "n15000").await.unwrap().unwrap();
    assert_eq!(store.artefacts_named("n15000").await.unwrap().len(), 1);
    let release = store.brief_release(found.id, "1.0.0").await.unwrap();
    assert_eq!(release.unwrap().files.len(), 1);
    let release = store.release(found.id, "1.0.0").await.unwrap();
    assert_eq!(release.unwrap().files.len(), 1);
    assert_eq!(store.tags(id(5005)).await.unwrap().len(), 2);
}

async fn versions(store: &Store) {
    let all = ReleaseQuery {
        artefact: id(1),
        line: None,
        stable_only: false,
        without_yanked: false,
        from: None,
        below: None,
        limit: 20,
    };
    let key = |text: &str| Some(OrderKey::new(text).unwrap());
    let of_line = ReleaseQuery {
        line: key("1010"),
        stable_only: true,
        without_yanked: true,
        ..all.clone()
    };
    let next = ReleaseQuery {
        below: key("101000"),
        ..all.clone()
    };
    for wanted in [all, of_line, next] {
        let page = store.releases(&wanted).await.unwrap();
        assert_eq!(page.releases.len(), 20);
        let whole = store.whole_releases(&wanted).await.unwrap();
        assert_eq!(whole.releases.len(), 20);
    }
    let sha256 = blob(700).sha256();
    assert!(store.shareable_blob(&sha256).await.unwrap().is_some());
}

async fn keys(store: &Store) {
    assert!(store.key_by_short_id("short9").await.unwrap().is_some());
    assert!(store.key(id(9)).await.unwrap().is_some());
    let owners = ["x", "user7"].map(|owner| AccountRef {
        kind: AccountKind::User,
        id: owner.to_owned(),
    });
    for before in [None, Some(id(40))] {
        assert_eq!(store.keys(before, 20).await.unwrap().len(), 20);
        assert!(!store.keys_of(&owners, before, 20).await.unwrap().is_empty());
    }
    store.note_key_use(&[(id(9), at(9))]).await.unwrap();
}

async fn people(store: &Store) {
    assert!(store.account("user4000").await.unwrap().is_some());
    assert!(store.password_of(&name("x")).await.unwrap().is_none());
    let all = AccountQuery {
        kind: None,
        with_member: None,
        after: None,
        limit: 20,
    };
    let next = AccountQuery {
        after: Some("team500".to_owned()),
        ..all.clone()
    };
    let users = AccountQuery {
        kind: Some(AccountKind::User),
        ..all.clone()
    };
    let of_user = AccountQuery {
        with_member: Some(name("x")),
        ..all.clone()
    };
    for wanted in [all, next, users, of_user] {
        assert!(!store.accounts(&wanted).await.unwrap().is_empty());
    }
    assert_eq!(store.person("x").await.unwrap().unwrap().standings.len(), 6);
    let own = AccountRef::user(&name("x"));
    assert!(store.standing(&own).await.unwrap().is_some());
    for after in [None, Some("user3")] {
        let members = store.members(&name("team1"), after, 20).await.unwrap();
        assert!(!members.is_empty());
    }
    assert!(store.has_superadmin().await.unwrap());
    assert!(!store.setup_link_works(&hash(1), at(1)).await.unwrap());
    assert!(store.grant(id(3000)).await.unwrap().is_some());
    assert!(store.grant_of("user3000").await.unwrap().is_some());
    for before in [None, Some(id(3000))] {
        assert_eq!(store.grants(before, 20).await.unwrap().len(), 20);
    }
}

async fn sessions(store: &Store) {
    assert!(store.session(&hash(2000)).await.unwrap().is_some());
    assert!(store.session_of_id(id(2000)).await.unwrap().is_some());
    let policy = SessionPolicy {
        idle: Duration::from_secs(1000),
        ..SessionPolicy::default()
    };
    let user = name("x");
    for before in [None, Some(id(3))] {
        let listed = store.sessions(&user, (policy, at(2)), before, 20).await;
        assert!(!listed.unwrap().is_empty());
    }
    store.note_session_use(&[(id(9), at(10))]).await.unwrap();
    store.forget_sessions(at(20_001)).await.unwrap();
    assert!(store.web_login(&hash(9)).await.unwrap().is_some());
    assert!(store.web_login_of_page(&hash(9)).await.unwrap().is_some());
    assert!(store.signing_key().await.unwrap().is_none());
    assert!(store.signing_keys().await.unwrap().is_empty());
}

async fn audit(store: &Store) {
    let all = AuditQuery {
        limit: 20,
        ..AuditQuery::default()
    };
    let text = |text: &str| Some(text.to_owned());
    let (noun, action) = (text("grant"), text("version.delete"));
    let asked = [
        all.clone(),
        AuditQuery {
            before: store
                .audit_events(&all)
                .await
                .unwrap()
                .last()
                .map(|one| one.id),
            ..all.clone()
        },
        AuditQuery {
            action: noun,
            ..all.clone()
        },
        AuditQuery {
            action,
            ..all.clone()
        },
        AuditQuery {
            object: text("npm/n9"),
            ..all.clone()
        },
        AuditQuery {
            key_id: text("key9"),
            ..all.clone()
        },
        AuditQuery {
            since: Some(at(19_999)),
            ..all.clone()
        },
        AuditQuery {
            until: Some(at(10)),
            ..all.clone()
        },
        AuditQuery {
            action: text("version.publish"),
            since: Some(at(60)),
            until: Some(at(70)),
            ..all
        },
    ];
    for wanted in asked {
        let found = store.audit_events(&wanted).await.unwrap();
        assert!(!found.is_empty(), "{wanted:?}");
    }
}

/// What gc and the sweep read.
async fn sweep(store: &Store) {
    let npm = FormatId::new("npm");
    for after in [None, Some(id(9000))] {
        let some = store.artefacts_of_format(&npm, after, 100).await.unwrap();
        assert_eq!(some.len(), 100);
    }
    assert_eq!(store.retained_versions(id(2)).await.unwrap().len(), 1);
    let unused = store.unused_blobs(at(2000), 100).await.unwrap();
    assert_eq!(unused.len(), 100);
    assert_eq!(store.dying_blobs(None, 40).await.unwrap().len(), 40);
    let (freeable, _) = store.count_freeable(at(2000)).await.unwrap();
    assert!(freeable >= 50);
    let stored = [blob(3), blob(20_003), blob(99_999)];
    assert_eq!(store.known_blobs(&stored).await.unwrap().len(), 2);
    assert!(store.orphans_seen(&stored).await.unwrap().is_empty());
    assert!(store.registry_id().await.unwrap().is_none());
    let name = RegistryId::new(&SeededRandom::new(1));
    assert_eq!(store.name_registry(&name).await.unwrap(), name);
    assert_eq!(store.space().await.unwrap().reclaimable_blobs, 3050);
}

/// What fsck reads.
async fn checks(store: &Store) {
    for after in [None, Some(blob(9000))] {
        assert_eq!(store.blob_states(after, 100).await.unwrap().len(), 100);
    }
    assert!(store.blob_state(&blob(9000)).await.unwrap().is_some());
    assert_eq!(store.uses_of_blob(&blob(9000), 10).await.unwrap().len(), 1);
    assert!(store.twins_of_blob(&blob(9000)).await.unwrap().is_empty());
    for after in [None, Some(id(9000))] {
        assert_eq!(store.all_artefacts(after, 100).await.unwrap().len(), 100);
    }
    let index = store.index_of_artefact(id(5005)).await.unwrap();
    assert_eq!(index.words, ["map", "n5005", "rare"]);
}

async fn leases(store: &Store) {
    let lease = |holder: &str| WantedLease {
        name: "gc".to_owned(),
        holder: holder.to_owned(),
        term: Duration::from_mins(1),
    };
    store.acquire_lease(&lease("one"), at(1)).await.unwrap();
    store.acquire_lease(&lease("two"), at(2)).await.unwrap();
    store.release_lease("gc", "one").await.unwrap();
}
