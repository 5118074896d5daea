//! People, their rights, and how they sign in.

use std::time::Duration;

use cellier_model::accounts::{AccessGrant, Account, Granted, Member, Person, Role, Standing};
use cellier_model::keys::{NamePattern, Scope};
use cellier_model::ports::{
    AccountQuery, Accounts as _, Catalog as _, Grants as _, PasswordHash, Sessions as _,
    WebLogins as _,
};
use cellier_model::sessions::{Session, SessionPolicy, TokenHash};
use cellier_model::web_login::PendingWebLogin;
use cellier_model::{AccountKind, FormatId, Uploader};
use cellier_store::Store;

use super::super::accounts::name;
use super::{Migrated, at, id};

pub(super) async fn read(migrated: &Migrated) {
    accounts(migrated).await;
    rights(migrated).await;
    sessions(migrated).await;
    web_logins(migrated).await;
}

fn anna() -> Account {
    Account {
        name: name("anna"),
        kind: AccountKind::User,
        superadmin: true,
        created_by: Uploader {
            kind: "command-line".to_owned(),
            ..Uploader::default()
        },
        created_at: at(400),
        disabled_at: None,
        deleted_at: None,
    }
}

fn bert() -> Account {
    Account {
        name: name("bert"),
        superadmin: false,
        created_by: by_anna(),
        created_at: at(401),
        disabled_at: Some(at(411)),
        ..anna()
    }
}

fn acme() -> Account {
    Account {
        name: name("acme"),
        kind: AccountKind::Organization,
        created_at: at(402),
        disabled_at: None,
        ..bert()
    }
}

fn gone() -> Account {
    Account {
        name: name("gone"),
        created_at: at(403),
        deleted_at: Some(at(412)),
        ..acme()
    }
}

fn by_anna() -> Uploader {
    Uploader {
        kind: "account".to_owned(),
        account: Some("anna".to_owned()),
        ..Uploader::default()
    }
}

async fn accounts(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let everybody = AccountQuery {
        kind: None,
        with_member: None,
        after: None,
        limit: 10,
    };
    let expected = migrated.since(3, vec![acme(), anna(), bert()]);
    let listed = store.accounts(&everybody).await.unwrap();
    assert_eq!(listed, expected.unwrap_or_default());
    for expected in [anna(), bert(), acme()] {
        let found = store.account(expected.name.as_str()).await.unwrap();
        assert_eq!(found, migrated.since(3, expected));
    }
    assert_eq!(store.account("gone").await.unwrap(), None);
    let mut transaction = store.begin().await.unwrap();
    let tombstone = transaction.lock_account("gone").await.unwrap();
    assert_eq!(tombstone, migrated.since(3, gone()));
    drop(transaction);

    let hash = PasswordHash::stored("$argon2id$anna's");
    let password = store.password_of(&name("anna")).await.unwrap();
    assert_eq!(password, migrated.since(3, hash));
    assert_eq!(store.password_of(&name("bert")).await.unwrap(), None);
    let has_superadmin = store.has_superadmin().await.unwrap();
    assert_eq!(has_superadmin, migrated.from >= 3);
}

async fn rights(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let member = |user: &str, role, added| Member {
        organization: name("acme"),
        user: name(user),
        role,
        added_at: at(added),
    };
    let members = [
        member("anna", Role::Admin, 420),
        member("bert", Role::Member, 421),
    ];
    let found = store.members(&name("acme"), None, 10).await.unwrap();
    assert_eq!(
        found,
        migrated
            .since(3, members)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    );

    let grant = grant();
    let found = store.grants(None, 10).await.unwrap();
    assert_eq!(found, Vec::from_iter(migrated.since(3, grant.clone())));
    let of_acme = store.grant_of("acme").await.unwrap();
    assert_eq!(of_acme, migrated.since(3, grant.clone()));

    let own = Standing {
        account: anna().reference(),
        role: None,
        grant: None,
    };
    let in_acme = Standing {
        account: acme().reference(),
        role: Some(Role::Admin),
        grant: Some(grant.granted),
    };
    let person = Person {
        name: name("anna"),
        superadmin: true,
        standings: vec![own, in_acme],
    };
    let found = store.person("anna").await.unwrap();
    assert_eq!(found, migrated.since(3, person));
    assert_eq!(store.person("bert").await.unwrap(), None, "he is disabled");
}

fn grant() -> AccessGrant {
    let scope = Scope {
        name: Some(NamePattern::parse("@acme/*").unwrap()),
        format: Some(FormatId::new("npm")),
        category: Some("other".to_owned()),
    };
    AccessGrant {
        id: id(0xe1),
        account: acme().reference(),
        granted: Granted {
            download: vec![Scope::default()],
            publish: vec![scope],
        },
        granted_by: by_anna(),
        granted_at: at(430),
    }
}

fn hash(byte: &str) -> TokenHash {
    TokenHash::from_hex(&byte.repeat(32)).unwrap()
}

async fn sessions(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let session = Session {
        id: id(0xe2),
        hash: hash("5a"),
        user: name("anna"),
        created_at: at(440),
        last_used_at: at(441),
        expires_at: at(2000),
        address: Some("192.0.2.7".parse().unwrap()),
        user_agent: Some("Brow\"ser's 1.0".to_owned()),
    };
    let expected = migrated.since(3, session);
    assert_eq!(store.session(&hash("5a")).await.unwrap(), expected);
    let policy = SessionPolicy {
        idle: Duration::from_secs(1),
        ..SessionPolicy::default()
    };
    let anna = name("anna");
    let listed = store.sessions(&anna, (policy, at(1999)), None, 10);
    assert_eq!(listed.await.unwrap(), Vec::from_iter(expected));

    for (now, works) in [(at(1999), migrated.from >= 3), (at(2000), false)] {
        let found = store.setup_link_works(&hash("6b"), now).await.unwrap();
        assert_eq!(found, works, "{now}");
    }
}

async fn web_logins(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let pending = PendingWebLogin {
        id: hash("7c"),
        page: hash("8d"),
        label: "npm's \"login\"".to_owned(),
        begun_at: at(500),
        expires_at: at(2000),
        address: Some("192.0.2.8".parse().unwrap()),
        user: Some(name("anna")),
    };
    let expected = migrated.since(4, pending);
    assert_eq!(store.web_login(&hash("7c")).await.unwrap(), expected);
    let of_page = store.web_login_of_page(&hash("8d")).await.unwrap();
    assert_eq!(of_page, expected);
}
