//! Changing what is published: tags, yanks, edits and deletion.

use cellier_tests::{Actor, Package, TestServer, Upload, both_databases};
use reqwest::Method;
use serde_json::{Value, json};

/// A file of some words.
fn words(text: &str) -> Upload {
    Upload::new("notes.txt", text)
}

/// Publishes these versions of a package.
async fn publish_versions(server: &TestServer, name: &str, versions: &[&str]) {
    for version in versions {
        let package = Package::new(name, version);
        server
            .admin()
            .publish_package(&package)
            .await
            .assert_created();
    }
}

/// The names of what a listing finds.
async fn found(who: &Actor, query: &str) -> Vec<String> {
    let list = who.get_json(&format!("artefacts?{query}")).await;
    let results = list["results"].as_array().expect("a list");
    assert_eq!(list["count"], results.len(), "{list}");
    let name = |artefact: &Value| artefact["name"].as_str().expect("a name").to_owned();
    results.iter().map(name).collect()
}

#[tokio::test]
async fn a_tag_names_a_version_until_it_is_moved_or_removed() {
    for server in both_databases().await {
        let admin = server.admin();
        publish_versions(
            &server,
            "widget",
            &["1.0.0", "2.0.0-beta.1", "2.0.0-beta.2"],
        )
        .await;
        let tags = "artefacts/npm/widget/tags";
        let beta = format!("{tags}/beta");
        for version in ["2.0.0-beta.1", "2.0.0-beta.2"] {
            let wanted = json!({"version": version});
            let set = admin.put_json(&beta, &wanted).await;
            assert_eq!(set.assert_ok().json(), wanted);
            let expected = json!({"beta": version, "latest": "1.0.0"});
            assert_eq!(admin.get_json(tags).await, expected);
        }
        assert_eq!(
            admin.get_json("artefacts/widget").await["tags"]["beta"],
            "2.0.0-beta.2"
        );
        admin.delete(&beta).await.assert_no_content();
        admin.delete(&beta).await.assert_problem(404, "not_found");
        assert_eq!(admin.get_json(tags).await, json!({"latest": "1.0.0"}));

        let first = json!({"version": "1.0.0"});
        for (method, path, body, status, code) in [
            (Method::PUT, "latest", &first, 400, "latest_moves_by_itself"),
            (
                Method::DELETE,
                "latest",
                &Value::Null,
                400,
                "latest_moves_by_itself",
            ),
            (Method::PUT, "v1", &first, 400, "bad_tag"),
            (Method::PUT, "1.0", &first, 400, "bad_tag"),
            (
                Method::PUT,
                "beta",
                &json!({"version": "7.0.0"}),
                404,
                "not_found",
            ),
            (
                Method::PUT,
                "beta",
                &json!({"version": "^1"}),
                404,
                "not_found",
            ),
            (
                Method::PUT,
                "beta",
                &json!({"versio": "1.0.0"}),
                400,
                "bad_body",
            ),
            (Method::PUT, "beta", &json!("1.0.0"), 400, "bad_body"),
        ] {
            let request = admin.request(method, &format!("{tags}/{path}")).json(body);
            request.send().await.assert_problem(status, code);
        }
    }
}

#[tokio::test]
async fn a_yanked_version_is_found_by_its_exact_text_alone_until_it_is_restored() {
    for server in both_databases().await {
        let admin = server.admin();
        publish_versions(&server, "widget", &["1.0.0", "1.1.0"]).await;
        let artefact = "artefacts/npm/widget";
        let version = format!("{artefact}/versions/1.1.0");
        let stable = json!({"version": "1.1.0"});
        admin
            .put_json(&format!("{artefact}/tags/stable"), &stable)
            .await
            .assert_ok();
        let selected = async |selector: &str| {
            let found = admin
                .get_json(&format!("{artefact}/versions/{selector}"))
                .await;
            found["version"].as_str().unwrap().to_owned()
        };
        for _ in 0..2 {
            admin
                .post(&format!("{version}/yank"))
                .await
                .assert_no_content();
            for selector in ["latest", "1", "*", "%5E1.0"] {
                assert_eq!(selected(selector).await, "1.0.0", "{selector}");
            }
        }
        assert!(admin.get_json(&version).await["yanked"].is_string());
        assert_eq!(admin.get_json(artefact).await["latest"], "1.0.0");
        let listed = admin.get_json(&format!("{artefact}/versions")).await;
        assert!(listed["results"][0]["yanked"].is_string(), "{listed}");
        let exact = admin.get(&format!("{version}/download")).await;
        assert_eq!(
            exact.assert_ok().bytes(),
            Package::new("widget", "1.1.0").tarball()
        );
        let refused = admin
            .put_json(&format!("{artefact}/tags/stable"), &stable)
            .await;
        refused.assert_problem(409, "yanked");

        admin
            .post(&format!("{version}/restore"))
            .await
            .assert_no_content();
        assert_eq!(selected("latest").await, "1.1.0");
        let tags = admin.get_json(&format!("{artefact}/tags")).await;
        assert_eq!(
            tags,
            json!({"latest": "1.1.0"}),
            "tags do not come back by themselves"
        );
        let absent = admin.post(&format!("{artefact}/versions/9.9.9/yank")).await;
        absent
            .assert_problem(404, "not_found")
            .assert_detail("9.9.9");
    }
}

#[tokio::test]
async fn what_an_artefact_shows_is_edited_field_by_field() {
    for server in both_databases().await {
        let admin = server.admin();
        let style = Upload::new("style.json", "{}").text("category", "maplibre-style");
        admin.publish_file("streets", &style).await.assert_created();
        let path = "artefacts/file/streets";
        server.with_user("ana").await;
        server.organization("acme", &[]).await;
        let before = admin.get_json(path).await;
        let access = json!([{"type": "user", "id": "ana"}, {"type": "organization", "id": "acme"}]);
        for (field, value, unset) in [
            ("title", json!({"fr": "Rues", "en": "Streets"}), json!({})),
            ("description", json!({"en": "All streets"}), json!({})),
            ("category", json!("maplibre-style"), json!("other")),
            ("public", json!(true), json!(false)),
            ("privateAccess", access, json!([])),
        ] {
            let edited = admin.patch(path, &json!({field: value})).await;
            assert_eq!(edited.assert_ok().json()[field], value);
            assert_eq!(admin.get_json(path).await[field], value);
            let edited = admin.patch(path, &json!({field: null})).await;
            assert_eq!(edited.assert_ok().json()[field], unset);
        }
        let after = admin.get_json(path).await;
        assert_eq!(after["dataUpdatedAt"], before["dataUpdatedAt"]);
        assert_ne!(after["updatedAt"], before["updatedAt"]);
        assert_eq!(after["versions"], before["versions"]);
    }
}

#[tokio::test]
async fn an_edit_that_breaks_a_rule_changes_nothing() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin
        .publish_file("notes", &words("x"))
        .await
        .assert_created();
    let before = admin.get_json("artefacts/notes").await;
    for (status, code, says, edit) in [
        (
            400,
            "bad_body",
            "colour",
            json!({"public": true, "colour": "red"}),
        ),
        (400, "bad_body", "public", json!({"public": "yes"})),
        (400, "bad_body", "title", json!({"title": "Notes"})),
        (
            400,
            "bad_body",
            "title",
            json!({"title": {"fr": "x".repeat(2001)}}),
        ),
        (
            400,
            "bad_body",
            "title",
            json!({"title": {"no language": "x"}}),
        ),
        (
            400,
            "bad_body",
            "privateAccess",
            json!({"privateAccess": [{"type": "robot", "id": "x"}]}),
        ),
        (
            400,
            "bad_body",
            "privateAccess",
            json!({"privateAccess": [{"type": "user"}]}),
        ),
        (
            422,
            "unknown_account",
            "no user",
            json!({"privateAccess": [{"type": "user", "id": ""}]}),
        ),
        (
            422,
            "unknown_account",
            "no user",
            json!({"privateAccess": [{"type": "user", "id": "a\nb"}]}),
        ),
        (
            400,
            "bad_body",
            "role",
            json!({"privateAccess": [{"type": "user", "id": "x", "role": "y"}]}),
        ),
        (400, "bad_body", "name", json!({"name": "other"})),
        (400, "bad_body", "a JSON object", json!([])),
        (
            422,
            "unknown_category",
            "maplibre-style",
            json!({"public": true, "category": "maps"}),
        ),
    ] {
        let refused = admin.patch("artefacts/notes", &edit).await;
        refused.assert_problem(status, code).assert_detail(says);
    }
    let patch = || admin.request(Method::PATCH, "artefacts/notes");
    patch()
        .bytes("{}")
        .send()
        .await
        .assert_problem(415, "not_json");
    let json = |body: &'static str| {
        patch()
            .header("content-type", "application/json")
            .bytes(body)
    };
    json("{").send().await.assert_problem(400, "bad_body");
    json("{} {}").send().await.assert_problem(400, "bad_body");
    json("").send().await.assert_problem(400, "bad_body");
    let narrowed = admin
        .patch("artefacts/notes@1", &json!({"public": true}))
        .await;
    narrowed.assert_problem(405, "method_not_allowed");
    assert_eq!(admin.get_json("artefacts/notes").await, before);
}

#[tokio::test]
async fn an_edit_of_what_somebody_else_has_changed_is_refused() {
    for server in both_databases().await {
        let admin = server.admin();
        let path = "artefacts/file/notes";
        admin
            .publish_file("notes", &words("x"))
            .await
            .assert_created();
        let read = admin.get(path).await.assert_ok().header("etag").to_owned();
        let edit_if = async |etag: &str| {
            let request = admin.request(Method::PATCH, path).header("if-match", etag);
            request.json(&json!({"public": true})).send().await
        };
        edit_if(&read).await.assert_ok();
        let outdated = edit_if(&read).await;
        outdated
            .assert_problem(412, "precondition_failed")
            .assert_detail("read it again");
        edit_if("nonsense")
            .await
            .assert_problem(412, "precondition_failed");
        edit_if("*").await.assert_ok();

        let delete = admin
            .request(Method::DELETE, path)
            .header("if-match", &read);
        delete
            .send()
            .await
            .assert_problem(412, "precondition_failed");
        let read = admin.get(path).await.header("etag").to_owned();
        let delete = admin
            .request(Method::DELETE, path)
            .header("if-match", &read);
        delete.send().await.assert_no_content();
        admin.get(path).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_deleted_artefact_is_gone_everywhere() {
    for server in both_databases().await {
        let admin = server.admin();
        publish_versions(&server, "widget", &["1.0.0", "1.1.0"]).await;
        let path = "artefacts/npm/widget";
        let tag = json!({"version": "1.0.0"});
        admin
            .put_json(&format!("{path}/tags/stable"), &tag)
            .await
            .assert_ok();
        admin.delete(path).await.assert_no_content();
        for rest in [
            "",
            "/versions",
            "/versions/1.0.0",
            "/versions/latest",
            "/download",
            "/tags",
        ] {
            admin
                .get(&format!("{path}{rest}"))
                .await
                .assert_problem(404, "not_found");
        }
        admin
            .get("artefacts/widget")
            .await
            .assert_problem(404, "not_found");
        assert!(found(&admin, "q=widget").await.is_empty());
        assert!(found(&admin, "tag=stable").await.is_empty());
        admin.delete(path).await.assert_problem(404, "not_found");
    }
}
