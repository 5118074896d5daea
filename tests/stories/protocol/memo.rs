//! A format is asked once, and its answer is given again for as long as it is true, to those who may have it.

use cellier_tests::{Actor, Setup, TestServer};
use reqwest::Method;
use serde_json::json;

use super::{SPRING, assert_refused, get, post, provoked, put, send};

/// A server on which an artefact called `season` is public.
async fn with_a_season() -> TestServer {
    let server = provoked().await;
    publish_season(&server).await;
    server
}

async fn publish_season(server: &TestServer) {
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    make_public(&admin, true).await;
}

async fn make_public(admin: &Actor, public: bool) {
    let change = json!({"public": public});
    let changed = admin.patch("artefacts/echo/season", &change).await;
    changed.assert_ok();
}

/// How often the format was asked for what can be held.
async fn served(server: &TestServer) -> u32 {
    let told = get(&server.anonymous(), "-/served").await;
    let told = told.assert_ok().text();
    let count = told.trim().strip_prefix("ok ");
    count
        .and_then(|count| count.parse().ok())
        .expect("a number")
}

fn revision(text: &str) -> u64 {
    let first = text.lines().next().unwrap_or_default();
    let revision = first.rsplit(' ').next();
    revision
        .and_then(|revision| revision.parse().ok())
        .expect("a revision")
}

#[tokio::test]
async fn a_format_is_asked_once_for_what_does_not_change() {
    let server = with_a_season().await;
    let admin = server.admin();
    let first = get(&admin, "-/long/season").await;
    for _ in 0..5 {
        let again = get(&admin, "-/long/season").await;
        assert_eq!(again.assert_ok().text(), first.text());
        for name in ["content-type", "etag", "cache-control", "vary"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
    }
    assert_eq!(served(&server).await, 1);
    let held = server.metrics().await;
    let labels = ["format=\"echo\"", "outcome=\"held\""];
    let count = held.sum("cellier_format_reads_total", &labels);
    assert!((4.5..5.5).contains(&count), "{count}");
    assert!(held.sum("cellier_held_answers_bytes", &[]) > 1000.0);
    // Another query is another question.
    get(&admin, "-/long/season?x=1").await.assert_ok();
    assert_eq!(served(&server).await, 2);
}

#[tokio::test]
async fn every_change_shows_in_the_very_next_answer() {
    let server = with_a_season().await;
    let admin = server.admin();
    let mut last = revision(&get(&admin, "-/long/season").await.text());
    for change in [
        "tag season best spring",
        "deprecate season spring wait for summer",
        "title season fr La saison",
        "yank season spring",
    ] {
        post(&admin, "-/changes", change).await.assert_ok();
        let now = revision(&get(&admin, "-/long/season").await.text());
        assert!(now > last, "{change}");
        last = now;
    }
    put(&admin, "season/summer/a.echo", "echo summer 2027\nx\n")
        .await
        .assert_created();
    assert!(revision(&get(&admin, "-/long/season").await.text()) > last);

    let versions = get(&admin, "season").await;
    assert_eq!(versions.text(), "ok 2 versions\nsummer\nspring (yanked)\n");
    send(&admin, Method::DELETE, "season/summer", "")
        .await
        .assert_ok();
    let versions = get(&admin, "season").await;
    assert_eq!(versions.text(), "ok 1 versions\nspring (yanked)\n");
    let whole = admin.delete("artefacts/echo/season").await;
    whole.assert_no_content();
    assert_refused(&get(&admin, "season").await, 404, "not_found");
    assert_refused(&get(&admin, "-/long/season").await, 404, "not_found");
}

#[tokio::test]
async fn what_never_changes_is_gone_when_it_is_deleted() {
    let server = with_a_season().await;
    let admin = server.admin();
    for _ in 0..3 {
        let bytes = get(&admin, "season/spring/a.echo").await;
        assert_eq!(bytes.assert_ok().text(), SPRING);
        assert!(bytes.header("cache-control").contains("immutable"));
    }
    send(&admin, Method::DELETE, "season/spring", "")
        .await
        .assert_ok();
    let gone = get(&admin, "season/spring/a.echo").await;
    assert_refused(&gone, 404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_on_one_server_shows_in_the_next_answer_of_another() {
    let setup = Setup::new().set("formats.echo.hooks", "true").on_postgres();
    let one = setup.start().await;
    let other = one.replica().await;
    publish_season(&one).await;
    let (here, there) = (one.admin(), other.with_key(Some(one.admin().key())));
    for number in 0..10 {
        let (writer, reader) = if number % 2 == 0 {
            (&here, &there)
        } else {
            (&there, &here)
        };
        let before = revision(&get(reader, "-/long/season").await.text());
        get(reader, "-/long/season").await.assert_ok();
        let title = format!("title season fr La saison {number}");
        post(writer, "-/changes", title).await.assert_ok();
        let after = revision(&get(reader, "-/long/season").await.text());
        assert_eq!(after, before + 1);
    }
    // Each server was asked for ten revisions, for every second of them twice.
    assert_eq!(served(&one).await, 10);
    make_public(&here, false).await;
    let hidden = get(&other.anonymous(), "-/long/season").await;
    assert_refused(&hidden, 404, "not_found");
}

#[tokio::test]
async fn nobody_gets_what_was_made_for_somebody_who_may_see_more() {
    let setup = Setup::new().set("formats.echo.hooks", "true");
    let server = setup.cheap_passwords().start().await;
    let admin = server.admin();
    let anna = server.with_user("anna").await;
    publish_season(&server).await;
    let anna_alone = json!({"owners": [{"type": "user", "id": "anna"}]});
    let owned = admin
        .put_json("artefacts/echo/season/owners", &anna_alone)
        .await;
    owned.assert_ok();
    let anybody = server.anonymous();
    let stranger = server
        .read_key("stranger")
        .allowed_name("other")
        .create()
        .await;
    for _ in 0..2 {
        for (who, owners) in [
            (&admin, "owners anna"),
            (&anybody, "owners "),
            (&anna, "owners anna"),
            (&stranger, "owners "),
        ] {
            let told = get(who, "-/long/season").await;
            let line = told.assert_ok().text().lines().nth(2).unwrap().to_owned();
            assert_eq!(line, owners);
            let bytes = get(who, "-/part/season").await;
            let may = owners == "owners anna"
                && who.get("artefacts/echo/season/download").await.status() == 200;
            assert_eq!(bytes.status() == 200, may, "{}", bytes.text());
        }
    }
    // And as soon as it is hidden, it is hidden.
    make_public(&admin, false).await;
    for outsider in [&anybody, &stranger] {
        for path in ["-/long/season", "-/part/season", "season"] {
            assert_refused(&get(outsider, path).await, 404, "not_found");
        }
    }
    get(&admin, "-/long/season").await.assert_ok();
}

#[tokio::test]
async fn clients_that_negotiate_otherwise_have_answers_of_their_own() {
    let server = with_a_season().await;
    let admin = server.admin();
    for _ in 0..2 {
        for language in ["fr", "de, fr;q=0.5", "fr"] {
            let told = admin
                .get_with("/echo/-/long/season", "accept-language", language)
                .await;
            let expected = format!("language {language}");
            assert_eq!(told.text().lines().nth(1), Some(expected.as_str()));
        }
    }
    assert_eq!(served(&server).await, 2);
}

#[tokio::test]
async fn a_crowd_that_asks_for_the_same_has_the_format_asked_once() {
    let server = with_a_season().await;
    let crowd: Vec<_> = (0..20)
        .map(|_| {
            let admin = server.admin();
            tokio::spawn(async move { get(&admin, "-/slow/season").await })
        })
        .collect();
    let mut told = Vec::new();
    for one in crowd {
        told.push(one.await.unwrap().assert_ok().text());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(served(&server).await, 1);
}

#[tokio::test]
async fn what_is_about_more_than_one_artefact_or_about_the_caller_is_made_each_time() {
    let server = with_a_season().await;
    let admin = server.admin();
    put(&admin, "other/autumn/a.echo", "echo autumn 2028\nx\n")
        .await
        .assert_created();
    for path in ["-/both/season/other", "-/mine/season"] {
        let before = served(&server).await;
        for _ in 0..3 {
            get(&admin, path).await.assert_ok();
        }
        assert_eq!(served(&server).await, before + 3, "{path}");
    }
    let reader = server.read_key("reader").create().await;
    let mine = get(&reader, "-/mine/season").await;
    assert!(mine.text().ends_with(" for reader\n"), "{}", mine.text());
    let before = get(&admin, "").await;
    assert_eq!(before.text(), "ok 2 artefacts\nother\nseason\n");
    put(&admin, "third/x/a.echo", "echo x 1\nx\n")
        .await
        .assert_created();
    assert_eq!(
        get(&admin, "").await.text(),
        "ok 3 artefacts\nother\nseason\nthird\n"
    );
}

#[tokio::test]
async fn an_operator_may_have_nothing_held() {
    let setup = Setup::new()
        .set("formats.echo.hooks", "true")
        .set("limits.held_answers", "0B");
    let server = setup.start().await;
    publish_season(&server).await;
    for _ in 0..3 {
        get(&server.admin(), "-/long/season").await.assert_ok();
    }
    assert_eq!(served(&server).await, 3);
    let metrics = server.metrics().await;
    assert!(metrics.sum("cellier_held_answers_bytes", &[]) < 1.0);
}
