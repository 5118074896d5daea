//! Tokens that clients get: for how long they work, who sees and revokes them.

use std::time::Duration;

use cellier_model::audit::Origin;
use cellier_model::keys::{CreatedKey, RevokeKeyError, Scope};
use cellier_model::sessions::{IssueTokenError, NewToken, issue_token, list_tokens, revoke_token};

use super::world::{World, terminal};

const DAY: u64 = 24 * 60 * 60;

async fn issue(
    world: &World,
    who: &Origin,
    name: &str,
    days: Option<u64>,
) -> Result<CreatedKey, IssueTokenError> {
    let wanted = NewToken {
        name: name.to_owned(),
        read_only: false,
        scope: Scope::default(),
        lifetime: days.map(|days| Duration::from_secs(days * DAY)),
    };
    issue_token(&world.context, who, wanted).await
}

#[tokio::test]
async fn a_token_works_for_as_long_as_is_asked_and_as_the_operator_allows() {
    let world = World::with(&["anna"]).await;
    let anna = world.session_of("anna").await;
    let long = issue(&world, &anna, "long", None).await.unwrap();
    let short = issue(&world, &anna, "short", Some(1)).await.unwrap();
    let too_long = issue(&world, &anna, "longer", Some(91)).await;
    assert!(
        matches!(too_long, Err(IssueTokenError::TooLong(_))),
        "{too_long:?}"
    );
    assert_eq!(
        too_long.unwrap_err().to_string(),
        "tokens hold for at most 90d here (access.token_lifetime)"
    );
    let never = issue(&world, &anna, "never", Some(0)).await;
    assert!(
        matches!(never, Err(IssueTokenError::ExpiresAtOnce)),
        "{never:?}"
    );

    world.wait(DAY);
    assert!(world.by_key(short.token.reveal()).await.is_none());
    assert!(world.by_key(long.token.reveal()).await.is_some());
    world.wait(89 * DAY);
    assert!(world.by_key(long.token.reveal()).await.is_none());
}

#[tokio::test]
async fn everybody_sees_and_revokes_their_own_tokens_by_text_or_identifier() {
    let world = World::with(&["anna", "bert"]).await;
    let (anna, bert) = (
        world.session_of("anna").await,
        world.session_of("bert").await,
    );
    let first = issue(&world, &anna, "first", None).await.unwrap();
    world.wait(1);
    let second = issue(&world, &anna, "second", None).await.unwrap();
    let names = async |who: &Origin| -> Vec<String> {
        let tokens = list_tokens(&world.context, who).await.unwrap();
        tokens.into_iter().map(|token| token.name).collect()
    };
    assert_eq!(names(&anna).await, ["second", "first"]);
    assert!(names(&bert).await.is_empty());
    assert!(names(&terminal()).await.is_empty());

    let id = first.key.id.to_string();
    for named in [first.token.reveal(), &id, "nonsense"] {
        let refused = revoke_token(&world.context, &bert, named).await;
        assert!(
            matches!(refused, Err(RevokeKeyError::NotFound)),
            "{refused:?}"
        );
    }
    revoke_token(&world.context, &anna, &id).await.unwrap();
    let with_second = world.by_key(second.token.reveal()).await.unwrap();
    revoke_token(&world.context, &with_second, second.token.reveal())
        .await
        .unwrap();
    assert!(names(&anna).await.is_empty());
}
