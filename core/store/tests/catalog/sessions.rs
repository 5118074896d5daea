//! Sessions, and the set-up link.

use std::time::Duration;

use cellier_model::Id;
use cellier_model::ports::{Accounts as _, Catalog as _, Sessions as _};
use cellier_model::sessions::{Session, SessionPolicy, SessionToken, TokenHash};
use cellier_model::testing::SeededRandom;
use cellier_store::Store;

use super::accounts::{name, put, user};
use super::support::{at, id};

const POLICY: SessionPolicy = SessionPolicy {
    idle: Duration::from_secs(100),
    lifetime: Duration::from_secs(1000),
};

fn hash(seed: u64) -> TokenHash {
    SessionToken::generate(&SeededRandom::new(seed)).hash()
}

fn session(of: &str, second: i64) -> Session {
    Session {
        id: id(second, 5),
        hash: hash(second.unsigned_abs() * 2 + 1),
        user: name(of),
        created_at: at(second),
        last_used_at: at(second),
        expires_at: at(second + 1000),
        address: Some("2001:db8::1".parse().unwrap()),
        user_agent: Some("Brow\"ser's 1.0".to_owned()),
    }
}

async fn open(store: &Store, sessions: &[Session]) {
    let mut transaction = store.begin().await.unwrap();
    for session in sessions {
        transaction.insert_session(session, 3).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn listed(store: &Store, of: &str, second: i64, before: Option<Id<Session>>) -> Vec<Session> {
    let holding = (POLICY, at(second));
    store
        .sessions(&name(of), holding, before, 10)
        .await
        .unwrap()
}

pub(crate) async fn a_session_reads_back_and_is_found_by_its_token(store: &Store) {
    put(store, &[user("anna"), user("bert")]).await;
    let (first, second) = (session("anna", 1), session("anna", 2));
    open(store, &[first.clone(), second.clone(), session("bert", 3)]).await;
    assert_eq!(
        store.session(&first.hash).await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(store.session(&hash(99)).await.unwrap(), None);
    assert_eq!(
        store.session_of_id(second.id).await.unwrap(),
        Some(second.clone())
    );
    let all = listed(store, "anna", 3, None).await;
    assert_eq!(all, [second.clone(), first.clone()], "newest first");
    assert_eq!(listed(store, "anna", 3, Some(second.id)).await, [first]);
}

pub(crate) async fn sessions_that_do_not_hold_any_more_are_not_listed(store: &Store) {
    put(store, &[user("anna")]).await;
    let (idle, used) = (session("anna", 1), session("anna", 2));
    open(store, &[idle.clone(), used.clone()]).await;
    for second in [90, 150, 120] {
        store
            .note_session_use(&[(used.id, at(second))])
            .await
            .unwrap();
    }
    let holding = listed(store, "anna", 160, None).await;
    assert_eq!(
        holding
            .iter()
            .map(|one| (one.id, one.last_used_at))
            .collect::<Vec<_>>(),
        [(used.id, at(150))],
        "the time only moves forward"
    );
    assert!(listed(store, "anna", 1002, None).await.is_empty());
    store.forget_sessions(at(1002)).await.unwrap();
    assert_eq!(store.session(&idle.hash).await.unwrap(), None);
    assert!(store.session(&used.hash).await.unwrap().is_some());
}

pub(crate) async fn sessions_end_one_by_one_or_all_but_one(store: &Store) {
    put(store, &[user("anna"), user("bert")]).await;
    let of_anna: Vec<_> = (1..=4).map(|second| session("anna", second)).collect();
    let of_bert = session("bert", 5);
    open(store, &of_anna).await;
    open(store, std::slice::from_ref(&of_bert)).await;
    assert_eq!(
        listed(store, "anna", 6, None).await.len(),
        3,
        "the oldest had to go"
    );
    let mut transaction = store.begin().await.unwrap();
    assert!(transaction.end_session(of_anna[1].id).await.unwrap());
    assert!(!transaction.end_session(of_anna[1].id).await.unwrap());
    assert!(!transaction.session_is_there(of_anna[1].id).await.unwrap());
    assert!(transaction.session_is_there(of_anna[3].id).await.unwrap());
    transaction
        .end_sessions_of(&name("anna"), Some(of_anna[3].id))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(listed(store, "anna", 6, None).await, [of_anna[3].clone()]);
    let mut transaction = store.begin().await.unwrap();
    transaction
        .end_session_of_token(&of_bert.hash)
        .await
        .unwrap();
    transaction
        .end_sessions_of(&name("anna"), None)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    for of in ["anna", "bert"] {
        assert!(listed(store, of, 6, None).await.is_empty());
    }
}

pub(crate) async fn a_setup_link_is_used_once_and_replaced_by_a_newer_one(store: &Store) {
    let (old, new) = (hash(11), hash(13));
    for link in [&old, &new] {
        let mut transaction = store.begin().await.unwrap();
        transaction.put_setup_link(link, at(100)).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert!(!store.setup_link_works(&old, at(1)).await.unwrap());
    assert!(store.setup_link_works(&new, at(1)).await.unwrap());
    assert!(!store.setup_link_works(&new, at(100)).await.unwrap());
    let mut transaction = store.begin().await.unwrap();
    assert!(!transaction.take_setup_link(&old, at(1)).await.unwrap());
    assert!(!transaction.take_setup_link(&new, at(100)).await.unwrap());
    assert!(transaction.take_setup_link(&new, at(1)).await.unwrap());
    assert!(!transaction.take_setup_link(&new, at(1)).await.unwrap());
    transaction.put_setup_link(&old, at(100)).await.unwrap();
    transaction.withdraw_setup_link().await.unwrap();
    transaction.commit().await.unwrap();
    assert!(!store.setup_link_works(&old, at(1)).await.unwrap());
}

pub(crate) async fn of_two_who_use_the_setup_link_one_does(store: &Store) {
    let mut transaction = store.begin().await.unwrap();
    transaction.put_setup_link(&hash(7), at(100)).await.unwrap();
    transaction.commit().await.unwrap();
    let users: Vec<_> = (0..6)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut transaction = store.begin().await.unwrap();
                let used = transaction.take_setup_link(&hash(7), at(1)).await.unwrap();
                tokio::task::yield_now().await;
                transaction.commit().await.unwrap();
                used
            })
        })
        .collect();
    let mut used = 0;
    for user in users {
        used += usize::from(user.await.unwrap());
    }
    assert_eq!(used, 1);
}
