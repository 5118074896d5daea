//! Listing and searching, and who may see what.

use std::collections::BTreeSet;

use cellier_tests::{Actor, Package, TestServer, Upload, both_databases};
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

/// A file of some words.
fn words(text: &str) -> Upload {
    Upload::new("notes.txt", text)
}

/// Makes an artefact visible for everybody.
async fn make_public(server: &TestServer, artefact: &str) {
    let path = format!("artefacts/{artefact}");
    let edited = server.admin().patch(&path, &json!({"public": true})).await;
    edited.assert_ok();
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
async fn words_and_starts_of_words_find_an_artefact_whatever_their_case_and_accents() {
    for server in both_databases().await {
        let admin = server.admin();
        let titled = |title: &str, description: &str| {
            let upload = words("x").text("title", &json!({"fr": title}).to_string());
            upload.text("description", &json!({"en": description}).to_string())
        };
        let island = titled("Île de la Réunion", "Relief of an island");
        admin
            .publish_file("terrain-974", &island)
            .await
            .assert_created();
        let alps = titled("Les Alpes", "Relief of mountains");
        admin
            .publish_file("terrain-alps", &alps)
            .await
            .assert_created();

        for (query, names) in [
            ("reunion", &["terrain-974"][..]),
            ("R%C3%89UN", &["terrain-974"]),
            ("ile%20relief", &["terrain-974"]),
            ("terrain%20974", &["terrain-974"]),
            ("re", &["terrain-974", "terrain-alps"]),
            ("relief%20mountain", &["terrain-alps"]),
            ("union", &[]),
            ("relief%20sea", &[]),
            ("%2A%25_%22", &[]),
            ("%27%3B%20drop%20table", &[]),
        ] {
            let query = format!("sort=name&q={query}");
            assert_eq!(found(&admin, &query).await, names, "{query}");
        }
        let edit = json!({"title": {"fr": "Mafate"}});
        admin
            .patch("artefacts/terrain-974", &edit)
            .await
            .assert_ok();
        assert_eq!(found(&admin, "q=mafate").await, ["terrain-974"]);
        assert!(found(&admin, "q=reunion").await.is_empty());
    }
}

#[tokio::test]
async fn a_listing_is_narrowed_by_format_category_and_tag() {
    for server in both_databases().await {
        let admin = server.admin();
        let package = Package::new("widget", "1.0.0-beta.1")
            .upload()
            .text("tag", "beta");
        admin
            .upload("artefacts/widget/versions", &package)
            .await
            .assert_created();
        let style = Upload::new("style.json", "{}").text("category", "maplibre-style");
        admin.publish_file("streets", &style).await.assert_created();
        admin
            .publish_file("notes", &words("x"))
            .await
            .assert_created();

        for (query, names) in [
            ("", &["notes", "streets", "widget"][..]),
            ("format=npm", &["widget"]),
            ("format=file", &["notes", "streets"]),
            ("format=npn", &[]),
            ("category=maplibre-style", &["streets"]),
            ("format=file&category=other", &["notes"]),
            ("tag=beta", &["widget"]),
            ("tag=latest", &["notes", "streets"]),
            ("tag=nightly", &[]),
        ] {
            let query = format!("sort=name&{query}");
            assert_eq!(found(&admin, &query).await, names, "{query}");
        }
    }
}

#[tokio::test]
async fn what_changed_last_is_listed_first_and_titles_are_no_change_of_bytes() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for name in ["first", "second", "third"] {
        admin
            .publish_file(name, &words("one"))
            .await
            .assert_created();
    }
    assert_eq!(found(&admin, "").await, ["third", "second", "first"]);
    let edit = json!({"title": {"en": "x"}});
    admin.patch("artefacts/second", &edit).await.assert_ok();
    assert_eq!(
        found(&admin, "sort=updated").await,
        ["third", "second", "first"]
    );
    admin
        .publish_file("first", &words("two"))
        .await
        .assert_created();
    assert_eq!(found(&admin, "").await, ["first", "third", "second"]);
}

/// The names on all pages of a listing, from the first to the last, with something that happens between two of them.
async fn on_all_pages(who: &Actor, query: &str, mut meanwhile: impl AsyncFnMut()) -> Vec<String> {
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = who.get_json(&format!("artefacts?{query}{cursor}")).await;
        for artefact in page["results"].as_array().expect("a list") {
            names.push(artefact["name"].as_str().expect("a name").to_owned());
        }
        let Some(next) = page["next"].as_str() else {
            return names;
        };
        cursor = format!("&cursor={next}");
        meanwhile().await;
    }
}

#[tokio::test]
async fn paging_through_250_artefacts_misses_none_and_repeats_none_while_others_publish() {
    let [on_sqlite, on_postgres] = both_databases().await;
    for (server, size, limit) in [(on_sqlite, 250, 40), (on_postgres, 50, 8)] {
        let admin = server.admin();
        let publish = async |name: String| {
            let published = admin.publish_file(&name, &words("x")).await;
            published.assert_created();
        };
        let names: BTreeSet<_> = (0..size).map(|number| format!("map-{number}")).collect();
        stream::iter(names.clone())
            .for_each_concurrent(8, &publish)
            .await;

        for sort in ["name", "updated"] {
            let mut pages = 1;
            let query = format!("q=map&limit={limit}&sort={sort}");
            let seen = on_all_pages(&admin, &query, async || {
                for place in ["a", "map-1a", "z"] {
                    publish(format!("{place}-map-{sort}-{pages}")).await;
                }
                pages += 1;
            })
            .await;
            let distinct: BTreeSet<_> = seen.iter().cloned().collect();
            assert_eq!(distinct.len(), seen.len(), "something is there twice");
            assert!(distinct.is_superset(&names), "something is missing");
            assert!(pages >= 7, "{pages} pages");
        }
    }
}

#[tokio::test]
async fn a_malformed_query_is_refused_with_what_is_wrong() {
    let server = TestServer::start().await;
    for (query, code, says) in [
        ("colour=red", "bad_query", "colour"),
        ("limit=0", "bad_query", "allowed is 1 to 100"),
        ("limit=101", "bad_query", "allowed is 1 to 100"),
        ("limit=-5", "bad_query", "limit"),
        ("limit=many", "bad_query", "limit"),
        ("sort=size", "bad_query", "sort"),
        ("tag=^1", "bad_query", "a tag is"),
        ("cursor=nonsense", "bad_cursor", "cursor"),
        ("cursor=", "bad_cursor", "cursor"),
        ("q=a&q=b", "bad_query", "duplicate"),
    ] {
        let refused = server.admin().get(&format!("artefacts?{query}")).await;
        refused.assert_problem(400, code).assert_detail(says);
    }
}

#[tokio::test]
async fn text_that_a_database_cannot_hold_is_a_fault_of_the_client() {
    for server in both_databases().await {
        let admin = server.admin();
        admin
            .publish_file("notes", &words("x"))
            .await
            .assert_created();
        for path in [
            "artefacts?q=a%00b",
            "artefacts?format=%00",
            "artefacts?category=%00",
            "artefacts?tag=%00",
            // A cursor with a NUL in each of its texts.
            "artefacts?sort=name&cursor=MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwHzEfAB8A",
            "artefacts/file/notes/versions?cursor=AA",
            "audit?action=%00",
            "audit?object=%00",
            "audit?keyId=%00",
        ] {
            let refused = admin.get(path).await;
            assert_eq!(refused.status(), 400, "{path}: {}", refused.text());
        }
    }
}

#[tokio::test]
async fn everybody_lists_what_they_may_see_and_no_more() {
    for server in both_databases().await {
        let admin = server.admin();
        for name in ["open", "closed", "team-a", "team-b"] {
            admin.publish_file(name, &words("x")).await.assert_created();
        }
        let package = Package::new("team-tool", "1.0.0");
        admin.publish_package(&package).await.assert_created();
        make_public(&server, "open").await;
        let all = &["closed", "open", "team-a", "team-b", "team-tool"][..];
        let team = |key: cellier_tests::NewKey| key.allowed_name("team-*").create();

        for (who, names) in [
            (server.anonymous(), &["open"][..]),
            (
                team(server.read_key("r")).await,
                &["open", "team-a", "team-b", "team-tool"],
            ),
            (
                team(server.upload_key("u")).await,
                &["open", "team-a", "team-b", "team-tool"],
            ),
            (
                server.read_key("f").allowed_format("npm").create().await,
                &["open", "team-tool"],
            ),
            (
                server
                    .read_key("c")
                    .allowed_category("maplibre-style")
                    .create()
                    .await,
                &["open"],
            ),
            (
                server.read_key("e").allowed_name("TEAM-A").create().await,
                &["open", "team-a"],
            ),
            (server.upload_key("everything").create().await, all),
            (admin, all),
        ] {
            assert_eq!(found(&who, "sort=name").await, names);
            for name in all {
                let seen = who.get(&format!("artefacts/{name}")).await;
                let expected = if names.contains(name) { 200 } else { 404 };
                assert_eq!(seen.status(), expected, "{name} of {names:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_invisible_is_answered_exactly_as_what_is_absent() {
    let server = TestServer::start().await;
    server
        .admin()
        .publish_file("secret", &words("x"))
        .await
        .assert_created();
    let stranger = server.upload_key("ci").allowed_name("other").create().await;
    let without_id = |mut problem: Value| {
        problem.as_object_mut().unwrap().remove("requestId");
        problem
    };
    for who in [server.anonymous(), stranger] {
        for (method, rest) in [
            (Method::GET, ""),
            (Method::GET, "@1"),
            (Method::GET, "/versions"),
            (Method::GET, "/versions/1"),
            (Method::GET, "/versions/nonsense^"),
            (Method::GET, "/versions/1/download"),
            (Method::GET, "/download"),
            (Method::GET, "/tags"),
            (Method::POST, "/versions/1/yank"),
            (Method::DELETE, "/versions/1"),
            (Method::DELETE, "/tags/beta"),
            (Method::DELETE, ""),
        ] {
            let ask = async |name: &str| {
                let path = format!("artefacts/file/{name}{rest}");
                who.request(method.clone(), &path).send().await
            };
            let (hidden, absent) = (ask("secret").await, ask("absent").await);
            assert!(
                [401, 404].contains(&hidden.status()),
                "{method} {rest}: {}",
                hidden.text()
            );
            assert_eq!(without_id(hidden.json()), without_id(absent.json()));
            let names = |answer: &cellier_tests::Answer| {
                answer
                    .headers()
                    .keys()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
            };
            assert_eq!(names(&hidden), names(&absent));
        }
    }
}

#[tokio::test]
async fn who_published_is_shown_to_admins_and_to_that_key() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci-secret-project").create().await;
    ci.publish_file("notes", &words("x")).await.assert_created();
    make_public(&server, "notes").await;
    let uploader = async |who: &Actor| {
        let version = who.get_json("artefacts/file/notes/versions/1").await;
        version["uploadedBy"].clone()
    };
    assert_eq!(uploader(&ci).await["keyName"], "ci-secret-project");
    assert_eq!(uploader(&server.admin()).await["keyId"], ci.key_id());
    let other = server.upload_key("other").create().await;
    for stranger in [server.anonymous(), other] {
        assert_eq!(uploader(&stranger).await, json!({"type": "key"}));
        let artefact = stranger.get_json("artefacts/file/notes").await;
        assert_eq!(artefact.get("privateAccess"), None);
        assert!(
            !artefact.to_string().contains("ci-secret-project"),
            "{artefact}"
        );
    }
}
