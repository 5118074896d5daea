//! Which storage belongs to which database: what an operator mixes up must not cost a registry.

use std::fs;
use std::path::Path;

use cellier_tests::{Setup, TestServer, Upload, eventually, run_sql};
use serde_json::Value;

async fn registry_with_a_file() -> TestServer {
    let server = Setup::new().set("gc.grace", "0s").start().await;
    publish(&server, "precious").await;
    server
}

async fn publish(server: &TestServer, name: &str) {
    let upload = Upload::new("data.txt", format!("the bytes of {name}"));
    let published = server.admin().publish_file(name, &upload).await;
    published.assert_created();
}

/// A registry of its own that was never served, with a database and a storage that carry its name.
fn another_registry() -> Setup {
    let setup = Setup::new().set("gc.grace", "0s");
    setup.run(&["migrate"]).assert_success();
    setup.run(&["gc"]).assert_success();
    assert!(setup.path("blobs/registry").exists());
    setup
}

fn pointed_at(setup: Setup, storage: &Path) -> Setup {
    setup.set("storage.url", &format!("file://{}", storage.display()))
}

fn marker(storage: &Path) -> String {
    let text = fs::read_to_string(storage.join("registry")).expect("the name of a registry");
    text.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_database_of_another_registry_nothing_is_freed_repaired_or_served() {
    let production = registry_with_a_file().await;
    let storage = production.path("blobs");
    let staging = another_registry();
    let ours = marker(&staging.path("blobs"));
    let staging = pointed_at(staging, &storage);
    for verb in [
        &["gc"][..],
        &["gc", "--dry-run"],
        &["fsck", "--repair"],
        &["serve"],
    ] {
        let refused = staging.run(verb);
        let told = refused.assert_failure(1);
        for part in [
            marker(&storage).as_str(),
            &ours,
            &storage.display().to_string(),
            "storage.url",
            "cellier.db",
        ] {
            assert!(told.contains(part), "{verb:?}: {part} is missing in {told}");
        }
    }
    let download = production
        .admin()
        .get("artefacts/file/precious/download")
        .await;
    assert_eq!(download.assert_ok().text(), "the bytes of precious");
    production.run(&["gc"]).assert_success();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_refused_on_a_storage_that_holds_something() {
    let mut production = registry_with_a_file().await;
    production.stop().await;
    let storage = production.path("blobs");
    let forgotten = pointed_at(Setup::new().set("gc.grace", "0s"), &storage);
    forgotten.run(&["migrate"]).assert_success();
    let refused = forgotten.run(&["gc"]);
    let told = refused.assert_failure(1);
    assert!(told.contains(&marker(&storage)), "{told}");
    assert!(told.contains("without a name"), "{told}");

    // A storage from before there were names.
    fs::remove_file(storage.join("registry")).expect("a marker");
    for verb in [&["gc"][..], &["gc", "--dry-run"], &["serve"]] {
        let refused = forgotten.run(verb);
        let told = refused.assert_failure(1);
        assert!(told.contains("knows none of them"), "{verb:?}: {told}");
        assert!(told.contains("--adopt-storage"), "{verb:?}: {told}");
    }
    production.restart().await;
    let download = production
        .admin()
        .get("artefacts/file/precious/download")
        .await;
    download.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_from_before_there_were_names_gets_one_by_itself() {
    let mut server = registry_with_a_file().await;
    server.stop().await;
    let marker_file = server.path("blobs/registry");
    let name = fs::read(&marker_file).expect("a marker");
    fs::remove_file(&marker_file).expect("a marker");
    // The database is one from before as well.
    run_sql(&server.path("cellier.db"), "DELETE FROM registry");
    server.restart().await;
    let renamed = fs::read(&marker_file).expect("a marker");
    assert_ne!(renamed, name);
    server.run(&["gc"]).assert_success();
    server
        .admin()
        .get("artefacts/file/precious/download")
        .await
        .assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_may_say_that_a_storage_belongs_to_another_database_from_now_on() {
    let mut production = registry_with_a_file().await;
    production.stop().await;
    let storage = production.path("blobs");
    let staging = another_registry();
    let ours = marker(&staging.path("blobs"));
    let staging = pointed_at(staging, &storage);
    let serving = staging.begin(&["serve", "--adopt-storage"]);
    eventually("the storage has another name", async || {
        storage.join("registry").exists() && marker(&storage) == ours
    })
    .await;
    serving.kill9();
    let told = staging.run(&["gc", "--json"]);
    let told: Value = serde_json::from_str(told.assert_success()).expect("JSON");
    // Even so a database without any version frees nothing.
    assert_eq!(
        (&told["orphans"], &told["orphansWaiting"]),
        (&0.into(), &1.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_with_one_artefact_keeps_no_other_from_being_pruned() {
    let server = Setup::new().set("gc.grace", "0s").start().await;
    for name in ["one", "other"] {
        for number in 1..=7 {
            let upload = Upload::new("data.txt", format!("{name}, revision {number}"));
            let published = server.admin().publish_file(name, &upload).await;
            published.assert_created();
        }
    }
    let trigger = "CREATE TRIGGER stuck BEFORE UPDATE ON versions WHEN OLD.artefact_id = \
                   (SELECT id FROM artefacts WHERE name = 'one') BEGIN SELECT RAISE(ABORT, 'stuck'); END";
    run_sql(&server.path("cellier.db"), trigger);
    let told = server.run(&["gc", "--json"]);
    let refused = told.assert_failure(1);
    assert!(
        refused.contains("the versions of 1 artefacts could not be removed"),
        "{refused}"
    );
    assert_eq!(server.files_below("blobs/sha256").len(), 7 + 5);
    run_sql(&server.path("cellier.db"), "DROP TRIGGER stuck");
    server.run(&["gc"]).assert_success();
    assert_eq!(server.files_below("blobs/sha256").len(), 5 + 5);
}
