//! Keys that sign.

use cellier_model::ports::{Catalog as _, CatalogError, SigningKeys as _};
use cellier_model::signing::{PrivateKey, SigningKeyRecord};
use cellier_store::Store;

use super::support::at;

pub(crate) fn key(id: &str, second: i64) -> SigningKeyRecord {
    SigningKeyRecord {
        id: format!("SHA256:{id}"),
        public_key: "cHVibGlj".to_owned(),
        private_key: Some(PrivateKey::new(format!("private {id}"))),
        created_at: at(second),
        retired_at: None,
    }
}

async fn insert(store: &Store, new: &SigningKeyRecord) -> Result<(), CatalogError> {
    let mut transaction = store.begin().await?;
    transaction.insert_signing_key(new).await?;
    transaction.commit().await
}

async fn replace(store: &Store, old: &str, new: &SigningKeyRecord) {
    let mut transaction = store.begin().await.unwrap();
    let locked = transaction.lock_signing_key().await.unwrap();
    assert_eq!(locked.unwrap().id, old);
    transaction
        .retire_signing_key(old, new.created_at)
        .await
        .unwrap();
    transaction.insert_signing_key(new).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(crate) async fn one_key_signs_at_a_time_and_the_others_are_listed_without_secrets(
    store: &Store,
) {
    assert_eq!(store.signing_key().await.unwrap(), None);
    let (first, second) = (key("first", 1), key("second", 2));
    insert(store, &first).await.unwrap();
    let conflict = insert(store, &second).await;
    assert!(
        matches!(conflict, Err(CatalogError::Conflict)),
        "{conflict:?}"
    );
    assert_eq!(store.signing_key().await.unwrap(), Some(first.clone()));

    replace(store, &first.id, &second).await;
    assert_eq!(store.signing_key().await.unwrap(), Some(second.clone()));
    let listed = store.signing_keys().await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|key| key.private_key.is_none()));
    assert_eq!((&listed[0].id, listed[0].retired_at), (&second.id, None));
    assert_eq!(
        (&listed[1].id, listed[1].retired_at),
        (&first.id, Some(at(2)))
    );
}

pub(crate) async fn a_retired_key_has_lost_its_private_part_and_may_come_back_with_one(
    store: &Store,
) {
    let (first, second) = (key("first", 1), key("second", 2));
    insert(store, &first).await.unwrap();
    replace(store, &first.id, &second).await;
    let without = SigningKeyRecord {
        private_key: None,
        ..first.clone()
    };
    replace(store, &second.id, &without).await;
    assert_eq!(
        store.signing_key().await.unwrap(),
        Some(without),
        "as it was first made, and nothing of its secret was left"
    );
}
