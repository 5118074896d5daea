//! The first superadmin.

use cellier_model::accounts::{
    AccountError, NewUser, complete_setup, create_user, offer_setup, setup_is_offered,
};

use super::world::{PASSWORD, World, terminal, visitor};

async fn complete(world: &World, token: &str, name: &str) -> Result<bool, AccountError> {
    let person = complete_setup(&world.context, &visitor(1), token, name, PASSWORD).await?;
    Ok(person.superadmin)
}

fn is_over(outcome: &Result<bool, AccountError>) -> bool {
    matches!(outcome, Err(AccountError::SetupOver))
}

#[tokio::test]
async fn the_link_of_the_first_start_makes_one_superadmin_and_no_second() {
    let world = World::new();
    let token = offer_setup(&world.context).await.unwrap().unwrap();
    let token = token.reveal();
    assert!(setup_is_offered(&world.context, token).await.unwrap());
    assert!(complete(&world, token, "anna").await.unwrap());
    assert!(world.enter("anna", PASSWORD).await.unwrap().superadmin);
    let again = complete(&world, token, "eve").await;
    assert!(is_over(&again), "{again:?}");
    assert!(offer_setup(&world.context).await.unwrap().is_none());
    assert_eq!(world.audit("user.create").await.len(), 1);
}

#[tokio::test]
async fn a_newer_start_replaces_the_link_and_an_hour_ends_it() {
    let world = World::new();
    let old = offer_setup(&world.context).await.unwrap().unwrap();
    let new = offer_setup(&world.context).await.unwrap().unwrap();
    let refused = complete(&world, old.reveal(), "anna").await;
    assert!(is_over(&refused), "{refused:?}");
    world.wait(3600);
    let refused = complete(&world, new.reveal(), "anna").await;
    assert!(is_over(&refused), "{refused:?}");
    for wrong in ["", "x", &"A".repeat(43)] {
        assert!(is_over(&complete(&world, wrong, "anna").await), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_superadmin_from_the_terminal_leaves_nothing_to_set_up() {
    let world = World::new();
    let token = offer_setup(&world.context).await.unwrap().unwrap();
    let wanted = NewUser {
        name: "root".to_owned(),
        password: None,
        superadmin: true,
    };
    create_user(&world.context, &terminal(), wanted)
        .await
        .unwrap();
    assert!(
        !setup_is_offered(&world.context, token.reveal())
            .await
            .unwrap()
    );
    let refused = complete(&world, token.reveal(), "eve").await;
    assert!(is_over(&refused), "{refused:?}");
}

#[tokio::test]
async fn a_refused_name_or_password_does_not_use_the_link_up() {
    let world = World::new();
    let token = offer_setup(&world.context).await.unwrap().unwrap();
    let refused = complete(&world, token.reveal(), "Not A Name").await;
    assert!(matches!(refused, Err(AccountError::Name(_))), "{refused:?}");
    let weak = complete_setup(
        &world.context,
        &visitor(1),
        token.reveal(),
        "anna",
        "password1234",
    )
    .await;
    assert!(matches!(weak, Err(AccountError::Password(_))), "{weak:?}");
    assert!(complete(&world, token.reveal(), "anna").await.unwrap());
}
