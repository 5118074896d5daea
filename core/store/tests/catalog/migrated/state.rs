//! What servers do right now, and whose storage it is.

use std::time::Duration;

use cellier_model::ports::{Lease, LeaseTaken, Leases as _, Space as _, WantedLease};
use cellier_store::{RegistryId, Store};

use super::space::key;
use super::{Migrated, at, in_half_an_hour};

pub(super) async fn read(migrated: &Migrated) {
    leases(migrated).await;
    let store: &Store = &migrated.store;
    let id: RegistryId = "00112233445566778899aabbccddeeff".parse().unwrap();
    let found = store.registry_id().await.unwrap();
    assert_eq!(found, migrated.since(6, id));

    let orphan = key(("ee", 5));
    let seen = store.orphans_seen(&[orphan]).await.unwrap();
    let expected = migrated.since(6, (orphan, at(600)));
    assert_eq!(seen, Vec::from_iter(expected));
}

async fn leases(migrated: &Migrated) {
    let wanted = WantedLease {
        name: "gc".to_owned(),
        holder: "somebody else".to_owned(),
        term: Duration::from_mins(1),
    };
    let now = in_half_an_hour().minus(Duration::from_mins(30));
    let taken = migrated.store.acquire_lease(&wanted, now).await.unwrap();
    let held = Lease {
        name: "gc".to_owned(),
        holder: "host/1/00000001".to_owned(),
        until: migrated.lease_ends,
    };
    let held = migrated.since(2, LeaseTaken::HeldBy(held));
    assert_eq!(taken, held.unwrap_or(LeaseTaken::Ours));
}
