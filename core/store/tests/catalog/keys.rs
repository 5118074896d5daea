//! API keys.

use cellier_model::keys::{ApiKey, KeyToken, KeyType, NamePattern, Scope};
use cellier_model::ports::{Catalog as _, Keys as _};
use cellier_model::testing::SeededRandom;
use cellier_model::{AccountKind, AccountRef, FormatId, Uploader};
use cellier_store::Store;

use super::support::{at, id};

pub(crate) fn key(second: i64) -> (ApiKey, KeyToken) {
    let token = KeyToken::generate(&SeededRandom::new(second.unsigned_abs() * 2 + 1));
    let key = ApiKey {
        id: id(second, 1),
        short_id: token.short_id().to_owned(),
        name: "ci — l'atelier".to_owned(),
        kind: KeyType::Upload,
        owner: None,
        read_only: false,
        scope: Scope {
            name: Some(NamePattern::parse("@acme/*").unwrap()),
            category: Some("tileset".to_owned()),
            format: Some(FormatId::new("npm")),
        },
        hash: token.hash(),
        created_by: Uploader {
            kind: "command-line".to_owned(),
            ..Uploader::default()
        },
        created_at: at(second),
        expires_at: Some(at(1000)),
        last_used_at: None,
        revoked_at: None,
    };
    (key, token)
}

async fn put(store: &Store, key: &ApiKey) {
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_key(key).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(crate) async fn a_key_reads_back_and_is_found_by_its_short_id(store: &Store) {
    let (first, token) = key(1);
    put(store, &first).await;
    put(store, &key(2).0).await;
    let found = store
        .key_by_short_id(token.short_id())
        .await
        .unwrap()
        .unwrap();
    assert!(found.hash.matches(&token.hash()));
    assert_eq!(
        (found.id, &found.name, found.kind),
        (first.id, &first.name, first.kind)
    );
    assert_eq!(
        (&found.scope, found.expires_at),
        (&first.scope, first.expires_at)
    );
    assert!(store.key_by_short_id("nothing_").await.unwrap().is_none());
    assert_eq!(
        store.key(first.id).await.unwrap().unwrap().short_id,
        first.short_id
    );
    let newest_first = store.keys(None, 10).await.unwrap();
    assert_eq!(
        newest_first.iter().map(|key| key.id).collect::<Vec<_>>(),
        [key(2).0.id, first.id]
    );
    assert_eq!(
        store
            .keys(Some(newest_first[0].id), 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

pub(crate) async fn a_revoked_key_is_dead_at_once_and_a_second_time_is_no_news(store: &Store) {
    let (first, token) = key(1);
    put(store, &first).await;
    let mut transaction = store.begin().await.unwrap();
    assert!(transaction.key_is_active(first.id, at(5)).await.unwrap());
    assert!(
        !transaction.key_is_active(first.id, at(1000)).await.unwrap(),
        "it has expired by then"
    );
    assert!(transaction.revoke_key(first.id, at(5)).await.unwrap());
    assert!(!transaction.revoke_key(first.id, at(6)).await.unwrap());
    assert!(!transaction.key_is_active(first.id, at(6)).await.unwrap());
    transaction.commit().await.unwrap();
    let found = store
        .key_by_short_id(token.short_id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.revoked_at, Some(at(5)));
    assert!(store.keys(None, 10).await.unwrap().is_empty());
}

pub(crate) async fn the_last_use_only_moves_forward(store: &Store) {
    let (first, token) = key(1);
    put(store, &first).await;
    for second in [7, 9, 8] {
        store.note_key_use(&[(first.id, at(second))]).await.unwrap();
    }
    let found = store
        .key_by_short_id(token.short_id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.last_used_at, Some(at(9)));
}

pub(crate) async fn the_keys_of_accounts_are_told_apart_and_revoked_together(store: &Store) {
    let of = |second: i64, kind, owner: Option<AccountRef>| ApiKey {
        kind,
        owner,
        read_only: second == 2,
        ..key(second).0
    };
    let account = |kind, id: &str| {
        Some(AccountRef {
            kind,
            id: id.to_owned(),
        })
    };
    let anna = account(AccountKind::User, "anna");
    let acme = account(AccountKind::Organization, "acme");
    let keys = [
        of(1, KeyType::Read, acme.clone()),
        of(2, KeyType::User, anna.clone()),
        of(3, KeyType::Read, None),
        of(4, KeyType::Read, anna.clone()),
    ];
    for key in &keys {
        put(store, key).await;
        let read = store.key(key.id).await.unwrap().unwrap();
        assert_eq!(
            (read.kind, &read.owner, read.read_only),
            (key.kind, &key.owner, key.read_only)
        );
    }
    let listed = async |owners: &[AccountRef], before| {
        let keys = store.keys_of(owners, before, 10).await.unwrap();
        keys.iter().map(|key| key.id).collect::<Vec<_>>()
    };
    let (anna, acme) = (anna.unwrap(), acme.unwrap());
    let both = [anna.clone(), acme.clone()];
    assert_eq!(
        listed(&both, None).await,
        [keys[3].id, keys[1].id, keys[0].id]
    );
    assert_eq!(listed(&both, Some(keys[1].id)).await, [keys[0].id]);
    assert_eq!(
        listed(std::slice::from_ref(&acme), None).await,
        [keys[0].id]
    );
    assert!(listed(&[], None).await.is_empty());

    let mut transaction = store.begin().await.unwrap();
    transaction.revoke_keys_of(&anna, at(9)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(listed(&both, None).await, [keys[0].id]);
    assert_eq!(store.keys(None, 10).await.unwrap().len(), 2);
}
