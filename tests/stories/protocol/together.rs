//! Several changes in one request: all of them, or none.

use cellier_tests::{Actor, TestServer, both_databases};
use reqwest::Method;
use serde_json::json;

use super::{SPRING, assert_refused, get, post, put, send};

#[tokio::test]
async fn changes_of_one_request_are_performed_together() {
    for server in both_databases().await {
        let admin = server.admin();
        put(&admin, "season/spring/a.echo", SPRING)
            .await
            .assert_created();
        put(&admin, "season/summer/a.echo", "echo summer 2027\nx\n")
            .await
            .assert_created();
        let changes = "tag season best spring\ndeprecate season spring take summer\nyank season summer\n\
                       title season fr La saison";
        let answer = post(&admin, "-/changes", changes).await;
        assert_eq!(answer.assert_ok().text(), "ok done\n".repeat(4));

        let spring = get(&admin, "season/best").await.json();
        assert_eq!(spring["deprecated"], "take summer");
        assert_eq!(
            get(&admin, "season").await.text(),
            "ok 2 versions\nsummer (yanked)\nspring\n"
        );
        let season = admin.get_json("artefacts/echo/season").await;
        assert_eq!(
            (&season["latest"], &season["title"]["fr"]),
            (&json!("spring"), &json!("La saison"))
        );
        let version = admin
            .get_json("artefacts/echo/season/versions/spring")
            .await;
        assert_eq!(version["deprecated"], "take summer");

        let back = "deprecate season spring\nrestore season summer\nuntag season best";
        post(&admin, "-/changes", back).await.assert_ok();
        assert_eq!(
            get(&admin, "season/spring").await.json()["deprecated"],
            json!(null)
        );
        assert_refused(&get(&admin, "season/best").await, 404, "not_found");
    }
}

#[tokio::test]
async fn where_the_second_change_is_refused_the_first_has_not_happened() {
    for server in both_databases().await {
        let admin = server.admin();
        put(&admin, "season/spring/a.echo", SPRING)
            .await
            .assert_created();
        let before = admin.get_json("artefacts/echo/season").await;
        for (second, status, code) in [
            ("tag season best winter", 404, "not_found"),
            ("tag season latest spring", 400, "latest_moves_by_itself"),
            ("untag season worst", 404, "not_found"),
            ("yank nothing spring", 404, "not_found"),
        ] {
            let changes = format!("tag season good spring\n{second}\nyank season spring");
            assert_refused(&post(&admin, "-/changes", changes).await, status, code);
            assert_eq!(
                admin.get_json("artefacts/echo/season").await,
                before,
                "{second}"
            );
        }
    }
}

#[tokio::test]
async fn one_change_that_the_key_does_not_cover_refuses_them_all() {
    let server = TestServer::start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let ci = server
        .upload_key("ci")
        .allowed_name("season")
        .create()
        .await;
    let changes = "tag season best spring\nunpublish season spring";
    assert_refused(&post(&ci, "-/changes", changes).await, 403, "not_allowed");
    assert_refused(&get(&ci, "season/best").await, 404, "not_found");

    post(&ci, "-/changes", "tag season best spring")
        .await
        .assert_ok();
    let deleted = send(&server.admin(), Method::DELETE, "season/spring", "").await;
    assert_eq!(deleted.assert_ok().text(), "ok done\n");
    let gone = put(&server.admin(), "season/spring/a.echo", SPRING).await;
    assert_refused(&gone, 409, "version_exists");
}

#[tokio::test]
async fn requests_that_want_the_same_artefacts_in_opposite_order_all_get_them_in_the_end() {
    for server in both_databases().await {
        let admin = server.admin();
        for name in ["summer", "winter"] {
            let file = format!("echo {name} 1\nx\n");
            let put = put(&admin, &format!("{name}/{name}/a.echo"), file).await;
            put.assert_created();
        }
        for round in 0..5 {
            let one = format!("tag summer a{round} summer\ntag winter a{round} winter");
            let other = format!("tag winter b{round} winter\ntag summer b{round} summer");
            let both = [
                post(&admin, "-/changes", one),
                post(&admin, "-/changes", other),
            ];
            for answer in futures_util::future::join_all(both).await {
                answer.assert_ok();
            }
        }
        let winter = admin.get_json("artefacts/echo/winter").await;
        assert_eq!(
            winter["tags"].as_object().map(serde_json::Map::len),
            Some(11)
        );
    }
}

async fn revision(actor: &Actor) -> u64 {
    let answer = get(actor, "-/revision/season").await.assert_ok().text();
    let revision = answer.trim_end().strip_prefix("ok ").expect("an answer");
    revision.parse().expect("a revision")
}

#[tokio::test]
async fn a_client_that_has_not_seen_the_last_change_is_refused_with_what_it_missed() {
    for server in both_databases().await {
        let admin = server.admin();
        put(&admin, "season/spring/a.echo?seen=0", SPRING)
            .await
            .assert_created();
        let seen = revision(&admin).await;
        let changes = format!("tag season best spring\nexpect season {seen}");
        post(&admin, "-/changes", &*changes).await.assert_ok();
        assert!(revision(&admin).await > seen);

        let late = post(&admin, "-/changes", changes.replace("best", "good")).await;
        assert_refused(&late, 409, "outdated");
        let text = late.text();
        let missed = format!("you saw its revision {seen}, it has {} now", seen + 1);
        assert!(text.contains(&missed), "{text}");
        let late = put(&admin, "season/summer/a.echo?seen=0", "echo summer 2027\n").await;
        assert_refused(&late, 409, "outdated");
        let late = put(&admin, "season/summer/a.echo?seen=99", "echo summer 2027\n").await;
        assert_refused(&late, 409, "outdated");
        assert_eq!(
            get(&admin, "season").await.text(),
            "ok 1 versions\nspring\n"
        );
        assert_refused(&get(&admin, "season/good").await, 404, "not_found");
    }
}

#[tokio::test]
async fn what_somebody_may_not_see_has_no_revision_to_be_expected() {
    let server = TestServer::start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let ci = server.upload_key("ci").allowed_name("other").create().await;
    let guessed = post(&ci, "-/changes", "expect season 1").await;
    assert_refused(&guessed, 409, "outdated");
    assert!(
        guessed.text().contains("it has 0 now"),
        "{}",
        guessed.text()
    );
    post(&ci, "-/changes", "expect season 0").await.assert_ok();
}

#[tokio::test]
async fn of_many_who_all_saw_nothing_one_alone_makes_the_artefact() {
    for server in both_databases().await {
        let admin = server.admin();
        for round in 0..4 {
            let racers = (0..6).map(|racer| {
                let path = format!("race{round}/v{racer}/a.echo?seen=0");
                let admin = admin.clone();
                async move { put(&admin, &path, format!("echo v{racer} {racer}\nx\n")).await }
            });
            let answers = futures_util::future::join_all(racers).await;
            let (made, refused): (Vec<_>, Vec<_>) =
                answers.iter().partition(|answer| answer.status() == 201);
            assert_eq!(made.len(), 1, "of round {round}");
            for answer in refused {
                assert_refused(answer, 409, "outdated");
            }
            let versions = get(&admin, &format!("race{round}")).await.text();
            assert!(versions.starts_with("ok 1 versions\n"), "{versions}");
        }
    }
}

#[tokio::test]
async fn hundreds_of_versions_are_deprecated_by_one_change() {
    for server in both_databases().await {
        let admin = server.admin();
        let names: Vec<_> = (0..30).map(|number| format!("v{number}")).collect();
        for (number, name) in names.iter().enumerate() {
            let file = format!("echo {name} {number}\nx\n");
            put(&admin, &format!("season/{name}/a.echo"), file)
                .await
                .assert_created();
        }
        let before = revision(&admin).await;
        let line = format!("deprecate season {} take v29", names[..29].join(","));
        post(&admin, "-/changes", &*line).await.assert_ok();
        assert_eq!(revision(&admin).await, before + 1, "one change");
        let deprecated = async |name: &str| {
            let version = get(&admin, &format!("season/{name}")).await.json();
            version["deprecated"].clone()
        };
        assert_eq!(deprecated("v0").await, "take v29");
        assert_eq!(deprecated("v28").await, "take v29");
        assert_eq!(deprecated("v29").await, json!(null));
        post(&admin, "-/changes", line).await.assert_ok();
        assert_eq!(
            revision(&admin).await,
            before + 1,
            "nothing is left to change"
        );
        let one_is_none = post(&admin, "-/changes", "deprecate season v29,v30 x").await;
        assert_refused(&one_is_none, 404, "not_found");
        let text = one_is_none.text();
        assert!(text.contains("about version v30\n"), "{text}");
        assert_eq!(deprecated("v29").await, json!(null));
    }
}
