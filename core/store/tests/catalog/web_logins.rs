//! Sign-ins that programs have begun.

use cellier_model::ports::{Catalog as _, WebLogins as _};
use cellier_model::sessions::{SessionToken, TokenHash};
use cellier_model::testing::SeededRandom;
use cellier_model::web_login::{MostWebLogins, PendingWebLogin};
use cellier_store::Store;

use super::accounts::name;
use super::support::at;

const MOST: MostWebLogins = MostWebLogins {
    of_network: 2,
    in_all: 3,
};

fn hash(seed: u64) -> TokenHash {
    SessionToken::generate(&SeededRandom::new(seed)).hash()
}

fn pending(number: u64, address: &str) -> PendingWebLogin {
    PendingWebLogin {
        id: hash(number * 4 + 1),
        page: hash(number * 4 + 3),
        label: "npm's \"login\"".to_owned(),
        begun_at: at(1),
        expires_at: at(100),
        address: Some(address.parse().unwrap()),
        user: None,
    }
}

async fn insert(store: &Store, one: &PendingWebLogin) -> bool {
    let mut transaction = store.begin().await.unwrap();
    let inserted = transaction.insert_web_login(one, MOST).await.unwrap();
    transaction.commit().await.unwrap();
    inserted
}

async fn complete(store: &Store, page: &TokenHash, second: i64) -> bool {
    let mut transaction = store.begin().await.unwrap();
    let completed = transaction
        .complete_web_login(page, &name("anna"), at(second))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    completed
}

pub(crate) async fn a_sign_in_of_a_program_reads_back_and_is_completed_and_taken_once(
    store: &Store,
) {
    let one = pending(1, "2001:db8::1");
    assert!(insert(store, &one).await);
    assert_eq!(store.web_login(&one.id).await.unwrap(), Some(one.clone()));
    let of_page = store.web_login_of_page(&one.page).await.unwrap();
    assert_eq!(of_page, Some(one.clone()));
    assert_eq!(store.web_login(&one.page).await.unwrap(), None);
    assert_eq!(store.web_login_of_page(&one.id).await.unwrap(), None);

    assert!(!complete(store, &one.page, 100).await, "it has expired");
    assert!(complete(store, &one.page, 99).await);
    assert!(!complete(store, &one.page, 99).await, "somebody was faster");
    let mut transaction = store.begin().await.unwrap();
    let taken = transaction.take_web_login(&one.id).await.unwrap();
    assert_eq!(taken.unwrap().user, Some(name("anna")));
    assert_eq!(transaction.take_web_login(&one.id).await.unwrap(), None);
    transaction.commit().await.unwrap();
    assert_eq!(store.web_login(&one.id).await.unwrap(), None);
}

pub(crate) async fn of_two_who_take_a_sign_in_one_gets_it(store: &Store) {
    let one = pending(1, "192.0.2.1");
    insert(store, &one).await;
    let take = async || {
        let mut transaction = store.begin().await.ok()?;
        let taken = transaction.take_web_login(&one.id).await.ok()?;
        transaction.commit().await.ok()?;
        taken
    };
    let (first, second) = tokio::join!(take(), take());
    assert_ne!(first.is_some(), second.is_some());
}

pub(crate) async fn no_more_sign_ins_are_pending_than_may_be(store: &Store) {
    for (number, address, expected) in [
        (1, "2001:db8::1", true),
        (2, "2001:db8::2", true),
        (3, "2001:db8::3", false),
        (4, "192.0.2.1", true),
        (5, "192.0.2.2", false),
    ] {
        let inserted = insert(store, &pending(number, address)).await;
        assert_eq!(inserted, expected, "{number}");
    }
    let mut transaction = store.begin().await.unwrap();
    transaction.forget_web_logins(at(100)).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(!insert(store, &pending(6, "192.0.2.2")).await);
    let mut transaction = store.begin().await.unwrap();
    transaction.forget_web_logins(at(101)).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(insert(store, &pending(6, "192.0.2.2")).await);
}
