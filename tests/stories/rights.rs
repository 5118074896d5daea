//! Who may see, download, publish and change what.

use cellier_tests::{Package, Setup, Upload, both_databases_with_people};
use serde_json::{Value, json};

fn map() -> Upload {
    Upload::new("map.bin", "a map")
}

#[tokio::test]
async fn seeing_is_not_downloading() {
    for server in both_databases_with_people().await {
        let (admin, anna) = (server.admin(), server.with_user("anna").await);
        let made = admin.publish_file("map", &map()).await;
        assert_eq!(made.assert_created().json()["artefact"]["public"], false);
        let download = "artefacts/file/map/versions/latest/download";
        for path in ["artefacts/file/map", download] {
            anna.get(path).await.assert_problem(404, "not_found");
        }
        let shown = json!({"privateAccess": [{"type": "user", "id": "anna"}]});
        admin.patch("artefacts/file/map", &shown).await.assert_ok();
        anna.get("artefacts/file/map/versions/latest")
            .await
            .assert_ok();
        let refused = anna.get(download).await;
        refused
            .assert_problem(403, "grant_missing")
            .assert_detail("ask a superadmin for one");
        let grant = server.grant("user", "anna", &json!([])).await;
        assert_eq!(anna.get(download).await.assert_ok().bytes(), b"a map");

        let narrowed = json!({"download": [{"name": "other*"}]});
        let path = format!("access-grants/{grant}");
        admin.patch(&path, &narrowed).await.assert_ok();
        anna.get(download)
            .await
            .assert_problem(403, "grant_missing");
        admin.delete(&path).await.assert_no_content();
        anna.get(download)
            .await
            .assert_problem(403, "grant_missing");
    }
}

#[tokio::test]
async fn what_is_public_is_seen_by_all_and_downloaded_by_those_with_a_grant() {
    let mut server = Setup::new().cheap_passwords().start().await;
    let (admin, anna) = (server.admin(), server.with_user("anna").await);
    admin.publish_file("map", &map()).await.assert_created();
    let public = json!({"public": true});
    admin.patch("artefacts/file/map", &public).await.assert_ok();
    let download = "artefacts/file/map/download";
    server
        .anonymous()
        .get("artefacts/file/map")
        .await
        .assert_ok();
    server
        .anonymous()
        .get(download)
        .await
        .assert_problem(401, "key_missing");
    anna.get(download)
        .await
        .assert_problem(403, "grant_missing");
    server
        .restart_with(|setup| setup.set("access.anonymous_downloads", "true"))
        .await;
    for who in [&server.anonymous(), &anna] {
        who.get(download).await.assert_ok();
    }
}

#[tokio::test]
async fn who_publishes_a_name_first_owns_it_and_names_co_owners() {
    for server in both_databases_with_people().await {
        let (anna, bert) = (
            server.with_user("anna").await,
            server.with_user("bert").await,
        );
        for name in ["anna", "bert"] {
            server.grant("user", name, &json!([{"name": "map*"}])).await;
        }
        let made = anna.publish_file("map", &map()).await;
        let made = made.assert_created().json();
        assert_eq!(
            made["artefact"]["owners"],
            json!([{"type": "user", "id": "anna"}])
        );
        assert_eq!(
            made["version"]["uploadedBy"],
            json!({"type": "account", "account": "anna"})
        );
        let newer = Upload::new("map.bin", "a newer map");
        let foreign = bert.publish_file("map", &newer).await;
        foreign.assert_problem(403, "not_owner");
        let beta = json!({"version": "1"});
        bert.put_json("artefacts/file/map/tags/beta", &beta)
            .await
            .assert_problem(403, "not_owner");
        bert.get("artefacts/file/map/owners")
            .await
            .assert_problem(403, "not_owner");
        anna.put_json("artefacts/file/map/tags/beta", &beta)
            .await
            .assert_ok();
        anna.delete("artefacts/file/map")
            .await
            .assert_problem(403, "not_allowed")
            .assert_detail("superadmin");

        let path = "artefacts/file/map/owners";
        let both =
            json!({"owners": [{"type": "user", "id": "anna"}, {"type": "user", "id": "bert"}]});
        bert.put_json(path, &both)
            .await
            .assert_problem(403, "not_owner");
        let unknown = json!({"owners": [{"type": "organization", "id": "anna"}]});
        anna.put_json(path, &unknown)
            .await
            .assert_problem(422, "unknown_account");
        let nobody = json!({"owners": []});
        anna.put_json(path, &nobody)
            .await
            .assert_problem(422, "owner_needed");
        anna.put_json(path, &both).await.assert_ok();
        bert.publish_file("map", &newer).await.assert_created();
        assert_eq!(bert.get_json(path).await, both);
        server.admin().put_json(path, &nobody).await.assert_ok();

        let outside = anna.publish_file("other", &map()).await;
        outside.assert_problem(403, "publish_not_granted");
    }
}

/// The reference knows exact names alone, and only superadmins as publishers.
#[tokio::test]
async fn an_organization_publishes_by_pattern_format_and_category() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    server.organization("acme", &["anna"]).await;
    let scopes =
        json!([{"name": "@acme/*", "format": "npm"}, {"format": "file", "category": "other"}]);
    server.grant("organization", "acme", &scopes).await;
    let package = |name: &str| Package::new(name, "1.0.0");
    anna.publish_package(&package("@acme/widget"))
        .await
        .assert_created();
    for name in ["@acme-evil/widget", "widget"] {
        let refused = anna.publish_package(&package(name)).await;
        refused.assert_problem(403, "publish_not_granted");
    }
    anna.publish_file("anything", &map()).await.assert_created();
    let tileset = map().text("category", "tileset");
    let refused = anna.publish_file("relief", &tileset).await;
    assert!([403, 422].contains(&refused.status()), "{}", refused.text());
}

#[tokio::test]
async fn an_account_that_is_not_there_can_be_shown_nothing() {
    let server = Setup::new().cheap_passwords().start().await;
    let admin = server.admin();
    server.with_user("anna").await;
    admin.publish_file("map", &map()).await.assert_created();
    let show = async |accounts: Value| {
        let edit = json!({"privateAccess": accounts});
        admin.patch("artefacts/file/map", &edit).await
    };
    for unknown in [
        json!([{"type": "user", "id": "ana"}]),
        json!([{"type": "organization", "id": "anna"}]),
    ] {
        let refused = show(unknown).await;
        refused
            .assert_problem(422, "unknown_account")
            .assert_detail("there is no");
    }
    show(json!([{"type": "team", "id": "anna"}]))
        .await
        .assert_problem(400, "bad_body");
    let shown = json!([{"type": "user", "id": "anna"}]);
    let answer = show(shown.clone()).await;
    assert_eq!(answer.assert_ok().json()["privateAccess"], shown);
    // Somebody who is deleted later may stay on the list, which then means nobody.
    admin.delete("users/anna").await.assert_no_content();
    show(shown).await.assert_ok();
    show(json!(null)).await.assert_ok();
}

/// A scope by category would be none if a publish could first move the artefact into it.
#[tokio::test]
async fn a_key_of_one_category_takes_no_artefact_from_another() {
    let server = Setup::new()
        .set("formats.file.categories", "[\"application\"]")
        .start()
        .await;
    let admin = server.admin();
    let application = map().text("category", "application");
    admin
        .publish_file("app", &application)
        .await
        .assert_created();
    let others = server
        .upload_key("k")
        .allowed_category("other")
        .create()
        .await;
    let moved = Upload::new("app.bin", "evil").text("category", "other");
    let refused = others.publish_file("app", &moved).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedCategory");
    assert_eq!(
        admin.get_json("artefacts/file/app").await["category"],
        "application"
    );
}
