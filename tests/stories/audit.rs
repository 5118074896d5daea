//! The audit trail: every change with who made it, when, from where.

use cellier_tests::{Actor, Package, Setup, TestServer, Upload, both_databases};
use serde_json::{Value, json};

/// Events that a query finds, newest first.
async fn events(who: &Actor, query: &str) -> Vec<Value> {
    let page = who.get_json(&format!("audit?{query}")).await;
    page["results"].as_array().expect("a list").clone()
}

/// What these events did to what, oldest first.
fn told(events: &[Value]) -> Vec<String> {
    let tell = |event: &Value| {
        let text = |member: &str| event[member].as_str().expect("a text").to_owned();
        format!("{} {}", text("action"), text("object"))
    };
    events.iter().rev().map(tell).collect()
}

/// Changes of every kind, and some that are refused or change nothing.
async fn make_changes(server: &TestServer, ci: &Actor) {
    let admin = server.admin();
    let package = Package::new("@acme/widget", "1.0.0");
    let artefact = "artefacts/npm/@acme%2Fwidget";
    ci.publish_package(&package).await.assert_created();
    ci.publish_package(&package).await.assert_ok();
    let other = package.clone().file("index.js", "other");
    ci.publish_package(&other)
        .await
        .assert_problem(409, "version_exists");
    ci.publish_file("notes", &Upload::new("x", "x"))
        .await
        .assert_problem(403, "scope");
    let version = json!({"version": "1.0.0"});
    ci.put_json(&format!("{artefact}/tags/stable"), &version)
        .await
        .assert_ok();
    ci.delete(&format!("{artefact}/tags/stable"))
        .await
        .assert_no_content();
    for verb in ["yank", "yank", "restore"] {
        ci.post(&format!("{artefact}/versions/1.0.0/{verb}"))
            .await
            .assert_no_content();
    }
    admin
        .patch(artefact, &json!({"public": true}))
        .await
        .assert_ok();
    admin
        .delete(&format!("{artefact}/versions/1.0.0"))
        .await
        .assert_no_content();
    admin.delete(artefact).await.assert_no_content();
    admin
        .delete(artefact)
        .await
        .assert_problem(404, "not_found");
    admin
        .delete(&format!("api-keys/{}", ci.key_id()))
        .await
        .assert_no_content();
}

#[tokio::test]
async fn every_change_is_recorded_once_and_nothing_else_is() {
    for server in both_databases().await {
        let ci = server
            .upload_key("ci")
            .allowed_name("@acme/*")
            .create()
            .await;
        make_changes(&server, &ci).await;
        let all = events(&server.admin(), "limit=100").await;
        let key = ci.key_id();
        let boss = all.last().expect("the first event")["object"]
            .as_str()
            .expect("an id");
        let (widget, version) = ("npm/@acme/widget", "npm/@acme/widget@1.0.0");
        assert_eq!(
            told(&all),
            [
                format!("key.create {boss}"),
                format!("key.create {key}"),
                format!("version.publish {version}"),
                format!("tag.set {version}"),
                format!("tag.remove {widget}"),
                format!("version.yank {version}"),
                format!("version.restore {version}"),
                format!("artefact.edit {widget}"),
                format!("version.delete {version}"),
                format!("artefact.delete {widget}"),
                format!("key.revoke {key}"),
            ]
        );
    }
}

#[tokio::test]
async fn an_event_tells_who_did_what_when_and_from_where() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let package = Package::new("widget", "1.0.0");
    let published = ci.publish_package(&package).await.assert_created().json();
    let sha256 = &published["version"]["sha256"];

    let event = &events(&server.admin(), "action=version.publish").await[0];
    let actor = &event["actor"];
    assert_eq!(actor["type"], "key");
    assert_eq!(actor["keyId"], ci.key_id());
    assert_eq!(actor["keyName"], "ci");
    assert_eq!(actor["shortId"], ci.key()[4..12]);
    assert_eq!(event["address"], "127.0.0.1");
    assert_eq!(event["outcome"], "done");
    assert_eq!(event["details"]["sha256"], *sha256);
    assert!(event["at"].as_str().unwrap().ends_with('Z'), "{event}");

    let in_terminal = &events(&server.admin(), "action=key.create").await[1];
    assert_eq!(in_terminal["actor"], json!({"type": "command-line"}));
    assert_eq!(in_terminal.get("address"), None);
    assert_eq!(in_terminal["details"]["name"], "boss");
    assert_eq!(in_terminal["details"]["type"], "admin");
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_address_is_that_of_the_client() {
    let setup = Setup::new().set("server.trusted_proxies", "[\"127.0.0.0/8\"]");
    let server = setup.start().await;
    let admin = server.admin();
    let request = admin.request(reqwest::Method::POST, "artefacts/file/notes");
    let request = request.header("x-forwarded-for", "10.1.1.1, 2001:db8::7");
    request
        .form(&Upload::new("x", "x"))
        .send()
        .await
        .assert_created();
    let event = &events(&admin, "action=version.publish").await[0];
    assert_eq!(event["address"], "2001:db8::7");
}

#[tokio::test]
async fn events_are_filtered_by_action_noun_object_key_and_time() {
    for server in both_databases().await {
        let admin = server.admin();
        let ci = server
            .upload_key("ci")
            .allowed_name("@acme/*")
            .create()
            .await;
        make_changes(&server, &ci).await;
        let count = async |query: &str| events(&admin, &format!("limit=100&{query}")).await.len();
        let object = "npm%2F%40acme%2Fwidget%401.0.0";
        let by_ci = format!("keyId={}", ci.key_id());
        for (query, expected) in [
            ("action=version.yank", 1),
            ("action=version", 4),
            ("action=ver", 0),
            ("action=key", 3),
            ("object=npm%2F%40acme%2Fwidget", 3),
            (&format!("object={object}"), 5),
            (&by_ci, 5),
            (&format!("{by_ci}&action=tag"), 2),
            ("since=2001-01-01T00:00:00Z", 11),
            ("until=2001-01-01T00:00:00Z", 0),
            ("since=2999-01-01T00:00:00Z", 0),
        ] {
            assert_eq!(count(query).await, expected, "{query}");
        }
        let all = events(&admin, "limit=100").await;
        let time = all[5]["at"].as_str().unwrap();
        let later = all
            .iter()
            .filter(|event| event["at"].as_str() >= Some(time))
            .count();
        assert_eq!(count(&format!("since={time}")).await, later);
        assert_eq!(count(&format!("until={time}")).await, all.len() - later);
    }
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_while_it_grows() {
    for server in both_databases().await {
        let admin = server.admin();
        let publish = async |number: usize| {
            let text = format!("revision {number}");
            admin
                .publish_file("notes", &Upload::new("x", text))
                .await
                .assert_created();
        };
        for number in 1..=25 {
            publish(number).await;
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = admin
                .get_json(&format!("audit?action=version&limit=10{cursor}"))
                .await;
            seen.extend(page["results"].as_array().unwrap().clone());
            publish(100 + seen.len()).await;
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let revisions = (1..=25).map(|number| format!("version.publish file/notes@{number}"));
        assert_eq!(told(&seen), revisions.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_malformed_query_is_refused_with_what_is_wrong() {
    let server = TestServer::start().await;
    for (query, code, says) in [
        ("since=yesterday", "bad_query", "since"),
        ("until=2001-13-01T00:00:00Z", "bad_query", "until"),
        ("limit=1000", "bad_query", "1 to 100"),
        ("who=me", "bad_query", "who"),
        ("cursor=nonsense", "bad_cursor", "cursor"),
    ] {
        let refused = server.admin().get(&format!("audit?{query}")).await;
        refused.assert_problem(400, code).assert_detail(says);
    }
}
