//! Accounts, memberships and grants.

use cellier_model::accounts::{AccessGrant, Account, AccountName, Granted, Member, Role, Standing};
use cellier_model::keys::{KeyType, NamePattern, Scope};
use cellier_model::ports::{
    AccountQuery, Accounts as _, Catalog as _, CatalogError, Grants as _, Keys as _, PasswordHash,
};
use cellier_model::{AccountKind, AccountRef, FormatId, Uploader};
use cellier_store::Store;

use super::support::{at, id};

pub(crate) fn name(text: &str) -> AccountName {
    AccountName::parse(text).unwrap()
}

pub(crate) fn user(text: &str) -> Account {
    Account {
        name: name(text),
        kind: AccountKind::User,
        superadmin: false,
        created_by: Uploader {
            kind: "command-line".to_owned(),
            ..Uploader::default()
        },
        created_at: at(0),
        disabled_at: None,
        deleted_at: None,
    }
}

pub(crate) fn organization(text: &str) -> Account {
    Account {
        kind: AccountKind::Organization,
        ..user(text)
    }
}

pub(crate) async fn put(store: &Store, accounts: &[Account]) {
    let mut transaction = store.begin().await.unwrap();
    for account in accounts {
        assert!(transaction.insert_account(account, None).await.unwrap());
    }
    transaction.commit().await.unwrap();
}

pub(crate) async fn join(store: &Store, organization: &str, user: &str, role: Role) {
    let mut transaction = store.begin().await.unwrap();
    let member = Member {
        organization: name(organization),
        user: name(user),
        role,
        added_at: at(1),
    };
    transaction.put_member(&member).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(crate) fn grant(account: &Account, second: i64) -> AccessGrant {
    let scope = Scope {
        name: Some(NamePattern::parse("@acme/*").unwrap()),
        format: Some(FormatId::new("npm")),
        category: Some("it's \"other\"".to_owned()),
    };
    AccessGrant {
        id: id(second, 3),
        account: account.reference(),
        granted: Granted {
            download: vec![Scope::default()],
            publish: vec![scope, Scope::default()],
        },
        granted_by: Uploader::default(),
        granted_at: at(second),
    }
}

pub(crate) async fn an_account_reads_back_and_its_name_never_comes_back(store: &Store) {
    let mut anna = user("anna");
    anna.superadmin = true;
    put(store, std::slice::from_ref(&anna)).await;
    assert_eq!(store.account("anna").await.unwrap(), Some(anna.clone()));
    assert_eq!(store.account("bert").await.unwrap(), None);
    assert!(store.has_superadmin().await.unwrap());

    anna.superadmin = false;
    anna.disabled_at = Some(at(2));
    anna.deleted_at = Some(at(3));
    let mut transaction = store.begin().await.unwrap();
    transaction.update_account(&anna).await.unwrap();
    assert_eq!(
        transaction.lock_account("anna").await.unwrap(),
        Some(anna.clone()),
        "a transaction sees the tombstone"
    );
    transaction.commit().await.unwrap();
    assert_eq!(store.account("anna").await.unwrap(), None);
    assert!(!store.has_superadmin().await.unwrap());
    let mut transaction = store.begin().await.unwrap();
    for again in [user("anna"), organization("anna")] {
        assert!(!transaction.insert_account(&again, None).await.unwrap());
    }
}

pub(crate) async fn a_password_is_set_and_taken_away(store: &Store) {
    let hash = |text: &str| Some(PasswordHash::stored(text));
    let mut transaction = store.begin().await.unwrap();
    let first = hash("$argon2id$one");
    assert!(
        transaction
            .insert_account(&user("anna"), first.as_ref())
            .await
            .unwrap()
    );
    transaction.commit().await.unwrap();
    assert_eq!(store.password_of(&name("anna")).await.unwrap(), first);
    assert_eq!(store.password_of(&name("nobody")).await.unwrap(), None);
    for next in [hash("$argon2id$two"), None] {
        let mut transaction = store.begin().await.unwrap();
        transaction
            .set_password(&name("anna"), next.as_ref())
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(store.password_of(&name("anna")).await.unwrap(), next);
    }
}

pub(crate) async fn a_hash_takes_the_place_of_the_one_that_was_checked_and_of_no_other(
    store: &Store,
) {
    let [old, renewed, new] = ["old", "renewed", "new"].map(PasswordHash::stored);
    let mut transaction = store.begin().await.unwrap();
    let made = transaction.insert_account(&user("anna"), Some(&old)).await;
    assert!(made.unwrap());
    transaction.commit().await.unwrap();
    for (before, after, is_replaced) in [(&new, &renewed, false), (&old, &renewed, true)] {
        let mut transaction = store.begin().await.unwrap();
        let replaced = transaction.replace_hash(&name("anna"), before, after).await;
        assert_eq!(replaced.unwrap(), is_replaced);
        let holds = transaction.lock_password(&name("anna"), &renewed).await;
        assert_eq!(holds.unwrap(), is_replaced);
        transaction.commit().await.unwrap();
    }
    let now = store.password_of(&name("anna")).await.unwrap();
    assert_eq!(now, Some(renewed));
}

pub(crate) async fn tokens_of_a_user_are_revoked_and_other_keys_are_not(store: &Store) {
    put(store, &[user("anna"), user("bert")]).await;
    let owned = |seed, kind, owner: &str| {
        let (mut key, _) = super::keys::key(seed);
        key.kind = kind;
        key.owner = Some(user(owner).reference());
        key
    };
    let keys = [
        owned(1, KeyType::User, "anna"),
        owned(2, KeyType::Upload, "anna"),
        owned(3, KeyType::Read, "anna"),
        owned(4, KeyType::User, "bert"),
    ];
    let mut transaction = store.begin().await.unwrap();
    for key in &keys {
        transaction.insert_key(key).await.unwrap();
    }
    transaction
        .revoke_tokens_of(&name("anna"), at(9))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let mut revoked = Vec::new();
    for key in &keys {
        let found = store.key(key.id).await.unwrap().unwrap();
        revoked.push(found.revoked_at);
    }
    assert_eq!(revoked, [Some(at(9)), None, None, None]);
}

pub(crate) async fn accounts_are_listed_by_name_kind_and_member(store: &Store) {
    put(
        store,
        &[
            user("bert"),
            user("anna"),
            organization("acme"),
            organization("umbrella"),
        ],
    )
    .await;
    join(store, "umbrella", "anna", Role::Member).await;
    let everybody = AccountQuery {
        kind: None,
        with_member: None,
        after: None,
        limit: 10,
    };
    let listed = async |query: AccountQuery| {
        let accounts = store.accounts(&query).await.unwrap();
        accounts
            .iter()
            .map(|account| account.name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed(everybody.clone()).await,
        ["acme", "anna", "bert", "umbrella"]
    );
    let users = AccountQuery {
        kind: Some(AccountKind::User),
        limit: 1,
        ..everybody.clone()
    };
    assert_eq!(listed(users.clone()).await, ["anna"]);
    let after = Some("anna".to_owned());
    assert_eq!(listed(AccountQuery { after, ..users }).await, ["bert"]);
    let of_anna = AccountQuery {
        kind: Some(AccountKind::Organization),
        with_member: Some(name("anna")),
        ..everybody
    };
    assert_eq!(listed(of_anna).await, ["umbrella"]);
}

pub(crate) async fn a_person_is_read_with_every_standing(store: &Store) {
    let (anna, acme) = (user("anna"), organization("acme"));
    let gone = Account {
        disabled_at: Some(at(1)),
        ..organization("gone")
    };
    put(store, &[anna.clone(), acme.clone(), gone, user("zoe")]).await;
    for organization in ["acme", "gone"] {
        join(store, organization, "anna", Role::Member).await;
    }
    join(store, "acme", "anna", Role::Admin).await;
    let granted = grant(&acme, 2);
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_grant(&granted).await.unwrap();
    transaction.commit().await.unwrap();

    let person = store.person("anna").await.unwrap().unwrap();
    let own = Standing {
        account: anna.reference(),
        role: None,
        grant: None,
    };
    let in_acme = Standing {
        account: acme.reference(),
        role: Some(Role::Admin),
        grant: Some(granted.granted.clone()),
    };
    assert_eq!(person.standings, [own, in_acme.clone()]);
    assert!(!person.superadmin);
    let zoe = store.person("zoe").await.unwrap().unwrap();
    assert_eq!(zoe.standings.len(), 1);
    for nobody in ["acme", "gone", "nobody"] {
        assert_eq!(store.person(nobody).await.unwrap(), None, "{nobody}");
    }
    let alone = store.standing(&acme.reference()).await.unwrap().unwrap();
    assert_eq!(
        alone,
        Standing {
            role: None,
            ..in_acme
        }
    );
    let wrong_kind = AccountRef {
        kind: AccountKind::User,
        id: "acme".to_owned(),
    };
    assert_eq!(store.standing(&wrong_kind).await.unwrap(), None);
    let mut transaction = store.begin().await.unwrap();
    let relied_on = transaction.person_to_rely_on("anna").await.unwrap();
    assert_eq!(relied_on, Some(person));
}

pub(crate) async fn members_come_and_go(store: &Store) {
    put(store, &[user("anna"), user("bert"), organization("acme")]).await;
    join(store, "acme", "bert", Role::Member).await;
    join(store, "acme", "anna", Role::Member).await;
    join(store, "acme", "anna", Role::Admin).await;
    let listed = async |after: Option<&str>| {
        let members = store.members(&name("acme"), after, 10).await.unwrap();
        let member = |member: &Member| (member.user.to_string(), member.role);
        members.iter().map(member).collect::<Vec<_>>()
    };
    let (anna, bert) = (
        ("anna".to_owned(), Role::Admin),
        ("bert".to_owned(), Role::Member),
    );
    assert_eq!(listed(None).await, [anna, bert.clone()]);
    assert_eq!(listed(Some("anna")).await, [bert]);
    let mut transaction = store.begin().await.unwrap();
    let (acme, anna) = (name("acme"), name("anna"));
    assert_eq!(transaction.memberships_of(&anna).await.unwrap(), 1);
    assert!(transaction.remove_member(&acme, &anna).await.unwrap());
    assert!(!transaction.remove_member(&acme, &anna).await.unwrap());
    transaction.remove_memberships(&name("acme")).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(listed(None).await.is_empty());
}

pub(crate) async fn an_account_has_one_grant_which_changes_and_goes(store: &Store) {
    let (anna, acme) = (user("anna"), organization("acme"));
    put(store, &[anna.clone(), acme.clone()]).await;
    let (first, second) = (grant(&anna, 1), grant(&acme, 2));
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_grant(&first).await.unwrap();
    transaction.insert_grant(&second).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.grant(first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(store.grant_of("acme").await.unwrap(), Some(second.clone()));
    assert_eq!(
        store.grants(None, 10).await.unwrap(),
        [second.clone(), first.clone()]
    );
    assert_eq!(
        store.grants(Some(second.id), 10).await.unwrap(),
        std::slice::from_ref(&first)
    );
    let mut transaction = store.begin().await.unwrap();
    let again = AccessGrant {
        id: id(3, 3),
        ..first.clone()
    };
    let refused = transaction.insert_grant(&again).await;
    assert!(
        matches!(refused, Err(CatalogError::Conflict)),
        "{refused:?}"
    );
    drop(transaction);

    let mut transaction = store.begin().await.unwrap();
    let nothing = Granted::default();
    assert!(transaction.update_grant(first.id, &nothing).await.unwrap());
    assert!(!transaction.update_grant(again.id, &nothing).await.unwrap());
    assert!(transaction.delete_grant_of("acme").await.unwrap());
    assert!(!transaction.delete_grant_of("acme").await.unwrap());
    transaction.commit().await.unwrap();
    let kept = store.grant_of("anna").await.unwrap().unwrap();
    assert_eq!(kept.granted, nothing);
    assert_eq!(store.grant_of("acme").await.unwrap(), None);
}

pub(crate) async fn superadmins_that_work_are_known_by_name(store: &Store) {
    let admin = |text: &str| Account {
        superadmin: true,
        ..user(text)
    };
    let disabled = Account {
        disabled_at: Some(at(1)),
        ..admin("carl")
    };
    put(
        store,
        &[admin("bert"), admin("anna"), disabled, user("dora")],
    )
    .await;
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(
        transaction.lock_superadmins().await.unwrap(),
        ["anna", "bert"]
    );
}
