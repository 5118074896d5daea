//! The audit trail.

use std::collections::BTreeSet;
use std::time::Duration;

use cellier_model::audit::{AuditEvent, AuditQuery};
use cellier_model::ports::{AuditLog as _, Catalog as _};
use cellier_model::testing::SeededRandom;
use cellier_model::{Id, Uploader};
use cellier_store::Store;

use super::support::{at, id};

pub(crate) fn event(second: i64, action: &str, object: &str, key: Option<&str>) -> AuditEvent {
    AuditEvent {
        id: id(second, 1),
        at: at(second),
        actor: Uploader {
            kind: "key".to_owned(),
            key_id: key.map(str::to_owned),
            ..Uploader::default()
        },
        address: key.map(|_| "2001:db8::1".parse().unwrap()),
        action: action.to_owned(),
        object: object.to_owned(),
        outcome: "done".to_owned(),
        details: [("sha256".to_owned(), "ab".into())].into_iter().collect(),
    }
}

pub(crate) async fn events_are_listed_newest_first_and_filtered(store: &Store) {
    let events = [
        event(1, "version.publish", "npm/a@1.0.0", Some("k1")),
        event(2, "version.yank", "npm/a@1.0.0", Some("k2")),
        event(3, "key.create", "k3", None),
    ];
    let mut transaction = store.begin().await.unwrap();
    for event in &events {
        transaction.append_audit(event).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let all = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let reversed: Vec<_> = events.iter().rev().cloned().collect();
    assert_eq!(store.audit_events(&all).await.unwrap(), reversed);

    let seconds = async |query: AuditQuery| {
        let found = store
            .audit_events(&AuditQuery { limit: 10, ..query })
            .await
            .unwrap();
        found.iter().map(|event| event.at).collect::<Vec<_>>()
    };
    let by_action = |action: &str| AuditQuery {
        action: Some(action.to_owned()),
        ..AuditQuery::default()
    };
    assert_eq!(seconds(by_action("version")).await, [at(2), at(1)]);
    assert_eq!(seconds(by_action("version.yank")).await, [at(2)]);
    assert!(seconds(by_action("ver")).await.is_empty());
    let object = Some("npm/a@1.0.0".to_owned());
    assert_eq!(
        seconds(AuditQuery {
            object,
            ..AuditQuery::default()
        })
        .await,
        [at(2), at(1)]
    );
    let key_id = Some("k2".to_owned());
    assert_eq!(
        seconds(AuditQuery {
            key_id,
            ..AuditQuery::default()
        })
        .await,
        [at(2)]
    );
    let window = AuditQuery {
        since: Some(at(2)),
        until: Some(at(3)),
        ..AuditQuery::default()
    };
    assert_eq!(seconds(window).await, [at(2)]);
    assert_eq!(
        seconds(AuditQuery {
            before: Some(events[1].id),
            ..AuditQuery::default()
        })
        .await,
        [at(1)]
    );
}

pub(crate) async fn a_window_of_the_trail_is_right_to_the_microsecond(store: &Store) {
    let after = |micros: u64| at(5).plus(Duration::from_micros(micros));
    let mut transaction = store.begin().await.unwrap();
    for micros in [0, 700, 1_300] {
        let mut one = event(5, "version.publish", "npm/a@1.0.0", None);
        one.at = after(micros);
        one.id = Id::new(one.at, &SeededRandom::new(micros + 1));
        transaction.append_audit(&one).await.unwrap();
    }
    transaction.commit().await.unwrap();
    for (since, until, expected) in [
        (0, 700, vec![0]),
        (0, 701, vec![700, 0]),
        (1, 1_300, vec![700]),
        (700, 9_000, vec![1_300, 700]),
        (701, 1_301, vec![1_300]),
    ] {
        let window = AuditQuery {
            since: Some(after(since)),
            until: Some(after(until)),
            limit: 10,
            ..AuditQuery::default()
        };
        let found = store.audit_events(&window).await.unwrap();
        // Of one millisecond either may come first.
        let found: BTreeSet<_> = found.iter().map(|event| event.at).collect();
        let expected: BTreeSet<_> = expected.into_iter().map(after).collect();
        assert_eq!(found, expected, "{since} to {until}");
    }
}
