//! Work that one server does at a time.

use cellier_model::Timestamp;
use cellier_model::ports::{Lease, LeaseTaken, Leases as _};
use cellier_store::Store;

use super::support::at;

fn lease(holder: &str, until: Timestamp) -> Lease {
    Lease {
        name: "sweep".to_owned(),
        holder: holder.to_owned(),
        until,
    }
}

pub(crate) async fn a_lease_is_held_by_one_and_renewed(store: &Store) {
    let mine = lease("a", at(60));
    assert_eq!(
        store.acquire_lease(&mine, at(0)).await.unwrap(),
        LeaseTaken::Ours
    );
    assert_eq!(
        store
            .acquire_lease(&lease("b", at(70)), at(10))
            .await
            .unwrap(),
        LeaseTaken::HeldBy(mine)
    );
    let renewed = lease("a", at(80));
    assert_eq!(
        store.acquire_lease(&renewed, at(20)).await.unwrap(),
        LeaseTaken::Ours
    );
    assert_eq!(
        store
            .acquire_lease(&lease("b", at(130)), at(70))
            .await
            .unwrap(),
        LeaseTaken::HeldBy(renewed)
    );
}

pub(crate) async fn a_lease_that_nobody_renews_is_taken_over(store: &Store) {
    store
        .acquire_lease(&lease("a", at(60)), at(0))
        .await
        .unwrap();
    let theirs = lease("b", at(120));
    assert_eq!(
        store.acquire_lease(&theirs, at(60)).await.unwrap(),
        LeaseTaken::Ours
    );
    store.release_lease("sweep", "a").await.unwrap();
    assert_eq!(
        store
            .acquire_lease(&lease("a", at(130)), at(70))
            .await
            .unwrap(),
        LeaseTaken::HeldBy(theirs),
        "who has lost it cannot give it up for another"
    );
}

pub(crate) async fn a_lease_of_a_clock_that_was_wrong_is_taken_over(store: &Store) {
    let two_days = 2 * 24 * 3600;
    let theirs = lease("a", at(two_days + 60));
    store.acquire_lease(&theirs, at(two_days)).await.unwrap();
    assert_eq!(
        store
            .acquire_lease(&lease("b", at(60)), at(0))
            .await
            .unwrap(),
        LeaseTaken::Ours
    );
}

pub(crate) async fn of_many_who_want_a_lease_one_gets_it(store: &Store) {
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let mine = lease(&format!("server-{number}"), at(60));
                store.acquire_lease(&mine, at(0)).await.unwrap() == LeaseTaken::Ours
            })
        })
        .collect();
    let mut holders = 0;
    for task in tasks {
        holders += usize::from(task.await.unwrap());
    }
    assert_eq!(holders, 1);
}
