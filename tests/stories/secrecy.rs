//! What must not show: that something is there, who owns it, which key published it.

use cellier_tests::{Actor, Package, Setup, Upload, both_databases_with_people};
use reqwest::Method;
use serde_json::json;

fn map() -> Upload {
    Upload::new("map.bin", "a map")
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
