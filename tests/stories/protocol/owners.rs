//! Owners and visibility, as a protocol speaks of them.

use cellier_tests::{Setup, both_databases_with_people};
use serde_json::json;

use super::{SPRING, assert_refused, get, post, put};

#[tokio::test]
async fn an_owner_names_others_and_only_they_are_told_who_owns_it() {
    for server in both_databases_with_people().await {
        let (anna, bert) = (
            server.with_user("anna").await,
            server.with_user("bert").await,
        );
        server.organization("acme", &["anna"]).await;
        for name in ["anna", "bert"] {
            server
                .grant("user", name, &json!([{"name": "season"}]))
                .await;
        }
        put(&anna, "season/spring/a.echo", SPRING)
            .await
            .assert_created();
        let change = async |who, line: &str| post(who, "-/changes", line).await;
        let taken = change(&bert, "owners season bert").await;
        assert_refused(&taken, 403, "not_owner");
        let unknown = change(&bert, "owners season nobody").await;
        assert_refused(&unknown, 403, "not_owner");
        let unknown = change(&anna, "owners season nobody").await;
        assert_refused(&unknown, 422, "unknown_account");
        let hidden = get(&bert, "-/owners/season").await;
        assert_eq!(hidden.assert_ok().text(), "ok private, owned by: \n");
        let publisher = async |who| get(who, "season/spring").await.json()["publishedBy"].clone();
        assert_eq!(publisher(&bert).await, json!(null));
        assert_eq!(publisher(&anna).await, "anna");

        change(&anna, "owners season acme,bert").await.assert_ok();
        let owners = get(&bert, "-/owners/season").await;
        assert_eq!(owners.text(), "ok private, owned by: bert, acme\n");
        let summer = put(&bert, "season/summer/a.echo", "echo summer 2027\n").await;
        summer.assert_created();
        assert_eq!(publisher(&bert).await, "anna", "an owner knows the others");
        let shown = server
            .admin()
            .get_json("artefacts/echo/season/owners")
            .await;
        assert_eq!(
            shown["owners"],
            json!([{"type": "user", "id": "bert"}, {"type": "organization", "id": "acme"}])
        );
    }
}

#[tokio::test]
async fn what_everybody_sees_is_the_superadmins_word() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    server
        .grant("user", "anna", &json!([{"name": "season"}]))
        .await;
    put(&anna, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let denied = post(&anna, "-/changes", "public season yes").await;
    assert_refused(&denied, 403, "not_allowed");
    let admin = server.admin();
    post(
        &admin,
        "-/changes",
        "public season yes\ntag season best spring",
    )
    .await
    .assert_ok();
    get(&server.anonymous(), "season").await.assert_ok();
    post(&admin, "-/changes", "public season no")
        .await
        .assert_ok();
    assert_refused(&get(&server.anonymous(), "season").await, 404, "not_found");
}

#[tokio::test]
async fn a_right_that_was_taken_away_meanwhile_is_worth_nothing_in_a_list_of_changes() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let grant = server
        .grant("user", "anna", &json!([{"name": "season"}]))
        .await;
    put(&anna, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let withdrawn = server
        .admin()
        .delete(&format!("access-grants/{grant}"))
        .await;
    withdrawn.assert_no_content();
    let denied = post(&anna, "-/changes", "tag season best spring").await;
    assert_refused(&denied, 403, "publish_not_granted");
}
