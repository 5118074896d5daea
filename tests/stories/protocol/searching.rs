//! A format searches among its artefacts, for somebody who sees some of them.

use cellier_tests::{Actor, Upload, both_databases};
use serde_json::json;

use super::{assert_refused, get, post, put};

async fn found(actor: &Actor, query: &str) -> String {
    let answer = get(actor, &format!("-/search?{query}")).await;
    answer.assert_ok().text()
}

#[tokio::test]
async fn a_search_finds_words_and_puts_the_artefact_of_the_name_first() {
    for server in both_databases().await {
        let admin = server.admin();
        for name in ["map", "map-of-seas", "sea", "map-of-hills"] {
            put(&admin, &format!("{name}/v1/a.echo"), "echo v1 1\nx\n")
                .await
                .assert_created();
        }
        let title = "title sea en A map of all that is wet";
        post(&admin, "-/changes", title).await.assert_ok();

        let all = "ok 4 found\nmap\nmap-of-hills\nsea\nmap-of-seas\n";
        assert_eq!(found(&admin, "text=map").await, all);
        assert_eq!(
            found(&admin, "text=map&from=1&size=2").await,
            "ok 4 found\nmap-of-hills\nsea\n"
        );
        assert_eq!(found(&admin, "text=map&from=9").await, "ok 4 found\n");
        assert_eq!(
            found(&admin, "text=of+ma+hil").await,
            "ok 1 found\nmap-of-hills\n"
        );
        assert_eq!(found(&admin, "text=moor").await, "ok 0 found\n");
        assert!(found(&admin, "").await.starts_with("ok 4 found\n"));
        let refused = get(&admin, "-/search?text=map&size=many").await;
        assert_refused(&refused, 400, "bad_request");
    }
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see_nor_what_another_format_has() {
    for server in both_databases().await {
        let admin = server.admin();
        for name in ["map", "map-of-seas"] {
            put(&admin, &format!("{name}/v1/a.echo"), "echo v1 1\nx\n")
                .await
                .assert_created();
        }
        let other = Upload::new("map.txt", "x");
        admin
            .publish_file("map-in-a-file", &other)
            .await
            .assert_created();
        let shown = json!({"public": true});
        admin
            .patch("artefacts/echo/map-of-seas", &shown)
            .await
            .assert_ok();
        let anybody = server.anonymous();
        assert_eq!(
            found(&anybody, "text=map").await,
            "ok 1 found\nmap-of-seas\n"
        );
        let ci = server.upload_key("ci").allowed_name("map").create().await;
        let mine = found(&ci, "text=map").await;
        assert!(mine.starts_with("ok 2 found\nmap\n"), "{mine}");
        assert!(!found(&admin, "text=map").await.contains("file"));
    }
}
