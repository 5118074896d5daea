//! Backing up into the same folder again.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use cellier_tests::{Setup, TestServer, run_sql};
use serde_json::{Value, json};

use super::{Vault, assert_all_there, backed_up, names, publish_file};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_backup_copies_what_is_new_and_removes_what_is_gone() {
    let server = Setup::new().set("gc.grace", "0s").start().await;
    let vault = Vault::new();
    let admin = server.admin();
    for name in ["one", "two", "three"] {
        publish_file(&admin, name, name).await;
    }
    let first = server.run(&["backup", &vault.text(), "--json"]);
    let first: Value = serde_json::from_str(first.assert_success()).unwrap();
    assert_eq!(first["copied"], json!({"blobs": 3, "bytes": 11}));
    assert_eq!(
        (&first["snapshot"], &first["blobs"]),
        (&json!(1), &json!(3))
    );

    publish_file(&admin, "four", "four").await;
    admin.delete("artefacts/file/one").await.assert_no_content();
    server.run(&["gc"]).assert_success();
    let second = server.run(&["backup", &vault.text(), "--json"]);
    let second: Value = serde_json::from_str(second.assert_success()).unwrap();
    assert_eq!(second["copied"], json!({"blobs": 1, "bytes": 4}));
    assert_eq!(second["removed"], json!({"blobs": 1, "bytes": 3}));
    assert_eq!(
        names(&vault.blobs()),
        names(&server.files_below("blobs/sha256"))
    );
    let catalogues: Vec<_> = fs::read_dir(vault.path().join("catalogue"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(catalogues, ["2"]);
    let manifest = vault.manifest();
    assert_eq!(
        (&manifest["state"], &manifest["blobs"]),
        (&json!("complete"), &json!(3))
    );
    let events = admin.get_json("audit?action=registry.backup").await;
    assert_eq!(events["results"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_killed_half_way_leaves_the_one_before() {
    let mut interrupted = 0;
    for twelfth in [1, 4, 7, 10] {
        let vault = Vault::new();
        let mut server = TestServer::start().await;
        let admin = server.admin();
        let admin_key = admin.key().to_owned();
        let mut before = Vec::new();
        for number in 0..20 {
            before.push(
                publish_file(
                    &admin,
                    &format!("early-{number}"),
                    &format!("early {number}"),
                )
                .await,
            );
        }
        let started = Instant::now();
        server.run(&["backup", &vault.text()]).assert_success();
        let takes = started.elapsed();
        for number in 0..20 {
            publish_file(&admin, &format!("late-{number}"), &format!("late {number}")).await;
        }
        let second = server.begin(&["backup", &vault.text()]);
        tokio::time::sleep(takes * twelfth / 12).await;
        interrupted += u32::from(second.kill9());
        server.kill9();
        drop(server);

        let check = Setup::new().run(&["restore", "--verify-only", &vault.text()]);
        check.assert_success();
        let new_home = Setup::new();
        let restored = new_home.run(&["restore", "--verify", &vault.text()]);
        restored.assert_success();
        let server = new_home.start_with_key(&admin_key).await;
        assert_all_there(&server.admin(), &before).await;

        // The next backup goes on in the same folder, and nothing that the dead one left stays.
        server.run(&["backup", &vault.text()]).assert_success();
        assert_eq!(
            names(&vault.blobs()),
            names(&server.files_below("blobs/sha256"))
        );
        let left: BTreeSet<_> = fs::read_dir(vault.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let expected = ["backup.json", "catalogue", "lock", "sha256", "staging"];
        assert_eq!(left, expected.map(str::to_owned).into());
        assert_eq!(
            fs::read_dir(vault.path().join("staging")).unwrap().count(),
            0
        );
    }
    assert!(interrupted > 0, "every backup was faster than its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_waits_until_nobody_frees_space() {
    let (server, vault) = backed_up().await;
    let held = "REPLACE INTO leases (name, holder, expires_at) VALUES ('gc', 'somebody', (strftime('%s', 'now') + 3) * 1000000)";
    run_sql(&server.path("cellier.db"), held);
    let started = Instant::now();
    server.run(&["backup", &vault.text()]).assert_success();
    assert!(started.elapsed() > Duration::from_secs(1));
    assert_eq!(vault.manifest()["snapshot"], 2);
}
