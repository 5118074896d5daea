//! API keys.

use cellier_model::keys::{ApiKey, KeyToken, KeyType, NamePattern, Scope};
use cellier_model::ports::{Catalog as _, Keys as _};
use cellier_model::testing::SeededRandom;
use cellier_model::{FormatId, Uploader};
use cellier_store::Store;

use super::support::{at, id};

pub(crate) fn key(second: i64) -> (ApiKey, KeyToken) {
    let token = KeyToken::generate(&SeededRandom::new(second.unsigned_abs() * 2 + 1));
    let key = ApiKey {
        id: id(second, 1),
        short_id: token.short_id().to_owned(),
        name: "ci — l'atelier".to_owned(),
        kind: KeyType::Upload,
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
