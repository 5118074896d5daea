//! Signing in with a browser on behalf of a program.

use std::time::Duration;

use cellier_model::access::Action;
use cellier_model::accounts::{EditAccount, edit_account};
use cellier_model::sessions::{SignInError, list_tokens, revoke_token};
use cellier_model::web_login::{
    BegunWebLogin, WebLoginError, WebLoginState, begin_web_login, complete_web_login,
    take_web_login, waiting_web_login,
};

use super::keys::may;
use super::world::{PASSWORD, World, terminal, user, visitor};

const LABEL: &str = "npm login on a laptop";

async fn begin(world: &World) -> BegunWebLogin {
    begin_web_login(&world.context, &visitor(1), LABEL)
        .await
        .unwrap()
}

async fn complete(world: &World, page: &str, password: &str) -> Result<(), WebLoginError> {
    let typed = ("anna", password);
    complete_web_login(&world.context, &world.sign_in, &visitor(2), page, typed)
        .await
        .map(drop)
}

async fn take(world: &World, id: &str) -> WebLoginState {
    take_web_login(&world.context, visitor(1).address, id)
        .await
        .unwrap()
}

fn is_over(outcome: &Result<(), WebLoginError>) -> bool {
    matches!(outcome, Err(WebLoginError::Over))
}

#[tokio::test]
async fn whoever_signs_in_on_the_page_gives_the_program_a_token_once() {
    let world = World::with(&["anna"]).await;
    world.grant(&user("anna"), Some("map*")).await;
    world.publish(&terminal(), "map", "1").await.unwrap();
    let begun = begin(&world).await;
    let (id, page) = (begun.id.reveal(), begun.page.reveal());
    let waiting = waiting_web_login(&world.context, page).await.unwrap();
    assert_eq!(waiting.unwrap().label, LABEL);
    assert!(matches!(take(&world, id).await, WebLoginState::Waiting));
    assert!(
        matches!(take(&world, page).await, WebLoginState::Unknown),
        "who has seen the page cannot ask for the token"
    );
    let other = waiting_web_login(&world.context, id).await.unwrap();
    assert!(other.is_none(), "nor is the identifier an address");

    complete(&world, page, PASSWORD).await.unwrap();
    assert!(is_over(&complete(&world, page, PASSWORD).await));
    let WebLoginState::Done(created) = take(&world, id).await else {
        panic!("a token")
    };
    assert!(matches!(take(&world, id).await, WebLoginState::Unknown));

    let anna = world.by_key(created.token.reveal()).await.unwrap();
    may(&world, &anna, Action::Download, "map").await.unwrap();
    let tokens = list_tokens(&world.context, &anna).await.unwrap();
    assert_eq!(tokens[0].name, LABEL);
    assert_eq!(world.audit("web-login.complete").await.len(), 1);
    revoke_token(&world.context, &anna, created.token.reveal())
        .await
        .unwrap();
    assert!(world.by_key(created.token.reveal()).await.is_none());
}

#[tokio::test]
async fn a_wrong_password_counts_as_one_and_the_page_stays() {
    let world = World::with(&["anna"]).await;
    let begun = begin(&world).await;
    let page = begun.page.reveal();
    for _ in 0..5 {
        let refused = complete(&world, page, "wrong horse battery").await;
        let wrong = matches!(refused, Err(WebLoginError::SignIn(SignInError::Wrong)));
        assert!(wrong, "{refused:?}");
    }
    let refused = complete(&world, page, PASSWORD).await;
    let waits = matches!(
        refused,
        Err(WebLoginError::SignIn(SignInError::TooMany { .. }))
    );
    assert!(waits, "{refused:?}");
    world.wait(60);
    complete(&world, page, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn ten_minutes_end_it_whether_somebody_has_signed_in_or_not() {
    let world = World::with(&["anna"]).await;
    let (late, unfetched) = (begin(&world).await, begin(&world).await);
    complete(&world, unfetched.page.reveal(), PASSWORD)
        .await
        .unwrap();
    world.clock.advance(Duration::from_mins(10));
    let refused = complete(&world, late.page.reveal(), PASSWORD).await;
    assert!(is_over(&refused), "{refused:?}");
    for begun in [&late, &unfetched] {
        let state = take(&world, begun.id.reveal()).await;
        assert!(matches!(state, WebLoginState::Unknown), "{state:?}");
    }
}

#[tokio::test]
async fn whoever_was_disabled_meanwhile_gives_no_token() {
    let world = World::with(&["anna"]).await;
    let begun = begin(&world).await;
    complete(&world, begun.page.reveal(), PASSWORD)
        .await
        .unwrap();
    let disabled = EditAccount {
        disabled: Some(true),
        ..EditAccount::default()
    };
    edit_account(&world.context, &terminal(), &user("anna"), disabled)
        .await
        .unwrap();
    let state = take(&world, begun.id.reveal()).await;
    assert!(matches!(state, WebLoginState::Unknown), "{state:?}");
}

#[tokio::test]
async fn nobody_fills_the_catalogue_without_signing_in() {
    let world = World::with(&[]).await;
    for _ in 0..20 {
        begin(&world).await;
    }
    let refused = begin_web_login(&world.context, &visitor(1), LABEL).await;
    assert!(
        matches!(refused, Err(WebLoginError::TooMany)),
        "{refused:?}"
    );
    begin_web_login(&world.context, &visitor(2), LABEL)
        .await
        .unwrap();
    world.clock.advance(Duration::from_mins(11));
    begin(&world).await;
    for bad in ["", "two\nlines", &"x".repeat(101)] {
        let refused = begin_web_login(&world.context, &visitor(3), bad).await;
        assert!(matches!(refused, Err(WebLoginError::Label(_))), "{bad:?}");
    }
}
