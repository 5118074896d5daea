//! Work that one server does at a time.

use std::time::Duration;

use cellier_model::Timestamp;
use cellier_model::ports::{Lease, LeaseTaken, Leases as _, WantedLease};
use cellier_store::Store;

use super::support::{TestStore, at, on_postgres, on_sqlite, run};

const TERM: Duration = Duration::from_mins(1);

fn wanted(holder: &str) -> WantedLease {
    WantedLease {
        name: "sweep".to_owned(),
        holder: holder.to_owned(),
        term: TERM,
    }
}

/// Who holds the lease, if that keeps somebody from taking it when the clock of this machine shows `now`.
async fn take(store: &Store, holder: &str, now: Timestamp) -> Option<Lease> {
    match store.acquire_lease(&wanted(holder), now).await.unwrap() {
        LeaseTaken::Ours => None,
        LeaseTaken::HeldBy(lease) => Some(lease),
    }
}

/// Who keeps somebody from taking the lease. No clock is set: what time passes, [`pass`] lets pass.
async fn kept_by(store: &Store, holder: &str) -> Option<String> {
    take(store, holder, at(0)).await.map(|lease| lease.holder)
}

/// Lets time pass for all leases, by whatever clock they end; backwards if it is less than nothing.
async fn pass(store: &TestStore, seconds: i64) {
    let micros = seconds * 1_000_000;
    let update = format!("UPDATE leases SET expires_at = expires_at - ({micros})");
    run(&store.url, &update).await;
}

pub(crate) async fn a_lease_is_held_by_one_and_renewed(store: &TestStore) {
    assert_eq!(kept_by(store, "a").await, None);
    assert_eq!(kept_by(store, "b").await.as_deref(), Some("a"));
    pass(store, 40).await;
    assert_eq!(kept_by(store, "a").await, None, "it is renewed");
    pass(store, 40).await;
    assert_eq!(kept_by(store, "b").await.as_deref(), Some("a"));
}

pub(crate) async fn a_lease_that_nobody_renews_is_taken_over(store: &TestStore) {
    assert_eq!(kept_by(store, "a").await, None);
    pass(store, 30).await;
    assert_eq!(kept_by(store, "b").await.as_deref(), Some("a"));
    pass(store, 30).await;
    assert_eq!(kept_by(store, "b").await, None);
    store.release_lease("sweep", "a").await.unwrap();
    assert_eq!(
        kept_by(store, "a").await.as_deref(),
        Some("b"),
        "who has lost it cannot give it up for another"
    );
    store.release_lease("sweep", "b").await.unwrap();
    assert_eq!(kept_by(store, "a").await, None);
}

pub(crate) async fn a_lease_of_a_clock_that_was_wrong_is_taken_over(store: &TestStore) {
    assert_eq!(kept_by(store, "a").await, None);
    let half_an_hour = 30 * 60;
    pass(store, -half_an_hour).await;
    assert_eq!(
        kept_by(store, "b").await.as_deref(),
        Some("a"),
        "it may be a long one"
    );
    pass(store, -half_an_hour).await;
    assert_eq!(kept_by(store, "b").await, None);
    assert_eq!(kept_by(store, "a").await.as_deref(), Some("b"));
    pass(store, 60).await;
    assert_eq!(kept_by(store, "a").await, None, "it was taken for a minute");
}

pub(crate) async fn of_many_who_want_a_lease_one_gets_it(store: &Store) {
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { kept_by(&store, &format!("server-{number}")).await })
        })
        .collect();
    let mut holders = 0;
    for task in tasks {
        holders += usize::from(task.await.unwrap().is_none());
    }
    assert_eq!(holders, 1);
}

/// Servers on several machines ask one PostgreSQL, and no two of their clocks show the same.
#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_no_clock_but_that_of_the_database_counts() {
    let store = on_postgres().await;
    let ten_years = 10 * 365 * 24 * 3600;
    let mut ends = Vec::new();
    for clock in [at(-ten_years), at(0), at(ten_years)] {
        assert_eq!(take(&store, "a", clock).await, None);
        for other in [at(-ten_years), clock, at(ten_years)] {
            let lease = take(&store, "b", other).await.unwrap();
            assert_eq!(lease.holder, "a", "{clock} and {other}");
            ends.push(lease.until);
        }
        store.release_lease("sweep", "a").await.unwrap();
    }
    let (first, last) = (ends[0], ends[ends.len() - 1]);
    assert!(
        first < last && last.since(first) < TERM,
        "{first} and {last}"
    );
}

#[tokio::test]
async fn on_sqlite_the_clock_of_this_machine_counts() {
    let store = on_sqlite().await;
    assert_eq!(take(&store, "a", at(0)).await, None);
    let held = Lease {
        name: "sweep".to_owned(),
        holder: "a".to_owned(),
        until: at(60),
    };
    assert_eq!(take(&store, "b", at(59)).await, Some(held));
    assert_eq!(take(&store, "b", at(60)).await, None);
}
