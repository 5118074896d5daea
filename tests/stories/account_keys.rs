//! Keys of accounts: who makes them, and what they are worth.

use cellier_tests::{Actor, NewKey, PASSWORD, Setup, Upload, both_databases_with_people};
use serde_json::json;

/// In the reference, anybody could make a key for any organization with a grant.
#[tokio::test]
async fn nobody_makes_or_sees_keys_of_accounts_of_others() {
    for server in both_databases_with_people().await {
        let (anna, eve) = (
            server.with_user("anna").await,
            server.with_user("eve").await,
        );
        server.organization("acme", &["anna"]).await;
        server.grant("organization", "acme", &json!([])).await;
        server.grant("user", "eve", &json!([])).await;
        let key_for = |who: &Actor, kind: &str, name: &str| {
            NewKey::new(who.clone(), "read", "k").owner(kind, name)
        };
        let expected = key_for(&eve, "organization", "acme").ask().await;
        expected.assert_problem(403, "not_your_account");
        let absent = key_for(&eve, "organization", "nothing").ask().await;
        assert_eq!(
            absent.without_request_id(),
            expected.without_request_id(),
            "whether it is there does not show"
        );
        key_for(&eve, "user", "anna")
            .ask()
            .await
            .assert_problem(403, "not_your_account");
        let ownerless = NewKey::new(eve.clone(), "read", "k").ask().await;
        ownerless
            .assert_problem(400, "bad_key_request")
            .assert_detail("owner");
        for kind in ["upload", "admin"] {
            let refused = NewKey::new(eve.clone(), kind, "k").ask().await;
            refused.assert_problem(403, "not_allowed");
        }
        let by_hand = NewKey::new(server.admin(), "user", "k").ask().await;
        by_hand
            .assert_problem(400, "bad_key_request")
            .assert_detail("signing in");

        let reader = key_for(&anna, "organization", "acme").create().await;
        let listed = anna.get_json("api-keys").await;
        assert_eq!(
            listed["results"][0]["owner"],
            json!({"type": "organization", "id": "acme"})
        );
        assert_eq!(eve.get_json("api-keys").await["results"], json!([]));
        let path = format!("api-keys/{}", reader.key_id());
        eve.delete(&path).await.assert_problem(404, "not_found");
        reader.get("artefacts").await.assert_ok();
        anna.delete(&path).await.assert_no_content();
        reader
            .get("artefacts")
            .await
            .assert_problem(401, "key_invalid");
    }
}

#[tokio::test]
async fn a_read_key_reads_as_far_as_its_account_and_stops_with_the_grant() {
    let server = Setup::new().cheap_passwords().start().await;
    let (admin, anna) = (server.admin(), server.with_user("anna").await);
    for name in ["map", "hidden"] {
        admin
            .publish_file(name, &Upload::new(name, name))
            .await
            .assert_created();
    }
    let shown = json!({"privateAccess": [{"type": "user", "id": "anna"}]});
    admin.patch("artefacts/file/map", &shown).await.assert_ok();
    let key = |who: &Actor| NewKey::new(who.clone(), "read", "k").owner("user", "anna");
    key(&anna).ask().await.assert_problem(403, "grant_missing");
    let grant = server.grant("user", "anna", &json!([])).await;
    let reader = key(&anna).create().await;
    let narrow = key(&anna).allowed_name("other*").create().await;
    reader.get("artefacts/file/map/download").await.assert_ok();
    reader
        .get("artefacts/file/hidden")
        .await
        .assert_problem(404, "not_found");
    narrow
        .get("artefacts/file/map")
        .await
        .assert_problem(404, "not_found");
    let refused = reader
        .publish_file("map", &Upload::new("map.bin", "a map"))
        .await;
    refused.assert_problem(403, "not_allowed");
    for path in ["users/anna", "sessions"] {
        reader.get(path).await.assert_problem(403, "not_allowed");
    }
    reader
        .get("api-keys")
        .await
        .assert_problem(403, "not_allowed");

    admin
        .delete(&format!("access-grants/{grant}"))
        .await
        .assert_no_content();
    for path in [
        "artefacts",
        "artefacts/file/map",
        "artefacts/file/nix",
        "artefacts/map/download",
    ] {
        reader.get(path).await.assert_problem(403, "grant_missing");
    }
    server.grant("user", "anna", &json!([])).await;
    reader.get("artefacts/file/map/download").await.assert_ok();
    admin
        .patch("users/anna", &json!({"disabled": true}))
        .await
        .assert_ok();
    reader
        .get("artefacts")
        .await
        .assert_problem(401, "key_invalid");
    anna.get("artefacts")
        .await
        .assert_problem(401, "session_ended");
    let again = json!({"name": "anna", "password": PASSWORD});
    server
        .anonymous()
        .post_json("session", &again)
        .await
        .assert_problem(401, "sign_in_failed");
}
