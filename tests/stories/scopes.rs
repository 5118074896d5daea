//! What keys may do: their types and their scopes.

use cellier_tests::{Package, TestServer, Upload};
use serde_json::json;

/// A file like any other.
fn a_file() -> Upload {
    Upload::new("notes.txt", "some words")
}

#[tokio::test]
async fn what_lies_outside_a_scope_is_refused_with_the_name_of_the_scope() {
    let server = TestServer::start().await;
    let key = || server.upload_key("ci");
    let of_name = key().allowed_name("@acme/Widget").create().await;
    let of_prefix = key().allowed_name("@acme/*").create().await;
    let of_format = key().allowed_format("npm").create().await;
    let of_category = key().allowed_category("maplibre-style").create().await;
    let package = |name: &str| Package::new(name, "1.0.0");

    for refused in [
        of_name.publish_package(&package("@acme/widget2")).await,
        of_prefix
            .publish_package(&package("@acme-evil/widget"))
            .await,
        of_prefix.publish_file("acme", &a_file()).await,
    ] {
        refused
            .assert_problem(403, "scope")
            .assert_detail("allowedName");
    }
    let refused = of_format.publish_file("notes", &a_file()).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedFormat");
    let refused = of_category.publish_file("notes", &a_file()).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedCategory");

    let everything = server.admin().get_json("artefacts").await;
    assert_eq!(everything["count"], 0, "{everything}");
    assert_eq!(server.files_below("blobs"), Vec::<String>::new());

    of_name
        .publish_package(&package("@acme/widget"))
        .await
        .assert_created();
    of_prefix
        .publish_package(&package("@acme/gadget"))
        .await
        .assert_created();
    of_format
        .publish_package(&package("plain"))
        .await
        .assert_created();
    let style = Upload::new("style.json", "{}").text("category", "maplibre-style");
    of_category
        .publish_file("streets", &style)
        .await
        .assert_created();
}

#[tokio::test]
async fn all_scopes_of_a_key_must_fit() {
    let server = TestServer::start().await;
    let narrow = server.upload_key("ci").allowed_name("@acme/*");
    let narrow = narrow.allowed_format("npm").allowed_category("application");
    let ci = narrow.create().await;
    let package = Package::new("@acme/widget", "1.0.0");
    let refused = ci.publish_package(&package).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedCategory");
    let package = package.manifest("registry", json!({"category": "application"}));
    ci.publish_package(&package).await.assert_created();
}

#[tokio::test]
async fn a_read_key_reads_what_lies_within_its_scope_and_changes_nothing() {
    let server = TestServer::start().await;
    for name in ["terrain", "secrets"] {
        let published = server.admin().publish_file(name, &a_file()).await;
        published.assert_created();
    }
    let reader = server
        .read_key("viewer")
        .allowed_name("terrain*")
        .create()
        .await;
    let fetched = reader.get("artefacts/file/terrain/download").await;
    assert_eq!(fetched.assert_ok().text(), "some words");
    let hidden = reader.get("artefacts/file/secrets/download").await;
    hidden.assert_problem(404, "not_found");

    let published = reader.publish_file("terrain", &a_file()).await;
    published
        .assert_problem(403, "not_allowed")
        .assert_detail("an upload key is needed");
    let edited = reader
        .patch("artefacts/terrain", &json!({"public": true}))
        .await;
    edited
        .assert_problem(403, "not_allowed")
        .assert_detail("an admin key is needed");
    let yanked = reader.post("artefacts/file/terrain/versions/1/yank").await;
    yanked.assert_problem(403, "not_allowed");
}

#[tokio::test]
async fn an_upload_key_tags_and_yanks_within_its_scope_and_deletes_nothing() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci")
        .allowed_name("terrain")
        .create()
        .await;
    ci.publish_file("terrain", &a_file()).await.assert_created();
    server
        .admin()
        .publish_file("secrets", &a_file())
        .await
        .assert_created();

    let first = json!({"version": "1"});
    ci.put_json("artefacts/file/terrain/tags/stable", &first)
        .await
        .assert_ok();
    ci.post("artefacts/file/terrain/versions/1/yank")
        .await
        .assert_no_content();
    ci.post("artefacts/file/terrain/versions/1/restore")
        .await
        .assert_no_content();
    for path in [
        "artefacts/file/terrain",
        "artefacts/file/terrain/versions/1",
    ] {
        ci.delete(path).await.assert_problem(403, "not_allowed");
    }
    for path in [
        "artefacts/file/secrets",
        "artefacts/file/secrets/versions/1",
    ] {
        ci.delete(path).await.assert_problem(404, "not_found");
    }
    let tagged = ci
        .put_json("artefacts/file/secrets/tags/stable", &first)
        .await;
    tagged.assert_problem(404, "not_found");
}

#[tokio::test]
async fn only_an_admin_key_makes_lists_and_revokes_keys() {
    let server = TestServer::start().await;
    let id = server
        .upload_key("victim")
        .create()
        .await
        .key_id()
        .to_owned();
    let path = format!("api-keys/{id}");
    let wanted = json!({"type": "admin", "name": "mine"});
    for (kind, who) in [
        ("upload", server.upload_key("ci").create().await),
        ("read", server.read_key("viewer").create().await),
    ] {
        for refused in [
            who.post_json("api-keys", &wanted).await,
            who.get("api-keys").await,
            who.delete(&path).await,
            who.get("audit").await,
        ] {
            refused.assert_problem(403, "not_allowed");
            refused.assert_detail(&format!(
                "a {kind} key may not do this, an admin key is needed"
            ));
        }
    }
    let anyone = server.anonymous();
    for refused in [
        anyone.post_json("api-keys", &wanted).await,
        anyone.get("api-keys").await,
        anyone.delete(&path).await,
    ] {
        refused.assert_problem(401, "key_missing");
    }
}
