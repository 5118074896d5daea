//! Reading: listing and searching, selectors, tags, and what who may see.

use std::collections::BTreeSet;

use cellier_tests::{Actor, Package, TestServer, Upload, both_databases, encoded};
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

#[tokio::test]
async fn paging_through_250_artefacts_misses_none_and_repeats_none_while_others_publish() {
    for server in both_databases().await {
        let admin = server.admin();
        let publish = async |name: String| {
            admin
                .publish_file(&name, &words("x"))
                .await
                .assert_created();
        };
        let names: BTreeSet<_> = (0..250).map(|number| format!("map-{number}")).collect();
        stream::iter(names.clone())
            .for_each_concurrent(8, &publish)
            .await;

        for sort in ["name", "updated"] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            for page_number in 0.. {
                let path = format!("artefacts?q=map&limit=40&sort={sort}{cursor}");
                let page = admin.get_json(&path).await;
                for artefact in page["results"].as_array().unwrap() {
                    seen.push(artefact["name"].as_str().unwrap().to_owned());
                }
                let Some(next) = page["next"].as_str() else {
                    assert!(page_number >= 6, "{page_number} pages");
                    break;
                };
                cursor = format!("&cursor={next}");
                for place in ["a", "map-1a", "z"] {
                    publish(format!("{place}-map-{sort}-{page_number}")).await;
                }
            }
            let distinct: BTreeSet<_> = seen.iter().cloned().collect();
            assert_eq!(distinct.len(), seen.len(), "something is there twice");
            assert!(distinct.is_superset(&names), "something is missing");
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

#[tokio::test]
async fn a_name_alone_means_the_oldest_artefact_of_it_that_the_caller_may_see() {
    for server in both_databases().await {
        let admin = server.admin();
        admin
            .publish_file("map", &words("x"))
            .await
            .assert_created();
        publish_versions(&server, "map", &["1.0.0", "2.0.0"]).await;
        make_public(&server, "npm/map").await;

        assert_eq!(admin.get_json("artefacts/map").await["format"], "file");
        let anyone = server.anonymous();
        assert_eq!(anyone.get_json("artefacts/map").await["format"], "npm");
        let narrowed = anyone.get_json("artefacts/map@1").await;
        let versions = narrowed["versions"].as_array().unwrap();
        assert_eq!(versions.len(), 1, "{narrowed}");
        assert_eq!(versions[0]["version"], "1.0.0");
        let by_key = server.read_key("r").allowed_format("npm").create().await;
        let fetched = by_key.get("artefacts/map@1/download").await;
        assert_eq!(
            fetched.assert_ok().bytes(),
            Package::new("map", "1.0.0").tarball()
        );
    }
}

#[tokio::test]
async fn the_selector_of_a_scoped_name_stands_behind_its_last_at() {
    let server = TestServer::start().await;
    publish_versions(&server, "@acme/widget", &["1.0.0", "1.4.0", "2.0.0"]).await;
    let admin = server.admin();
    for (path, version) in [
        ("artefacts/@acme%2Fwidget%401", "1.4.0"),
        ("artefacts/%40acme%2fwidget@1.0.0", "1.0.0"),
        ("artefacts/npm/@acme%2Fwidget@latest", "2.0.0"),
        ("artefacts/npm/@acme%2Fwidget%40%5E1.0", "1.4.0"),
    ] {
        let artefact = admin.get_json(path).await;
        assert_eq!(artefact["name"], "@acme/widget");
        assert_eq!(artefact["versions"][0]["version"], version, "{path}");
    }
    let refused = admin.get("artefacts/@acme%2Fwidget@1.2.3.4").await;
    refused.assert_problem(400, "bad_selector");
    let nothing = admin.get("artefacts/@acme%2Fwidget@3").await;
    nothing.assert_problem(404, "not_found");
}

#[tokio::test]
async fn every_selector_finds_the_version_that_it_says() {
    for server in both_databases().await {
        let admin = server.admin();
        let versions = [
            "1.2.3",
            "1.0.0",
            "1.2.0",
            "1.10.0",
            "1.11.0",
            "2.0.0-beta.1",
            "2.0.0-beta.2",
            "0.9.0",
            "1.0.0+build.7",
        ];
        publish_versions(&server, "widget", &versions).await;
        let artefact = "artefacts/npm/widget";
        let beta = json!({"version": "2.0.0-beta.1"});
        admin
            .put_json(&format!("{artefact}/tags/beta"), &beta)
            .await
            .assert_ok();
        let yank = format!("{artefact}/versions/1.11.0/yank");
        admin.post(&yank).await.assert_no_content();

        for (selector, version) in [
            ("1.2.3", "1.2.3"),
            ("1.0.0+build.7", "1.0.0+build.7"),
            ("2.0.0-beta.2", "2.0.0-beta.2"),
            ("1.11.0", "1.11.0"),
            ("1.2", "1.2.3"),
            ("1", "1.10.0"),
            ("0", "0.9.0"),
            ("latest", "1.10.0"),
            ("beta", "2.0.0-beta.1"),
            ("^1.2", "1.10.0"),
            ("~1.2.0", "1.2.3"),
            ("=1.2.0", "1.2.0"),
            (">=1.0 <1.3", "1.2.3"),
            ("1.x", "1.10.0"),
            ("1.2.*", "1.2.3"),
            ("*", "1.10.0"),
            ("^0.9 || ~1.2", "1.2.3"),
            (">=2.0.0-beta.1", "2.0.0-beta.2"),
        ] {
            let path = format!("{artefact}/versions/{}", encoded(selector));
            let found = admin.get_json(&path).await;
            assert_eq!(found["version"], version, "{selector}");
        }
        for nothing in [
            "3",
            "1.3",
            "9.9.9",
            "2",
            "nightly",
            "^1.11",
            ">5",
            "1.2.4-beta",
        ] {
            let path = format!("{artefact}/versions/{}", encoded(nothing));
            admin.get(&path).await.assert_problem(404, "not_found");
        }
        for nonsense in [
            "1.2.3.4", "v1.2.3", "01", "^", "||", "1.2.3 ||", "a b", "é", "-1", "../1", "latest!",
        ] {
            let path = format!("{artefact}/versions/{}", encoded(nonsense));
            let refused = admin.get(&path).await;
            refused
                .assert_problem(400, "bad_selector")
                .assert_detail("write 1.2.3, 1.2, 1");
        }
    }
}

#[tokio::test]
async fn revisions_are_selected_by_number_or_tag() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for text in ["one", "two", "three"] {
        admin
            .publish_file("notes", &words(text))
            .await
            .assert_created();
    }
    let first = json!({"version": "1"});
    admin
        .put_json("artefacts/file/notes/tags/stable", &first)
        .await
        .assert_ok();
    for (selector, text) in [
        ("1", "one"),
        ("3", "three"),
        ("latest", "three"),
        ("stable", "one"),
    ] {
        let path = format!("artefacts/file/notes/versions/{selector}/download");
        assert_eq!(admin.get(&path).await.assert_ok().text(), text);
    }
    for nonsense in ["0", "01", "1.0", "%5E1", "-1"] {
        let path = format!("artefacts/file/notes/versions/{nonsense}");
        let refused = admin.get(&path).await;
        refused
            .assert_problem(400, "bad_selector")
            .assert_detail("a revision number such as 3");
    }
    for nothing in ["4", "99999999999999999999", "beta"] {
        let path = format!("artefacts/file/notes/versions/{nothing}");
        let refused = admin.get(&path).await;
        assert!([400, 404].contains(&refused.status()), "{}", refused.text());
    }
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
async fn versions_are_paged_newest_first_in_the_order_of_their_format() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let versions: Vec<_> = (0..45).map(|minor| format!("1.{minor}.0")).collect();
    let publish = async |version: &String| {
        let published = admin
            .publish_package(&Package::new("widget", version))
            .await;
        published.assert_created();
    };
    stream::iter(&versions)
        .for_each_concurrent(8, publish)
        .await;

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin
            .get_json(&format!("artefacts/npm/widget/versions?{cursor}"))
            .await;
        let results = page["results"].as_array().unwrap();
        seen.extend(
            results
                .iter()
                .map(|one| one["version"].as_str().unwrap().to_owned()),
        );
        assert_eq!(
            results[0].get("metadata"),
            None,
            "lists leave the metadata out"
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("cursor={next}"),
            None => break,
        }
    }
    let newest_first: Vec<_> = versions.iter().rev().cloned().collect();
    assert_eq!(seen, newest_first);
    let artefact = admin.get_json("artefacts/widget").await;
    assert_eq!(artefact["versions"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn what_an_artefact_shows_is_edited_field_by_field() {
    for server in both_databases().await {
        let admin = server.admin();
        let style = Upload::new("style.json", "{}").text("category", "maplibre-style");
        admin.publish_file("streets", &style).await.assert_created();
        let path = "artefacts/file/streets";
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
            400,
            "bad_body",
            "privateAccess",
            json!({"privateAccess": [{"type": "user", "id": ""}]}),
        ),
        (
            400,
            "bad_body",
            "privateAccess",
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

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let server = TestServer::start().await;
    let admin = server.admin();
    publish_versions(&server, "widget", &["1.0.0"]).await;
    make_public(&server, "npm/widget").await;
    for path in [
        "artefacts",
        "artefacts/npm/widget",
        "artefacts/npm/widget@1",
        "artefacts/npm/widget/tags",
        "artefacts/npm/widget/versions",
        "artefacts/npm/widget/versions/latest",
        "formats/npm",
    ] {
        let first = admin.get(path).await;
        let etag = first.assert_ok().header("etag").to_owned();
        assert_eq!(first.header("cache-control"), "private, no-cache");
        let again = admin.get_with(path, "if-none-match", &etag).await;
        again.assert_status(304);
        assert_eq!(again.header("etag"), etag);
        assert_eq!(again.bytes(), b"");
    }
    let path = "artefacts/npm/widget";
    let of_admin = admin.get(path).await.header("etag").to_owned();
    let of_stranger = server
        .anonymous()
        .get_with(path, "if-none-match", &of_admin)
        .await;
    of_stranger.assert_ok();
    publish_versions(&server, "widget", &["1.1.0"]).await;
    admin
        .get_with(path, "if-none-match", &of_admin)
        .await
        .assert_ok();
}
