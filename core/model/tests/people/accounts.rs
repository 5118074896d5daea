//! Users, organizations, members and grants.

use cellier_model::access::Actor;
use cellier_model::accounts::{
    AccountError, EditAccount, EditGrant, Granted, MOST_SCOPES, NewUser, Role, add_member,
    create_organization, create_user, delete_account, edit_account, edit_grant, find_account,
    grant_access, grants_of_caller, list_accounts, list_grants, list_members, remove_member,
    withdraw_grant,
};
use cellier_model::keys::Scope;
use cellier_model::{AccountKind, AccountRef, FormatId};

use super::world::{World, name, organization, origin, pattern, terminal, user};

fn new_user(name: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        password: None,
        superadmin: false,
    }
}

#[tokio::test]
async fn users_and_organizations_share_names_and_a_deleted_name_never_comes_back() {
    let world = World::with(&["anna"]).await;
    world.organization("acme", &[]).await;
    delete_account(&world.context, &terminal(), &user("anna"))
        .await
        .unwrap();
    for taken in ["anna", "acme", "root"] {
        let made = create_user(&world.context, &terminal(), new_user(taken)).await;
        assert!(matches!(made, Err(AccountError::NameTaken(_))), "{taken}");
        let made = create_organization(&world.context, &terminal(), taken, None).await;
        assert!(matches!(made, Err(AccountError::NameTaken(_))), "{taken}");
    }
    let refused = create_user(&world.context, &terminal(), new_user("Anna")).await;
    assert!(matches!(refused, Err(AccountError::Name(_))), "{refused:?}");
}

#[tokio::test]
async fn only_who_may_do_everything_manages_accounts() {
    let world = World::with(&["anna"]).await;
    world.organization("acme", &[("anna", Role::Admin)]).await;
    let (anna, nobody) = (world.session_of("anna").await, origin(Actor::Anonymous));
    for who in [&anna, &nobody] {
        let refused = [
            create_user(&world.context, who, new_user("eve"))
                .await
                .err(),
            create_organization(&world.context, who, "evil", None)
                .await
                .err(),
            edit_account(&world.context, who, &user("anna"), EditAccount::default())
                .await
                .err(),
            delete_account(&world.context, who, &user("root"))
                .await
                .err(),
            grant_access(&world.context, who, &user("anna"), Granted::default())
                .await
                .err(),
            list_grants(&world.context, who, None, 10).await.err(),
            list_accounts(&world.context, who, Some(AccountKind::User), None, 10)
                .await
                .err(),
        ];
        for error in refused {
            let is_refusal = matches!(error, Some(AccountError::NotAllowed(_)));
            assert!(is_refusal, "{error:?}");
        }
    }
    let root = world.session_of("root").await;
    create_user(&world.context, &root, new_user("bert"))
        .await
        .unwrap();
    let users = list_accounts(&world.context, &root, Some(AccountKind::User), None, 10);
    assert_eq!(users.await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_last_superadmin_that_works_cannot_be_taken_away() {
    let world = World::with(&["anna"]).await;
    let edit =
        async |name: &str, edit| edit_account(&world.context, &terminal(), &user(name), edit).await;
    let demoted = EditAccount {
        superadmin: Some(false),
        ..EditAccount::default()
    };
    let disabled = EditAccount {
        disabled: Some(true),
        ..EditAccount::default()
    };
    for change in [demoted, disabled] {
        let refused = edit("root", change).await;
        assert!(
            matches!(refused, Err(AccountError::LastSuperadmin(_))),
            "{refused:?}"
        );
    }
    let refused = delete_account(&world.context, &terminal(), &user("root")).await;
    assert!(
        matches!(refused, Err(AccountError::LastSuperadmin(_))),
        "{refused:?}"
    );
    let promoted = EditAccount {
        superadmin: Some(true),
        ..EditAccount::default()
    };
    edit("anna", promoted).await.unwrap();
    edit("root", demoted).await.unwrap();
    world.organization("acme", &[]).await;
    let refused = edit_account(&world.context, &terminal(), &organization("acme"), promoted).await;
    assert!(
        matches!(refused, Err(AccountError::NotAPerson(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn members_see_their_organization_and_its_admins_add_and_remove_members() {
    let world = World::with(&["anna", "bert", "carl"]).await;
    world
        .organization("acme", &[("anna", Role::Admin), ("bert", Role::Member)])
        .await;
    let (anna, bert) = (
        world.session_of("anna").await,
        world.session_of("bert").await,
    );
    let carl = world.session_of("carl").await;
    let context = &world.context;
    for (who, sees) in [(&anna, true), (&bert, true), (&carl, false)] {
        assert_eq!(
            find_account(context, who, &organization("acme"))
                .await
                .is_ok(),
            sees
        );
        let members = list_members(context, who, &name("acme"), None, 10).await;
        assert_eq!(
            members.map_or(0, |members| members.len()),
            if sees { 2 } else { 0 }
        );
        let kind = Some(AccountKind::Organization);
        let listed = list_accounts(context, who, kind, None, 10).await.unwrap();
        assert_eq!(listed.len(), usize::from(sees));
    }
    let add = async |who, user: &str| {
        add_member(context, who, &name("acme"), &name(user), Role::Member).await
    };
    let as_member = add(&bert, "carl").await;
    assert!(
        matches!(as_member, Err(AccountError::NotAllowed(_))),
        "{as_member:?}"
    );
    for foreign in ["acme", "nothing"] {
        let refused = add_member(context, &carl, &name(foreign), &name("carl"), Role::Admin).await;
        assert!(
            matches!(refused, Err(AccountError::NotFound(_))),
            "the same for {foreign}"
        );
    }
    add(&anna, "carl").await.unwrap();
    let unknown = add(&anna, "nobody").await;
    assert!(
        matches!(unknown, Err(AccountError::UnknownAccount(_))),
        "{unknown:?}"
    );
    let itself = add(&anna, "acme").await;
    assert!(
        matches!(itself, Err(AccountError::UnknownAccount(_))),
        "{itself:?}"
    );
    remove_member(context, &anna, &name("acme"), &name("bert"))
        .await
        .unwrap();
    let again = remove_member(context, &anna, &name("acme"), &name("bert")).await;
    assert!(matches!(again, Err(AccountError::NotFound(_))), "{again:?}");
    assert_eq!(world.audit("member").await.len(), 4);
}

#[tokio::test]
async fn nobody_belongs_to_more_organizations_than_a_request_can_look_at() {
    let world = World::with(&["anna"]).await;
    for number in 0..100 {
        world
            .organization(&format!("org-{number}"), &[("anna", Role::Member)])
            .await;
    }
    world.organization("one-more", &[]).await;
    let refused = add_member(
        &world.context,
        &terminal(),
        &name("one-more"),
        &name("anna"),
        Role::Member,
    )
    .await;
    assert!(
        matches!(refused, Err(AccountError::TooManyOrganizations { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_grant_is_given_once_changed_and_withdrawn() {
    let world = World::with(&["anna", "bert"]).await;
    world.organization("acme", &[("anna", Role::Member)]).await;
    let context = &world.context;
    let granted = Granted {
        download: vec![Scope::default()],
        publish: Vec::new(),
    };
    let give = async |account: AccountRef| {
        grant_access(context, &terminal(), &account, granted.clone()).await
    };
    let own = give(user("anna")).await.unwrap();
    give(organization("acme")).await.unwrap();
    let twice = give(user("anna")).await;
    assert!(
        matches!(twice, Err(AccountError::AlreadyGranted(_))),
        "{twice:?}"
    );
    for unknown in [user("nobody"), user("acme"), organization("anna")] {
        let refused = give(unknown.clone()).await;
        assert!(refused.is_err(), "{unknown:?}");
    }
    let anna = world.session_of("anna").await;
    assert_eq!(grants_of_caller(context, &anna).await.unwrap().len(), 2);
    let bert = world.session_of("bert").await;
    assert!(grants_of_caller(context, &bert).await.unwrap().is_empty());

    let edit = EditGrant {
        publish: Some(vec![pattern("@acme/*")]),
        ..EditGrant::default()
    };
    let changed = edit_grant(context, &terminal(), own.id, edit)
        .await
        .unwrap();
    assert_eq!(
        changed.granted.download, granted.download,
        "what is not said stays"
    );
    assert_eq!(changed.granted.publish.len(), 1);
    withdraw_grant(context, &terminal(), own.id).await.unwrap();
    let again = withdraw_grant(context, &terminal(), own.id).await;
    assert!(matches!(again, Err(AccountError::NotFound(_))), "{again:?}");
    assert_eq!(world.audit("grant").await.len(), 4);
}

#[tokio::test]
async fn a_grant_that_names_what_is_not_there_or_too_much_is_refused() {
    let world = World::with(&["anna"]).await;
    let of_format = Scope {
        format: Some(FormatId::new("fiel")),
        ..Scope::default()
    };
    let of_category = Scope {
        category: Some("ohter".to_owned()),
        ..Scope::default()
    };
    for (scopes, says) in [
        (
            vec![of_format],
            "there is no format \"fiel\"; there are file",
        ),
        (
            vec![of_category],
            "there is no category \"ohter\"; there are map, other",
        ),
        (vec![Scope::default(); MOST_SCOPES + 1], "at most 50 scopes"),
    ] {
        let granted = Granted {
            publish: scopes,
            ..Granted::default()
        };
        let refused = grant_access(&world.context, &terminal(), &user("anna"), granted).await;
        let told = refused.unwrap_err().to_string();
        assert!(told.contains(says), "{told}");
    }
}
