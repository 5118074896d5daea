//! From a name and a password to the person, and how slow guessing is.

use cellier_model::accounts::{EditAccount, edit_account};
use cellier_model::ports::PasswordHash;
use cellier_model::sessions::SignInError;

use super::world::{PASSWORD, World, name, terminal, user, visitor};

#[tokio::test]
async fn the_right_password_lets_a_person_in_with_every_right() {
    let world = World::with(&["anna"]).await;
    let anna = world.enter("anna", PASSWORD).await.unwrap();
    assert_eq!(anna.user, Some(name("anna")));
    assert!(!anna.superadmin);
    assert!(world.enter("root", PASSWORD).await.unwrap().superadmin);
}

#[tokio::test]
async fn nothing_tells_whether_an_account_is_there_disabled_or_without_a_password() {
    let world = World::with(&["anna", "bert"]).await;
    world.organization("acme", &[]).await;
    let disabled = EditAccount {
        disabled: Some(true),
        ..EditAccount::default()
    };
    edit_account(&world.context, &terminal(), &user("bert"), disabled)
        .await
        .unwrap();
    let long = "x".repeat(2000);
    for (who, password) in [
        ("anna", "wrong horse battery"),
        ("anna", ""),
        ("anna", long.as_str()),
        ("bert", PASSWORD),
        ("acme", PASSWORD),
        ("nobody", PASSWORD),
        ("No Name", PASSWORD),
        ("", ""),
    ] {
        let before = world.passwords.verifications();
        world.wait(3600);
        let refused = world.enter(who, password).await;
        assert!(
            matches!(refused, Err(SignInError::Wrong)),
            "{who}: {refused:?}"
        );
        let verified = world.passwords.verifications() - before;
        assert_eq!(verified, 1, "{who}: the slow work is always done");
    }
}

#[tokio::test]
async fn whoever_guesses_waits_longer_and_longer_and_the_audit_trail_grows_no_faster() {
    let world = World::with(&["anna"]).await;
    let mut waited = 0;
    for _ in 0..200 {
        match world.enter("anna", "wrong horse battery").await {
            Err(SignInError::TooMany { wait }) => {
                assert!(wait.as_secs() <= 900, "never for good");
                waited += 1;
            }
            Err(SignInError::Wrong) => {}
            other => panic!("{other:?}"),
        }
        world.wait(1);
    }
    assert!(waited > 180, "{waited}");
    let guesses = world.passwords.verifications();
    assert!(guesses < 20, "{guesses}");
    let recorded = world.audit("session.create").await;
    assert_eq!(recorded.len(), guesses as usize);
    assert_eq!(recorded[0].outcome, "wrong_password");
    assert_eq!(recorded[0].object, "anna");

    let waiting = world.enter("anna", PASSWORD).await;
    assert!(
        matches!(waiting, Err(SignInError::TooMany { .. })),
        "also the right one waits"
    );
    let from_elsewhere = world
        .sign_in
        .sign_in(&world.context, &visitor(99), "root", PASSWORD)
        .await;
    assert!(from_elsewhere.is_ok(), "nobody else does");
    world.wait(3600);
    assert!(world.enter("anna", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn what_somebody_types_into_the_wrong_field_is_not_kept() {
    let world = World::with(&["anna"]).await;
    let _ = world.enter("My Secret Password!", "anna").await;
    assert_eq!(world.audit("session.create").await[0].object, "?");
}

#[tokio::test]
async fn a_hash_that_was_made_in_an_old_way_is_made_anew_at_the_next_sign_in() {
    let world = World::with(&["anna"]).await;
    let stored = async || {
        world
            .context
            .catalog
            .password_of(&name("anna"))
            .await
            .unwrap()
    };
    let old = stored().await;
    world.passwords.change_scheme();
    assert!(world.enter("anna", "wrong horse battery").await.is_err());
    assert_eq!(stored().await, old);
    assert!(world.enter("anna", PASSWORD).await.is_ok());
    let new: Option<PasswordHash> = stored().await;
    assert_ne!(new, old);
    assert!(world.enter("anna", PASSWORD).await.is_ok());
    assert_eq!(stored().await, new, "once is enough");
}
