//! Keys of accounts: who makes them, what they are worth, and when they stop being it.

use cellier_model::AccountRef;
use cellier_model::access::{Action, Denial};
use cellier_model::accounts::{
    EditAccount, Role, delete_account, edit_account, remove_member, withdraw_grant,
};
use cellier_model::audit::Origin;
use cellier_model::keys::{
    CreateKey, CreateKeyError, CreatedKey, KeyType, RevokeKeyError, Scope, create_key, list_keys,
    revoke_key,
};
use cellier_model::read::{FindError, find_artefact};
use cellier_model::sessions::{NewToken, issue_token};

use super::world::{World, address, name, organization, pattern, terminal, user};

async fn make(
    world: &World,
    who: &Origin,
    kind: KeyType,
    owner: Option<AccountRef>,
) -> Result<CreatedKey, CreateKeyError> {
    let wanted = CreateKey {
        name: "k".to_owned(),
        kind,
        owner,
        scope: Scope::default(),
        expires_at: None,
    };
    create_key(&world.context, who, wanted).await
}

async fn may(world: &World, who: &Origin, action: Action, artefact: &str) -> Result<(), FindError> {
    let found = find_artefact(&world.context, &who.actor, action, &address(artefact)).await;
    found.map(drop)
}

/// Somebody could once make a key for any organization that had a grant, and read with it what was theirs alone.
#[tokio::test]
async fn nobody_makes_a_read_key_for_an_account_of_somebody_else() {
    let world = World::with(&["anna", "eve"]).await;
    world.organization("acme", &[("anna", Role::Member)]).await;
    world.grant(&organization("acme"), None).await;
    world.grant(&user("eve"), None).await;
    let (anna, eve) = (
        world.session_of("anna").await,
        world.session_of("eve").await,
    );
    for foreign in [organization("acme"), user("anna"), organization("nothing")] {
        let refused = make(&world, &eve, KeyType::Read, Some(foreign))
            .await
            .unwrap_err();
        let told = format!("{refused:?}");
        assert!(
            told.contains("NotYourAccount"),
            "{told}: whether it is there does not show"
        );
    }
    assert!(
        make(&world, &eve, KeyType::Read, Some(user("eve")))
            .await
            .is_ok()
    );
    let acme = Some(organization("acme"));
    assert!(
        make(&world, &anna, KeyType::Read, acme.clone())
            .await
            .is_ok()
    );
    assert!(make(&world, &terminal(), KeyType::Read, acme).await.is_ok());
}

#[tokio::test]
async fn a_member_makes_read_keys_alone_and_only_for_an_account_with_a_grant() {
    let world = World::with(&["anna"]).await;
    let anna = world.session_of("anna").await;
    let own = || Some(user("anna"));
    let without_grant = make(&world, &anna, KeyType::Read, own()).await.unwrap_err();
    assert!(
        format!("{without_grant:?}").contains("KeyWithoutGrant"),
        "{without_grant:?}"
    );
    world.grant(&user("anna"), None).await;
    let anna = world.session_of("anna").await;
    assert!(make(&world, &anna, KeyType::Read, own()).await.is_ok());
    let without_owner = make(&world, &anna, KeyType::Read, None).await;
    assert!(
        matches!(without_owner, Err(CreateKeyError::OwnerNeeded)),
        "{without_owner:?}"
    );
    for kind in [KeyType::Upload, KeyType::Admin] {
        let refused = make(&world, &anna, kind, None).await;
        assert!(
            matches!(refused, Err(CreateKeyError::NotAllowed(_))),
            "{refused:?}"
        );
        let owned = make(&world, &terminal(), kind, own()).await;
        assert!(
            matches!(owned, Err(CreateKeyError::OwnerOfOtherType)),
            "{owned:?}"
        );
    }
    let by_hand = make(&world, &terminal(), KeyType::User, own()).await;
    assert!(
        matches!(by_hand, Err(CreateKeyError::OnlyByLogin)),
        "{by_hand:?}"
    );
    let unknown = make(&world, &terminal(), KeyType::Read, Some(user("nobody"))).await;
    assert!(
        matches!(unknown, Err(CreateKeyError::UnknownAccount(_))),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_read_key_reads_what_its_account_may_and_stops_with_the_grant() {
    let world = World::with(&["anna"]).await;
    world.organization("acme", &[("anna", Role::Member)]).await;
    world.grant(&organization("acme"), None).await;
    for artefact in ["shown", "hidden"] {
        world.publish(&terminal(), artefact, "1").await.unwrap();
    }
    world.show("shown", vec![organization("acme")]).await;
    let anna = world.session_of("anna").await;
    let made = make(&world, &anna, KeyType::Read, Some(organization("acme")))
        .await
        .unwrap();
    let key = made.token.reveal();
    let reader = world.by_key(key).await.unwrap();
    may(&world, &reader, Action::Download, "shown")
        .await
        .unwrap();
    let hidden = may(&world, &reader, Action::Download, "hidden").await;
    assert!(matches!(hidden, Err(FindError::NotFound)), "{hidden:?}");
    let publish = world.publish(&reader, "shown", "2").await;
    assert!(publish.is_err(), "it only reads");

    // It is the organization's and not hers: she may go, it stays.
    remove_member(&world.context, &terminal(), &name("acme"), &name("anna"))
        .await
        .unwrap();
    let reader = world.by_key(key).await.unwrap();
    may(&world, &reader, Action::Download, "shown")
        .await
        .unwrap();

    let grant = world
        .context
        .catalog
        .grant_of("acme")
        .await
        .unwrap()
        .unwrap();
    withdraw_grant(&world.context, &terminal(), grant.id)
        .await
        .unwrap();
    let reader = world.by_key(key).await.unwrap();
    for artefact in ["shown", "hidden", "nothing"] {
        let refused = may(&world, &reader, Action::See, artefact).await;
        let same = matches!(refused, Err(FindError::Denied(Denial::KeyWithoutGrant)));
        assert!(same, "{artefact}: {refused:?}");
    }
    delete_account(&world.context, &terminal(), &organization("acme"))
        .await
        .unwrap();
    assert!(world.by_key(key).await.is_none());
}

#[tokio::test]
async fn members_list_and_revoke_the_keys_of_their_accounts_and_know_of_no_others() {
    let world = World::with(&["anna", "bert", "eve"]).await;
    world
        .organization("acme", &[("anna", Role::Member), ("bert", Role::Member)])
        .await;
    world.grant(&organization("acme"), None).await;
    world.grant(&user("anna"), None).await;
    let (anna, bert) = (
        world.session_of("anna").await,
        world.session_of("bert").await,
    );
    let eve = world.session_of("eve").await;
    let of_acme = make(&world, &anna, KeyType::Read, Some(organization("acme")))
        .await
        .unwrap();
    let of_anna = make(&world, &anna, KeyType::Read, Some(user("anna")))
        .await
        .unwrap();
    let of_ci = make(&world, &terminal(), KeyType::Upload, None)
        .await
        .unwrap();
    let listed = async |who: &Origin| {
        let keys = list_keys(&world.context, who, None, 10).await.unwrap();
        keys.len()
    };
    assert_eq!(listed(&anna).await, 2);
    assert_eq!(listed(&bert).await, 1);
    assert_eq!(listed(&eve).await, 0);
    assert_eq!(listed(&terminal()).await, 3);

    for unknown in [of_anna.key.id, of_ci.key.id, cellier_model::Id::nil()] {
        let refused = revoke_key(&world.context, &bert, unknown).await;
        assert!(
            matches!(refused, Err(RevokeKeyError::NotFound)),
            "{refused:?}"
        );
    }
    revoke_key(&world.context, &bert, of_acme.key.id)
        .await
        .unwrap();
    assert!(world.by_key(of_acme.token.reveal()).await.is_none());
    let uploader = world.by_key(of_ci.token.reveal()).await.unwrap();
    let refused = revoke_key(&world.context, &uploader, of_anna.key.id).await;
    assert!(
        matches!(refused, Err(RevokeKeyError::NotAllowed(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_token_carries_the_rights_of_its_person_and_loses_what_the_person_loses() {
    let world = World::with(&["anna"]).await;
    world.organization("acme", &[("anna", Role::Member)]).await;
    world.publish(&terminal(), "map", "1").await.unwrap();
    world.show("map", vec![organization("acme")]).await;
    let anna = world.session_of("anna").await;
    let token = |read_only, scope| NewToken {
        name: "npm on my laptop".to_owned(),
        read_only,
        scope,
        expires_at: None,
    };
    let issue = async |who: &Origin, wanted| issue_token(&world.context, who, wanted).await;
    let whole = issue(&anna, token(false, Scope::default())).await.unwrap();
    let limited = issue(&anna, token(false, pattern("other*"))).await.unwrap();
    let reading = issue(&anna, token(true, Scope::default())).await.unwrap();

    let whole_token = whole.token.reveal();
    let with_whole = world.by_key(whole_token).await.unwrap();
    may(&world, &with_whole, Action::See, "map").await.unwrap();
    let with_limited = world.by_key(limited.token.reveal()).await.unwrap();
    let out_of_scope = may(&world, &with_limited, Action::See, "map").await;
    assert!(
        matches!(out_of_scope, Err(FindError::NotFound)),
        "{out_of_scope:?}"
    );
    let with_reading = world.by_key(reading.token.reveal()).await.unwrap();
    may(&world, &with_reading, Action::See, "map")
        .await
        .unwrap();

    assert!(
        issue(&with_whole, token(false, Scope::default()))
            .await
            .is_ok()
    );
    for who in [&with_limited, &with_reading, &terminal()] {
        let begotten = issue(who, token(false, Scope::default())).await;
        assert!(begotten.is_err(), "a limited token begets none");
    }
    // Who holds a token may give it up, though it does nothing else about keys.
    revoke_key(&world.context, &with_reading, reading.key.id)
        .await
        .unwrap();
    let others = revoke_key(&world.context, &with_limited, whole.key.id).await;
    assert!(
        matches!(others, Err(RevokeKeyError::NotAllowed(_))),
        "{others:?}"
    );

    remove_member(&world.context, &terminal(), &name("acme"), &name("anna"))
        .await
        .unwrap();
    let with_whole = world.by_key(whole_token).await.unwrap();
    let gone = may(&world, &with_whole, Action::See, "map").await;
    assert!(matches!(gone, Err(FindError::NotFound)), "{gone:?}");
    let disabled = EditAccount {
        disabled: Some(true),
        ..EditAccount::default()
    };
    edit_account(&world.context, &terminal(), &user("anna"), disabled)
        .await
        .unwrap();
    assert!(world.by_key(whole_token).await.is_none());
}
