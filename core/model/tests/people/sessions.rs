//! Sessions: how long they hold, who may list and end them, and what ends them all.

use std::sync::Arc;

use async_trait::async_trait;
use cellier_model::access::Actor;
use cellier_model::accounts::{
    AccountError, EditAccount, NewPassword, Password, delete_account, edit_account, set_password,
};
use cellier_model::keys::Scope;
use cellier_model::ports::{Catalog, PasswordHash, Passwords, PasswordsError, Verified};
use cellier_model::sessions::{
    IssueTokenError, NewToken, SessionToken, end_own_session, end_session, issue_token,
    list_sessions, open_session,
};
use cellier_model::testing::PlainPasswords;

use super::world::{PASSWORD, World, name, origin, session_id, terminal, user, visitor};

const NEW: &str = "another horse battery";

#[tokio::test]
async fn a_session_holds_while_it_is_used_and_ends_when_it_is_left_alone() {
    let world = World::with(&["anna"]).await;
    let opened = world.open_session("anna").await;
    let token = opened.token.reveal();
    assert_eq!(opened.session.user_agent.as_deref(), Some("Browser1.0"));
    let mut hours = 0;
    while world.by_token(token).await.is_some() {
        world.authenticate.flush(&world.context).await.unwrap();
        world.wait(6 * 3600);
        hours += 6;
    }
    assert_eq!(hours, 7 * 24, "a week at most, however much it is used");

    let token = world.open_session("anna").await.token;
    world.wait(12 * 3600 - 1);
    assert!(world.by_token(token.reveal()).await.is_some());
    let left_alone = world.open_session("anna").await.token;
    world.wait(12 * 3600);
    assert!(world.by_token(left_alone.reveal()).await.is_none());
}

#[tokio::test]
async fn a_wrong_token_is_nobody() {
    let world = World::with(&["anna"]).await;
    world.open_session("anna").await;
    let other = SessionToken::generate(world.context.random.as_ref());
    for wrong in ["", "x", other.reveal()] {
        assert!(world.by_token(wrong).await.is_none(), "{wrong:?}");
    }
}

#[tokio::test]
async fn signing_in_again_makes_a_new_token_and_ends_the_old_session() {
    let world = World::with(&["anna"]).await;
    let old = world.open_session("anna").await.token;
    let person = world.enter("anna", PASSWORD).await.unwrap();
    let new = open_session(&world.context, &person, &visitor(1), Some(&old))
        .await
        .unwrap()
        .unwrap();
    assert!(world.by_token(old.reveal()).await.is_none());
    assert!(world.by_token(new.token.reveal()).await.is_some());
}

#[tokio::test]
async fn people_list_and_end_their_own_sessions_and_a_superadmin_those_of_others() {
    let world = World::with(&["anna", "bert"]).await;
    let (first, second) = (
        world.session_of("anna").await,
        world.session_of("anna").await,
    );
    let (bert, root) = (
        world.session_of("bert").await,
        world.session_of("root").await,
    );
    let list = async |who, of: Option<&str>| {
        let of = of.map(name);
        list_sessions(&world.context, who, of.as_ref(), None, 10).await
    };
    assert_eq!(list(&first, None).await.unwrap().len(), 2);
    assert_eq!(list(&first, Some("anna")).await.unwrap().len(), 2);
    assert_eq!(list(&root, Some("anna")).await.unwrap().len(), 2);
    let foreign = list(&bert, Some("anna")).await;
    assert!(
        matches!(foreign, Err(AccountError::NotAllowed(_))),
        "{foreign:?}"
    );

    let end = async |who, of| end_session(&world.context, who, session_id(of)).await;
    let foreign = end(&bert, &first).await;
    assert!(
        matches!(foreign, Err(AccountError::NotFound(_))),
        "{foreign:?}"
    );
    end(&first, &second).await.unwrap();
    let again = end(&first, &second).await;
    assert!(matches!(again, Err(AccountError::NotFound(_))), "{again:?}");
    end(&root, &bert).await.unwrap();
    assert_eq!(list(&root, Some("bert")).await.unwrap().len(), 0);
    end_own_session(&world.context, &first).await.unwrap();
    assert_eq!(list(&root, Some("anna")).await.unwrap().len(), 0);
    assert_eq!(world.audit("session.end").await.len(), 3);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let world = World::with(&["anna"]).await;
    let (here, elsewhere) = (
        world.open_session("anna").await,
        world.open_session("anna").await,
    );
    let anna = world.by_token(here.token.reveal()).await.unwrap();
    let change = async |current: Option<&str>, new: &str| {
        let wanted = NewPassword {
            user: name("anna"),
            current: current.map(str::to_owned),
            new: new.to_owned(),
        };
        set_password(&world.context, &world.sign_in, &anna, wanted).await
    };
    for current in [None, Some("wrong horse battery")] {
        let refused = change(current, NEW).await;
        assert!(
            matches!(refused, Err(AccountError::WrongPassword)),
            "{refused:?}"
        );
    }
    let weak = change(Some(PASSWORD), "password1234").await;
    assert!(matches!(weak, Err(AccountError::Password(_))), "{weak:?}");
    assert!(world.by_token(elsewhere.token.reveal()).await.is_some());

    change(Some(PASSWORD), NEW).await.unwrap();
    assert!(world.by_token(here.token.reveal()).await.is_some());
    assert!(world.by_token(elsewhere.token.reveal()).await.is_none());
    assert!(world.enter("anna", PASSWORD).await.is_err());
    assert!(world.enter("anna", NEW).await.is_ok());
}

#[tokio::test]
async fn a_superadmin_sets_the_password_of_others_and_nobody_else_does() {
    let world = World::with(&["anna", "bert"]).await;
    let (anna, bert) = (
        world.open_session("anna").await,
        world.session_of("bert").await,
    );
    let wanted = || NewPassword {
        user: name("anna"),
        current: Some(PASSWORD.to_owned()),
        new: NEW.to_owned(),
    };
    for (who, may) in [
        (origin(Actor::Anonymous), false),
        (bert, false),
        (world.session_of("root").await, true),
        (terminal(), true),
    ] {
        let set = set_password(&world.context, &world.sign_in, &who, wanted()).await;
        assert_eq!(set.is_ok(), may, "{who:?}");
    }
    assert!(world.by_token(anna.token.reveal()).await.is_none());
    assert!(
        !format!("{:?}", wanted()).contains(NEW),
        "it is never shown"
    );
}

#[tokio::test]
async fn whoever_is_disabled_or_deleted_is_out_at_once() {
    let world = World::with(&["anna", "bert"]).await;
    let (anna, bert) = (
        world.open_session("anna").await,
        world.open_session("bert").await,
    );
    let disable = |disabled| EditAccount {
        disabled: Some(disabled),
        ..EditAccount::default()
    };
    edit_account(&world.context, &terminal(), &user("anna"), disable(true))
        .await
        .unwrap();
    delete_account(&world.context, &terminal(), &user("bert"))
        .await
        .unwrap();
    for token in [&anna.token, &bert.token] {
        assert!(world.by_token(token.reveal()).await.is_none());
    }
    edit_account(&world.context, &terminal(), &user("anna"), disable(false))
        .await
        .unwrap();
    assert!(
        world.by_token(anna.token.reveal()).await.is_none(),
        "the old session stays over"
    );
    assert!(world.enter("anna", PASSWORD).await.is_ok());
    assert!(world.enter("bert", PASSWORD).await.is_err());
}

fn token_for_a_client() -> NewToken {
    NewToken {
        name: "npm".to_owned(),
        read_only: false,
        scope: Scope::default(),
        lifetime: None,
    }
}

#[tokio::test]
async fn a_new_password_revokes_the_tokens_of_clients() {
    let world = World::with(&["anna", "bert"]).await;
    let mut tokens = Vec::new();
    for who in ["anna", "anna", "bert"] {
        let session = world.session_of(who).await;
        let issued = issue_token(&world.context, &session, token_for_a_client()).await;
        tokens.push(issued.unwrap().token.reveal().to_owned());
    }
    let anna = world.session_of("anna").await;
    let wanted = NewPassword {
        user: name("anna"),
        current: Some(PASSWORD.to_owned()),
        new: NEW.to_owned(),
    };
    set_password(&world.context, &world.sign_in, &anna, wanted)
        .await
        .unwrap();
    for (token, works) in tokens.iter().zip([false, false, true]) {
        assert_eq!(world.by_key(token).await.is_some(), works);
    }
}

#[tokio::test]
async fn who_is_just_signing_in_with_the_old_password_stays_out_when_it_is_changed() {
    let world = World::with(&["anna"]).await;
    let thief = world.enter("anna", PASSWORD).await.unwrap();
    let wanted = NewPassword {
        user: name("anna"),
        current: None,
        new: NEW.to_owned(),
    };
    set_password(&world.context, &world.sign_in, &terminal(), wanted)
        .await
        .unwrap();
    let opened = open_session(&world.context, &thief, &visitor(1), None).await;
    assert!(opened.unwrap().is_none());
    let thief = origin(Actor::Account(Box::new(thief)));
    let issued = issue_token(&world.context, &thief, token_for_a_client()).await;
    assert!(matches!(issued, Err(IssueTokenError::NotAllowed(_))));
}

/// Passwords whose every hash takes so long that somebody changes the password meanwhile.
#[derive(Debug)]
struct SlowHashes {
    plain: PlainPasswords,
    catalog: Arc<dyn Catalog>,
}

#[async_trait]
impl Passwords for SlowHashes {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordsError> {
        let new = Password::typed(NEW).unwrap();
        let changed = self.plain.hash(&new).await?;
        let mut transaction = self.catalog.begin().await.unwrap();
        transaction
            .set_password(&name("anna"), Some(&changed))
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        self.plain.hash(password).await
    }

    async fn verify(
        &self,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<Verified, PasswordsError> {
        self.plain.verify(password, stored).await
    }
}

#[tokio::test]
async fn a_hash_that_is_renewed_never_brings_an_old_password_back() {
    let mut world = World::with(&["anna"]).await;
    let plain = PlainPasswords::default();
    plain.change_scheme();
    world.context.passwords = Arc::new(SlowHashes {
        plain,
        catalog: Arc::clone(&world.context.catalog),
    });
    // The old password is right, its hash is renewed, and while that takes its time the password is changed.
    let late = world.enter("anna", PASSWORD).await.unwrap();
    let opened = open_session(&world.context, &late, &visitor(1), None).await;
    assert!(opened.unwrap().is_none());
    assert!(world.enter("anna", PASSWORD).await.is_err());
    assert!(world.enter("anna", NEW).await.is_ok());
}
