//! What happens together, or not at all, or to one of two.

use std::time::Duration;

use cellier_model::FormatId;
use cellier_model::ports::{Artefacts as _, Catalog as _};
use cellier_store::Store;

use super::support::{artefact, at, put};

pub(crate) async fn what_is_not_committed_never_happened(store: &Store) {
    let one = artefact("npm", "one", 0);
    let mut transaction = store.begin().await.unwrap();
    transaction.insert_or_lock_artefact(&one).await.unwrap();
    drop(transaction);
    let npm = FormatId::new("npm");
    assert_eq!(store.artefact(&npm, "one").await.unwrap(), None);

    // Also when the task that works on it is cancelled half way.
    let cancelled = store.clone();
    let task = tokio::spawn(async move {
        let mut transaction = cancelled.begin().await.unwrap();
        transaction
            .insert_or_lock_artefact(&artefact("npm", "two", 0))
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_mins(1)).await;
        transaction.commit().await.unwrap();
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    put(store, &artefact("npm", "three", 0), &[]).await;
    assert_eq!(store.artefact(&npm, "two").await.unwrap(), None);
    assert!(
        store.artefact(&npm, "three").await.unwrap().is_some(),
        "the next writer is not held up"
    );
}

pub(crate) async fn of_two_who_make_the_same_artefact_one_does(store: &Store) {
    let makers: Vec<_> = (0..8)
        .map(|second| {
            let store = store.clone();
            tokio::spawn(async move {
                let mine = artefact("npm", "one", second);
                let mut transaction = store.begin().await.unwrap();
                let stored = transaction.insert_or_lock_artefact(&mine).await.unwrap();
                transaction.commit().await.unwrap();
                stored.id == mine.id
            })
        })
        .collect();
    let mut made = 0;
    for maker in makers {
        made += usize::from(maker.await.unwrap());
    }
    assert_eq!(made, 1);
}

pub(crate) async fn who_has_locked_an_artefact_is_alone_with_it(store: &Store) {
    put(store, &artefact("npm", "one", 0), &[]).await;
    let npm = FormatId::new("npm");
    let counters: Vec<_> = (0..10)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut transaction = store.begin().await.unwrap();
                let mut one = transaction
                    .lock_artefact(&FormatId::new("npm"), "one")
                    .await
                    .unwrap()
                    .unwrap();
                tokio::task::yield_now().await;
                one.revision += 1;
                one.updated_at = at(9);
                transaction.update_artefact(&one).await.unwrap();
                transaction.commit().await.unwrap();
            })
        })
        .collect();
    for counter in counters {
        counter.await.unwrap();
    }
    let one = store.artefact(&npm, "one").await.unwrap().unwrap();
    assert_eq!(one.revision, 11, "no update was lost");
}
