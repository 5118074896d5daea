//! People publish: what they own, and what others may do with it.

use cellier_model::access::Denial;
use cellier_model::accounts::{Role, delete_account, remove_member, withdraw_grant};
use cellier_model::audit::Origin;
use cellier_model::change::{ChangeError, delete_artefact, set_owners, yank_version};
use cellier_model::keys::{CreateKey, KeyType, Scope, create_key};
use cellier_model::publish::PublishError;
use cellier_model::read::FindError;
use cellier_model::sessions::end_own_session;

use super::world::{World, address, name, organization, terminal, user};

fn is_denied<T: std::fmt::Debug>(outcome: &Result<T, PublishError>, expected: Denial) -> bool {
    matches!(outcome, Err(PublishError::Denied(denial)) if *denial == expected)
}

async fn two_publishers() -> (World, Origin, Origin) {
    let world = World::with(&["anna", "bert"]).await;
    world.grant(&user("anna"), Some("map*")).await;
    world.grant(&user("bert"), Some("*")).await;
    let (anna, bert) = (
        world.session_of("anna").await,
        world.session_of("bert").await,
    );
    (world, anna, bert)
}

#[tokio::test]
async fn who_publishes_a_name_first_owns_it() {
    let (world, anna, bert) = two_publishers().await;
    let first = world.publish(&anna, "map", "1").await.unwrap();
    assert_eq!(first.artefact.owners, [user("anna")]);
    assert!(!first.artefact.public, "private by default");
    world.publish(&anna, "map", "2").await.unwrap();
    let foreign = world.publish(&bert, "map", "3").await;
    assert!(is_denied(&foreign, Denial::NotOwner), "{foreign:?}");
    let yank = yank_version(&world.context, &bert, &address("map"), "1").await;
    let is_refused = matches!(
        &yank,
        Err(ChangeError::Find(FindError::Denied(Denial::NotOwner)))
    );
    assert!(is_refused, "{yank:?}");
    yank_version(&world.context, &anna, &address("map"), "1")
        .await
        .unwrap();

    let outside = world.publish(&anna, "other", "1").await;
    assert!(
        is_denied(&outside, Denial::PublishNotGranted),
        "{outside:?}"
    );
}

#[tokio::test]
async fn an_owner_names_others_and_may_leave() {
    let (world, anna, bert) = two_publishers().await;
    world.publish(&anna, "map", "1").await.unwrap();
    let set =
        async |who: &Origin, owners| set_owners(&world.context, who, &address("map"), owners).await;
    let foreign = set(&bert, vec![user("bert")]).await;
    assert!(
        matches!(foreign, Err(ChangeError::Find(FindError::Denied(_)))),
        "{foreign:?}"
    );
    let unknown = set(&anna, vec![user("anna"), user("nobody")]).await;
    assert!(
        matches!(unknown, Err(ChangeError::UnknownAccount { .. })),
        "{unknown:?}"
    );
    let nobody = set(&anna, Vec::new()).await;
    assert!(
        matches!(nobody, Err(ChangeError::OwnerNeeded)),
        "{nobody:?}"
    );
    let many = (0..101).map(|number| user(&format!("u{number}"))).collect();
    let too_many = set(&anna, many).await;
    assert!(
        matches!(too_many, Err(ChangeError::TooManyAccounts { .. })),
        "{too_many:?}"
    );

    set(&anna, vec![user("bert"), user("anna"), user("bert")])
        .await
        .unwrap();
    world.publish(&bert, "map", "2").await.unwrap();
    let handed_over = set(&bert, vec![user("bert")]).await.unwrap();
    assert_eq!(handed_over.owners, [user("bert")]);
    let left = world.publish(&anna, "map", "3").await;
    assert!(is_denied(&left, Denial::NotOwner), "{left:?}");
    assert!(
        set(&terminal(), Vec::new())
            .await
            .unwrap()
            .owners
            .is_empty()
    );
    world.publish(&anna, "map", "3").await.unwrap();
    assert_eq!(world.audit("owners.set").await.len(), 3);
}

#[tokio::test]
async fn an_organization_owns_for_all_of_its_members() {
    let (world, anna, _) = two_publishers().await;
    world
        .organization("acme", &[("anna", Role::Member), ("bert", Role::Member)])
        .await;
    world.publish(&anna, "map", "1").await.unwrap();
    set_owners(
        &world.context,
        &anna,
        &address("map"),
        vec![organization("acme")],
    )
    .await
    .unwrap();
    let bert = world.session_of("bert").await;
    world.publish(&bert, "map", "2").await.unwrap();
    remove_member(&world.context, &terminal(), &name("acme"), &name("bert"))
        .await
        .unwrap();
    let bert = world.session_of("bert").await;
    let left = world.publish(&bert, "map", "3").await;
    assert!(is_denied(&left, Denial::NotOwner), "{left:?}");
}

#[tokio::test]
async fn a_name_that_was_deleted_is_not_there_for_others_to_take() {
    let (world, anna, bert) = two_publishers().await;
    world.publish(&anna, "map", "1").await.unwrap();
    delete_artefact(&world.context, &terminal(), &address("map"), None)
        .await
        .unwrap();
    let taken = world.publish(&bert, "map", "2").await;
    assert!(is_denied(&taken, Denial::NotOwner), "{taken:?}");
    let back = world.publish(&anna, "map", "2").await.unwrap();
    assert_eq!(back.artefact.owners, [user("anna")]);
    // Nor is one whose only owner is gone.
    delete_account(&world.context, &terminal(), &user("anna"))
        .await
        .unwrap();
    let orphaned = world.publish(&bert, "map", "3").await;
    assert!(is_denied(&orphaned, Denial::NotOwner), "{orphaned:?}");
}

#[tokio::test]
async fn of_two_who_publish_a_new_name_at_once_one_owns_it_and_the_other_is_refused() {
    let (world, anna, bert) = two_publishers().await;
    let (one, other) = tokio::join!(
        world.publish(&anna, "map", "1"),
        world.publish(&bert, "map", "2"),
    );
    let outcomes = [&one, &other];
    let published = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes
        .iter()
        .filter(|outcome| is_denied(outcome, Denial::NotOwner))
        .count();
    assert_eq!((published, refused), (1, 1), "{outcomes:?}");
}

#[tokio::test]
async fn what_is_taken_away_during_an_upload_counts_when_it_ends() {
    let (world, anna, bert) = two_publishers().await;
    let grant = world
        .context
        .catalog
        .grant_of("anna")
        .await
        .unwrap()
        .unwrap();
    withdraw_grant(&world.context, &terminal(), grant.id)
        .await
        .unwrap();
    // The origin is still the one that the upload began with.
    let refused = world.publish(&anna, "map", "1").await;
    assert!(
        is_denied(&refused, Denial::PublishNotGranted),
        "{refused:?}"
    );
    end_own_session(&world.context, &bert).await.unwrap();
    let refused = world.publish(&bert, "map", "1").await;
    assert!(
        matches!(refused, Err(PublishError::CredentialDied)),
        "{refused:?}"
    );
    assert!(
        world
            .context
            .catalog
            .artefacts_named("map")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_key_without_an_account_leaves_a_name_to_whoever_the_scopes_let_at_it() {
    let (world, anna, bert) = two_publishers().await;
    let wanted = CreateKey {
        name: "ci".to_owned(),
        kind: KeyType::Upload,
        owner: None,
        scope: Scope::default(),
        expires_at: None,
    };
    let made = create_key(&world.context, &terminal(), wanted)
        .await
        .unwrap();
    let ci = world.by_key(made.token.reveal()).await.unwrap();
    let first = world.publish(&ci, "map-ci", "1").await.unwrap();
    assert!(first.artefact.owners.is_empty());
    let second = world.publish(&anna, "map-ci", "2").await.unwrap();
    assert!(
        second.artefact.owners.is_empty(),
        "only the first publish makes an owner"
    );
    world.publish(&bert, "map-ci", "3").await.unwrap();
    // And it publishes within its scope what belongs to people: a superadmin gave it that scope.
    world.publish(&anna, "map", "1").await.unwrap();
    world.publish(&ci, "map", "2").await.unwrap();
}

/// A scope by category would be none if a publish could first move the artefact into it.
#[tokio::test]
async fn a_key_of_one_category_takes_no_artefact_from_another() {
    let world = World::with(&[]).await;
    world
        .publish_as(&terminal(), "style", "1", "other")
        .await
        .unwrap();
    let wanted = CreateKey {
        name: "maps".to_owned(),
        kind: KeyType::Upload,
        owner: None,
        scope: Scope {
            category: Some("map".to_owned()),
            ..Scope::default()
        },
        expires_at: None,
    };
    let made = create_key(&world.context, &terminal(), wanted)
        .await
        .unwrap();
    let maps = world.by_key(made.token.reveal()).await.unwrap();
    let moved = world.publish_as(&maps, "style", "2", "map").await;
    assert!(is_denied(&moved, Denial::OutOfScopeCategory), "{moved:?}");
    world.publish_as(&maps, "relief", "1", "map").await.unwrap();
}
