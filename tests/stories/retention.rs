//! What is kept, what is removed, and the space that comes back.

use cellier_tests::{Actor, Setup, TestServer, Upload};
use serde_json::{Value, json};

async fn publish_revisions(admin: &Actor, name: &str, count: usize) {
    for number in 1..=count {
        let upload = Upload::new("data.txt", format!("{name}, revision {number}"));
        admin.publish_file(name, &upload).await.assert_created();
    }
}

async fn versions(admin: &Actor, name: &str) -> Vec<String> {
    let list = admin
        .get_json(&format!("artefacts/file/{name}/versions"))
        .await;
    let versions = list["results"].as_array().into_iter().flatten();
    versions
        .filter_map(|version| version["version"].as_str().map(str::to_owned))
        .collect()
}

fn without_grace(setup: Setup) -> Setup {
    setup.set("gc.grace", "0s")
}

async fn both_databases_without_grace() -> [TestServer; 2] {
    [
        without_grace(Setup::new()).start().await,
        without_grace(Setup::new().on_postgres()).start().await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_five_revisions_of_a_file_stay_and_the_bytes_of_the_others_are_freed() {
    for server in both_databases_without_grace().await {
        let admin = server.admin();
        publish_revisions(&admin, "report", 7).await;

        let told = server.run(&["gc", "--dry-run"]);
        let told = told.assert_success();
        assert!(
            told.contains("file/report@1  18 bytes  would be removed: newest = 5 does not keep it"),
            "{told}"
        );
        assert_eq!(versions(&admin, "report").await.len(), 7);

        server.run(&["gc"]).assert_success();
        assert_eq!(versions(&admin, "report").await, ["7", "6", "5", "4", "3"]);
        admin
            .get("artefacts/file/report/versions/1/download")
            .await
            .assert_problem(404, "not_found");
        assert_eq!(
            server.files_below("blobs/sha256").len(),
            5,
            "the bytes of the two are gone"
        );
        let again = server.run(&["gc", "--json"]);
        let again: Value = serde_json::from_str(again.assert_success()).unwrap();
        assert_eq!(
            (&again["versions"], &again["blobs"]),
            (&json!([]), &json!(0))
        );
    }
}

#[tokio::test]
async fn a_removed_version_never_comes_back_and_the_next_one_counts_on() {
    let server = without_grace(Setup::new()).start().await;
    let admin = server.admin();
    publish_revisions(&admin, "report", 6).await;
    server.run(&["gc"]).assert_success();
    let next = admin
        .publish_file("report", &Upload::new("data.txt", "report, revision 1"))
        .await;
    assert_eq!(next.assert_created().json()["version"]["version"], "7");
    let put = admin
        .request(reqwest::Method::PUT, "artefacts/file/report/versions/1")
        .bytes("report, revision 1")
        .send()
        .await;
    put.assert_problem(409, "version_exists");
}

#[tokio::test]
async fn what_a_tag_names_stays_and_an_artefact_may_have_rules_of_its_own() {
    let server = without_grace(Setup::new()).start().await;
    let admin = server.admin();
    publish_revisions(&admin, "tagged", 7).await;
    publish_revisions(&admin, "treasure", 7).await;
    publish_revisions(&admin, "log", 7).await;
    admin
        .put_json(
            "artefacts/file/tagged/tags/golden",
            &json!({"version": "1"}),
        )
        .await
        .assert_ok();
    let keep = |rules: Value| json!({"retention": rules});
    admin
        .patch("artefacts/file/treasure", &keep(json!({})))
        .await
        .assert_ok();
    let edited = admin
        .patch("artefacts/file/log", &keep(json!({"newest": 1})))
        .await;
    assert_eq!(edited.assert_ok().json()["retention"], json!({"newest": 1}));
    server.run(&["gc"]).assert_success();
    assert_eq!(
        versions(&admin, "tagged").await,
        ["7", "6", "5", "4", "3", "1"]
    );
    assert_eq!(versions(&admin, "treasure").await.len(), 7);
    assert_eq!(versions(&admin, "log").await, ["7"]);

    let back = admin.patch("artefacts/file/log", &keep(Value::Null)).await;
    assert_eq!(back.assert_ok().json()["retention"], Value::Null);
    admin
        .patch("artefacts/file/log", &keep(json!({"newest": 0})))
        .await
        .assert_problem(400, "bad_retention")
        .assert_detail("newest must be at least 1");
}

#[tokio::test]
async fn packages_are_kept_for_ever_unless_the_operator_says_otherwise() {
    let mut server = without_grace(Setup::new()).start().await;
    let admin = server.admin();
    for version in ["1.0.0", "1.0.1", "1.0.2", "1.1.0-rc.1", "2.0.0"] {
        let package = cellier_tests::Package::new("widget", version);
        admin.publish_package(&package).await.assert_created();
    }
    server.run(&["gc"]).assert_success();
    let all = admin.get_json("artefacts/npm/widget/versions").await;
    assert_eq!(all["results"].as_array().unwrap().len(), 5);

    server
        .restart_with(|setup| setup.set("formats.npm.retention", "{ patches_per_minor = 2 }"))
        .await;
    server.run(&["gc"]).assert_success();
    let left = admin.get_json("artefacts/npm/widget/versions").await;
    let left: Vec<_> = left["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["version"].clone())
        .collect();
    assert_eq!(left, ["2.0.0", "1.1.0-rc.1", "1.0.2", "1.0.1"]);
}

#[tokio::test]
async fn bytes_that_two_versions_share_are_freed_with_the_last_of_them() {
    let server = without_grace(Setup::new()).start().await;
    let admin = server.admin();
    for name in ["one", "other"] {
        admin
            .publish_file(name, &Upload::new("data.txt", "the same bytes"))
            .await
            .assert_created();
    }
    assert_eq!(server.files_below("blobs/sha256").len(), 1, "stored once");
    admin.delete("artefacts/file/one").await.assert_no_content();
    server.run(&["gc"]).assert_success();
    let other = admin.get("artefacts/file/other/download").await;
    assert_eq!(other.assert_ok().text(), "the same bytes");
    admin
        .delete("artefacts/file/other")
        .await
        .assert_no_content();
    server.run(&["gc"]).assert_success();
    assert!(server.files_below("blobs/sha256").is_empty());
}

#[tokio::test]
async fn deleted_bytes_wait_for_the_grace_period_and_are_seen_as_reclaimable() {
    let server = TestServer::start().await;
    let admin = server.admin();
    publish_revisions(&admin, "report", 2).await;
    admin
        .delete("artefacts/file/report/versions/1")
        .await
        .assert_no_content();
    server.run(&["gc"]).assert_success();
    assert_eq!(server.files_below("blobs/sha256").len(), 2);
    assert_eq!(
        admin.get_json("storage").await,
        json!({"blobs": 2, "bytes": 36, "reclaimable": {"blobs": 1, "bytes": 18}})
    );
    let ci = server.upload_key("ci").create().await;
    ci.get("storage").await.assert_problem(403, "not_allowed");
    server
        .anonymous()
        .get("storage")
        .await
        .assert_problem(401, "key_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_frees_space_by_itself_and_records_what_it_removed() {
    let server = without_grace(Setup::new())
        .set("gc.every", "50ms")
        .start()
        .await;
    let admin = server.admin();
    publish_revisions(&admin, "report", 6).await;
    while versions(&admin, "report").await.len() > 5 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let events = admin.get_json("audit?action=version.prune").await;
    let event = &events["results"][0];
    assert_eq!(event["object"], "file/report@1");
    assert_eq!(event["actor"]["type"], "system");
    assert_eq!(event["details"]["policy"], "newest = 5");
    while server.files_below("blobs/sha256").len() > 5 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let metrics = server.anonymous().get("/metrics").await.text();
    assert!(metrics.contains("cellier_gc_versions_total 1"), "{metrics}");
}
