//! Who may see, download, publish and change what.

use cellier_tests::{Actor, NewKey, PASSWORD, Package, Setup, Upload, both_databases_with_people};
use reqwest::Method;
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

/// Whether something is there must not show: not by status, not by body, not by what is listed.
#[tokio::test]
async fn what_may_not_be_seen_is_answered_like_what_is_not_there() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let reader = server
        .read_key("reader")
        .allowed_name("other*")
        .create()
        .await;
    let uploader = server
        .upload_key("ci")
        .allowed_name("other*")
        .create()
        .await;
    server
        .admin()
        .publish_file("map", &map())
        .await
        .assert_created();
    let ask = async |who: &Actor, name: &str| {
        let path = format!("artefacts/file/{name}");
        let at = |rest: &str| format!("{path}{rest}");
        let owners = json!({"owners": [{"type": "user", "id": "anna"}]});
        let requests = [
            who.request(Method::GET, &path),
            who.request(Method::GET, &format!("artefacts/{name}")),
            who.request(Method::GET, &at("/download")),
            who.request(Method::GET, &at("/versions")),
            who.request(Method::GET, &at("/versions/1")),
            who.request(Method::GET, &at("/versions/1/download")),
            who.request(Method::GET, &at("/tags")),
            who.request(Method::GET, &at("/owners")),
            who.request(Method::PUT, &at("/owners")).json(&owners),
            who.request(Method::PUT, &at("/tags/beta"))
                .json(&json!({"version": "1"})),
            who.request(Method::POST, &at("/versions/1/yank")),
            who.request(Method::DELETE, &at("/versions/1")),
            who.request(Method::PATCH, &path)
                .json(&json!({"public": true})),
            who.request(Method::DELETE, &path),
        ];
        let mut answers = Vec::new();
        for request in requests {
            let answer = request.send().await;
            answers.push((answer.status(), answer.without_request_id()));
        }
        answers
    };
    for who in [&server.anonymous(), &anna, &reader, &uploader] {
        let (hidden, absent) = (ask(who, "map").await, ask(who, "nix").await);
        assert_eq!(hidden, absent);
        assert!(
            hidden.iter().all(|(status, _)| [401, 404].contains(status)),
            "{hidden:?}"
        );
        assert_eq!(who.get_json("artefacts").await["count"], 0);
        assert_eq!(who.get_json("artefacts?q=map").await["count"], 0);
    }
    let publish = async |name: &str| anna.publish_file(name, &map()).await.without_request_id();
    assert_eq!(publish("map").await, publish("nix").await);
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
    let refused = reader.publish_file("map", &map()).await;
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

/// The reference shows keys, storage paths and upstream addresses to everybody.
#[tokio::test]
async fn what_is_public_tells_nothing_about_people_and_keys() {
    let server = Setup::new().cheap_passwords().start().await;
    let (admin, anna) = (server.admin(), server.with_user("anna").await);
    let bert = server.with_user("bert").await;
    server.grant("user", "anna", &json!([{}])).await;
    anna.publish_file("map", &map()).await.assert_created();
    let ci = server.upload_key("ci-secret-project").create().await;
    ci.publish_package(&Package::new("@acme/widget", "1.0.0"))
        .await
        .assert_created();
    let edit = json!({"public": true, "privateAccess": [{"type": "user", "id": "anna"}]});
    for path in ["artefacts/file/map", "artefacts/npm/@acme%2Fwidget"] {
        admin.patch(path, &edit).await.assert_ok();
        for who in [&server.anonymous(), &bert] {
            for below in ["", "/versions", "/versions/latest", "/tags"] {
                let text = who.get(&format!("{path}{below}")).await.assert_ok().text();
                for secret in [
                    "anna",
                    "owners",
                    "privateAccess",
                    "ci-secret-project",
                    "keyId",
                    "shortId",
                ] {
                    assert!(
                        !text.contains(secret),
                        "{path}{below} tells {secret}: {text}"
                    );
                }
            }
        }
    }
    let listed = server.anonymous().get("artefacts").await.text();
    assert!(!listed.contains("anna"), "{listed}");
    let own = anna.get_json("artefacts/file/map").await;
    assert_eq!(own["owners"], json!([{"type": "user", "id": "anna"}]));
    assert_eq!(own["versions"][0]["uploadedBy"]["account"], "anna");
    let of_ci = ci.get_json("artefacts/npm/@acme%2Fwidget").await;
    assert_eq!(
        of_ci["versions"][0]["uploadedBy"]["keyName"],
        "ci-secret-project"
    );
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

/// Single answers and the listing are one rule, whoever asks.
#[tokio::test]
async fn everybody_lists_exactly_what_they_see_one_by_one() {
    for server in both_databases_with_people().await {
        let admin = server.admin();
        let (anna, bert) = (
            server.with_user("anna").await,
            server.with_user("bert").await,
        );
        server.organization("acme", &["anna", "bert"]).await;
        server
            .grant("organization", "acme", &json!([{"name": "acme-*"}]))
            .await;
        let names = ["acme-1", "acme-2", "public", "of-anna", "of-acme", "hidden"];
        for name in names {
            admin
                .publish_file(name, &Upload::new(name, name))
                .await
                .assert_created();
        }
        for (name, edit) in [
            ("public", json!({"public": true})),
            (
                "of-anna",
                json!({"privateAccess": [{"type": "user", "id": "anna"}]}),
            ),
            (
                "of-acme",
                json!({"privateAccess": [{"type": "organization", "id": "acme"}]}),
            ),
        ] {
            admin
                .patch(&format!("artefacts/file/{name}"), &edit)
                .await
                .assert_ok();
        }
        let narrow = server.upload_key("k").allowed_name("of-*").create().await;
        for (who, expected) in [
            (&server.anonymous(), 1),
            (&anna, 5),
            (&bert, 4),
            (&narrow, 3),
            (&admin, 6),
        ] {
            let listed = who.get_json("artefacts?sort=name").await;
            assert_eq!(listed["count"], expected);
            let listed = listed["results"].as_array().unwrap();
            for name in names {
                let is_listed = listed.iter().any(|artefact| artefact["name"] == name);
                let status = who.get(&format!("artefacts/file/{name}")).await.status();
                assert_eq!(is_listed, status == 200, "{name} {status}");
            }
        }
    }
}
