//! Finding what is broken, and repairing it.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use cellier_tests::{
    Actor, Outcome, Package, Setup, TestServer, Upload, both_databases, run_sql, sha256_hex,
};
use serde_json::Value;

async fn publish(actor: &Actor, name: &str, content: &str) {
    let upload = Upload::new("data.txt", content);
    actor.publish_file(name, &upload).await.assert_created();
}

/// The files in which some bytes are stored.
fn stored(server: &TestServer, content: &str) -> Vec<String> {
    let digest = sha256_hex(content.as_bytes());
    let mut files = server.files_below("blobs/sha256");
    files.retain(|path| path.contains(&digest));
    files
}

/// Flips a bit in the middle of a file.
fn flip_a_bit(path: impl AsRef<Path>) {
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// What a check says as JSON, whether it is content or not.
fn report(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap()
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().into_iter().flatten();
    let mut codes: Vec<_> = findings
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    codes.sort_unstable();
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_cut_and_changed_bytes_are_found_and_the_versions_that_are_hit_are_named() {
    for server in both_databases().await {
        let admin = server.admin();
        for (name, content) in [
            ("lost", "these bytes get lost"),
            ("cut", "these bytes are cut"),
            ("changed", "these bytes are changed"),
            ("sound", "these bytes stay"),
        ] {
            publish(&admin, name, content).await;
        }
        publish(&admin, "lost-too", "these bytes get lost").await;
        let sound = server.run(&["fsck"]);
        assert!(
            sound
                .assert_success()
                .starts_with("checked 4 blobs with 78 bytes and 5 artefacts: 0 problems"),
            "{}",
            sound.stdout
        );

        fs::remove_file(&stored(&server, "these bytes get lost")[0]).unwrap();
        fs::write(&stored(&server, "these bytes are cut")[0], "these bytes").unwrap();
        flip_a_bit(&stored(&server, "these bytes are changed")[0]);

        let found = server.run(&["fsck"]);
        assert_eq!(found.assert_failure(1), "cellier: 3 problems remain\n");
        for says in [
            "blob_missing: the blob",
            "    hits file/lost@1 (data.txt)\n    hits file/lost-too@1 (data.txt)\n    fix: run cellier fsck --repair",
            "has 11 bytes where 19 are expected\n    hits file/cut@1",
            "has other bytes than were published: their SHA-256 is",
        ] {
            assert!(found.stdout.contains(says), "{}", found.stdout);
        }
        assert!(!found.stdout.contains("file/sound"), "{}", found.stdout);

        let quick = report(&server.run(&["fsck", "--quick", "--json"]));
        assert_eq!(codes(&quick), ["blob_missing", "blob_wrong_size"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_repaired_from_a_backup_while_the_server_runs() {
    for server in both_databases().await {
        let admin = server.admin();
        publish(&admin, "lost", "these bytes get lost").await;
        publish(&admin, "changed", "these bytes are changed").await;
        let vault = tempfile::tempdir().unwrap();
        let folder = vault.path().join("backup").display().to_string();
        server.run(&["backup", &folder]).assert_success();
        publish(&admin, "late", "no backup has these").await;

        fs::remove_file(&stored(&server, "these bytes get lost")[0]).unwrap();
        flip_a_bit(&stored(&server, "these bytes are changed")[0]);
        fs::remove_file(&stored(&server, "no backup has these")[0]).unwrap();

        let alone = server.run(&["fsck", "--repair"]);
        alone.assert_failure(1);
        let repair = server.run(&["fsck", "--repair", "--from", &folder, "--json"]);
        let told = report(&repair);
        assert_eq!((&told["found"], &told["repaired"]), (&3.into(), &2.into()));
        assert_eq!(
            repair.assert_failure(1),
            "cellier: 1 problem remains\n",
            "{}",
            repair.stdout
        );
        for (name, content) in [
            ("lost", "these bytes get lost"),
            ("changed", "these bytes are changed"),
        ] {
            let download = admin.get(&format!("artefacts/file/{name}/download")).await;
            assert_eq!(download.assert_ok().text(), content);
        }
        let kept = stored(&server, "these bytes are changed").len();
        assert_eq!(
            kept, 2,
            "the changed bytes wait for the sweep beside the copy"
        );
        let events = admin.get_json("audit?action=blob.repair").await;
        assert_eq!(events["results"].as_array().unwrap().len(), 2);
        assert_eq!(events["results"][0]["actor"]["type"], "command-line");

        // What no backup has is deleted by whoever publishes it anew; then all is well.
        admin
            .delete("artefacts/file/late")
            .await
            .assert_no_content();
        server.run(&["fsck"]).assert_success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_repaired_from_another_copy_of_them() {
    let server = TestServer::start().await;
    let admin = server.admin();
    // Of those who publish the same bytes at the very same time, each stores them.
    let mut round = 0;
    let content = loop {
        round += 1;
        let content = format!("the same bytes, round {round}");
        let publishers = (0..8).map(|number| {
            let (admin, content) = (admin.clone(), content.clone());
            let name = format!("round-{round}-{number}");
            async move { publish(&admin, &name, &content).await }
        });
        futures_util::future::join_all(publishers).await;
        if stored(&server, &content).len() > 1 {
            break content;
        }
        assert!(round < 50, "nobody published at the very same time");
    };
    let copies = stored(&server, &content);
    flip_a_bit(&copies[0]);

    let repair = server.run(&["fsck", "--repair"]);
    let told = repair.assert_success();
    assert!(told.contains("which has the bytes"), "{told}");
    for number in 0..8 {
        let path = format!("artefacts/file/round-{round}-{number}/download");
        let download = admin.get(&path).await;
        assert_eq!(download.assert_ok().text(), content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_bytes_come_back_with_whoever_publishes_them_again() {
    for server in both_databases().await {
        let admin = server.admin();
        let lost = Upload::new("data.txt", "these bytes get lost");
        let cut = Upload::new("data.txt", "these bytes are cut");
        for (name, upload) in [("lost", &lost), ("lost-too", &lost), ("cut", &cut)] {
            admin.publish_file(name, upload).await.assert_created();
        }
        fs::remove_file(&stored(&server, "these bytes get lost")[0]).unwrap();
        fs::write(&stored(&server, "these bytes are cut")[0], "these bytes").unwrap();

        // The same again under its own name, and the same under another one.
        admin.publish_file("lost", &lost).await.assert_ok();
        admin.publish_file("new", &cut).await.assert_created();
        for (name, content) in [
            ("lost", "these bytes get lost"),
            ("lost-too", "these bytes get lost"),
            ("cut", "these bytes are cut"),
            ("new", "these bytes are cut"),
        ] {
            let download = admin.get(&format!("artefacts/file/{name}/download")).await;
            assert_eq!(download.assert_ok().text(), content, "{name}");
        }
        server.run(&["fsck"]).assert_success();
        let events = admin.get_json("audit?action=blob.repair").await;
        let problems: Vec<_> = events["results"].as_array().unwrap().iter().collect();
        assert_eq!(problems.len(), 2, "{events}");
        assert_eq!(problems[0]["details"]["problem"], "blob_wrong_size");
        assert_eq!(problems[1]["details"]["problem"], "blob_missing");
        assert_eq!(problems[1]["details"]["files"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_derived_of_an_artefact_is_worked_out_anew() {
    let server = TestServer::start().await;
    let admin = server.admin();
    publish(&admin, "report", "some words").await;
    let database = server.path("cellier.db");
    for damage in [
        "UPDATE artefacts SET latest = NULL, size = 3",
        "DELETE FROM artefact_words",
        "INSERT INTO artefact_access SELECT 'user:ghost', id FROM artefacts",
    ] {
        run_sql(&database, damage);
    }
    let found = server.run(&["fsck"]);
    found.assert_failure(1);
    let says = "artefact_outdated: what is derived of file/report is outdated: latest version, size, search words, \
                listings of accounts\n    fix: run cellier fsck --repair";
    assert!(found.stdout.contains(says), "{}", found.stdout);

    server.run(&["fsck", "--repair"]).assert_success();
    server.run(&["fsck"]).assert_success();
    let search = admin.get_json("artefacts?q=report").await;
    assert_eq!(search["results"][0]["size"], 10, "{search}");
    let events = admin.get_json("audit?action=artefact.repair").await;
    assert_eq!(events["results"][0]["object"], "file/report", "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_counted_and_harms_nothing() {
    let server = TestServer::start().await;
    let admin = server.admin();
    publish(&admin, "known", "known").await;
    let stranger = format!("{}.0000000000000001", "ab".repeat(32));
    let folder = server.path("blobs/sha256/ab/ab");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(stranger), "unknown").unwrap();

    let told = report(&server.run(&["fsck", "--json"]));
    assert_eq!(
        (&told["orphans"], &told["orphanBytes"]),
        (&1.into(), &7.into())
    );
    assert_eq!(told["found"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_server_that_publishes_deletes_and_sweeps_nothing_false_is_reported() {
    for setup in [Setup::new(), Setup::new().on_postgres()] {
        let server = setup
            .set("gc.every", "50ms")
            .set("gc.grace", "0s")
            .start()
            .await;
        let busy: Vec<_> = (0..4)
            .map(|worker| {
                let admin = server.admin();
                tokio::spawn(async move {
                    for round in 0_u32.. {
                        let version = format!("1.0.{round}");
                        // Some share their bytes with the others, which is what a sweep could get wrong.
                        let package = Package::new(&format!("package-{worker}"), &version)
                            .file("shared.txt", format!("{}", round % 3));
                        admin.publish_package(&package).await.assert_created();
                        let name = format!("file-{worker}-{round}");
                        publish(&admin, &name, &format!("round {round}")).await;
                        admin.delete(&format!("artefacts/file/{name}")).await;
                        let old = format!("artefacts/npm/package-{worker}/versions/{version}");
                        admin.delete(&old).await;
                    }
                })
            })
            .collect();
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let check = server.begin(&["fsck"]).finish().await;
            assert!(
                check.assert_success().contains(" artefacts: 0 problems"),
                "{}",
                check.stdout
            );
        }
        for task in busy {
            assert!(!task.is_finished(), "a worker has failed");
            task.abort();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_told_before_anything_is_read() {
    let server = TestServer::start().await;
    let without_repair = server.run(&["fsck", "--from", "/tmp"]);
    assert!(without_repair.assert_failure(2).contains("--repair"));
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path().display().to_string();
    let no_copies = server.run(&["fsck", "--repair", "--from", &folder]);
    let says = no_copies.assert_failure(2);
    assert!(says.contains("there is no folder sha256 in it"), "{says}");
}
