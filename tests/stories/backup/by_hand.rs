//! Backups that no server has written: large ones, and those of an older version.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cellier_tests::{Setup, sha256_hex};
use serde_json::{Value, json};

use super::Vault;

/// Writes a backup by hand: so many versions of a few artefacts, which share a thousand blobs.
fn write_backup_by_hand(folder: &Path, versions: u64) {
    const BLOBS: u64 = 1000;
    const ARTEFACTS: u64 = 100;
    let id = |kind: u64, number: u64| format!("0197a5c0-0000-7000-8{kind:03x}-{number:012x}");
    let content = |number: u64| format!("blob {number}");
    let mut keys: Vec<_> = (0..BLOBS)
        .map(|number| format!("{}.{number:016x}", sha256_hex(content(number).as_bytes())))
        .collect();
    for (number, key) in (0..).zip(&keys) {
        let path = folder.join("sha256").join(&key[0..2]).join(&key[2..4]);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join(key), content(number)).unwrap();
    }
    keys.sort();
    let size = |key: &str| {
        let path = folder.join("sha256").join(&key[0..2]).join(&key[2..4]);
        fs::metadata(path.join(key)).unwrap().len()
    };
    let artefacts = (0..ARTEFACTS).map(|number| {
        json!({"id": id(1, number), "format": "file", "name": format!("a{number}"), "name_fold": format!("a{number}"),
            "category": "other", "title": "{}", "description": "{}", "public": true, "private_access": "[]",
            "retention": null, "latest": null, "size": 0, "revision": 1, "created_at": 1, "updated_at": 1,
            "data_updated_at": 1, "deleted_at": null})
    });
    let version_rows = (0..versions).map(|number| {
        json!({"id": id(2, number), "artefact_id": id(1, number % ARTEFACTS), "version": number.to_string(),
            "sort_key": format!("{number:020}"), "stable": true, "published_at": 1, "yanked_at": null,
            "deprecated": null, "deleted_at": null})
    });
    let blobs = keys.iter().map(|key| {
        json!({"blob_key": key, "sha256": key[..64], "size": size(key), "dying": false, "created_at": 1,
            "unused_since": null})
    });
    let sizes: Vec<_> = keys.iter().map(|key| size(key)).collect();
    let files = (0..versions).map(|number| {
        let blob = usize::try_from(number % BLOBS).unwrap();
        json!({"id": id(3, number), "version_id": id(2, number), "name": "data.txt", "variant": "",
            "media_type": "text/plain", "size": sizes[blob], "blob_key": keys[blob], "digests": "{}",
            "published_at": 1, "uploaded_by": "{\"type\":\"system\"}", "details": "{}"})
    });
    let mut tables = Vec::new();
    let mut write = |table: &str, rows: &mut dyn Iterator<Item = Value>| {
        let mut count = 0;
        let mut text = String::new();
        for row in rows {
            count += 1;
            text.push_str(&row.to_string());
            text.push('\n');
        }
        fs::create_dir_all(folder.join("catalogue/1")).unwrap();
        fs::write(folder.join(format!("catalogue/1/{table}.jsonl")), &text).unwrap();
        tables.push(json!({"name": table, "rows": count, "sha256": sha256_hex(text.as_bytes())}));
    };
    write("artefacts", &mut { artefacts });
    write("versions", &mut { version_rows });
    write("blobs", &mut { blobs });
    write("files", &mut { files });
    for empty in [
        "door_names",
        "artefact_words",
        "tags",
        "api_keys",
        "audit_events",
    ] {
        write(empty, &mut std::iter::empty());
    }
    let manifest = json!({"format": "cellier-backup", "formatVersion": 1, "state": "complete", "snapshot": 1,
        "createdAt": "2026-01-01T00:00:00Z", "cellier": "0.1.0", "schema": 2, "tables": tables, "blobs": BLOBS,
        "bytes": sizes.iter().sum::<u64>()});
    fs::write(folder.join("backup.json"), manifest.to_string()).unwrap();
}

/// The most memory that a restore of so many versions takes, and a backup of them.
async fn memory_for(versions: u64) -> (u64, u64) {
    let by_hand = tempfile::tempdir().unwrap();
    write_backup_by_hand(by_hand.path(), versions);
    let home = Setup::new();
    let folder = by_hand.path().display().to_string();
    let restore = home.begin(&["restore", &folder]).peak_memory().await;
    let vault = Vault::new();
    let backup = home.begin(&["backup", &vault.text()]).peak_memory().await;
    let rows = vault.manifest()["tables"].to_string();
    assert!(rows.contains(&format!("\"rows\":{versions}")), "{rows}");
    (restore, backup)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes and reads 400,000 rows, which takes a while"]
async fn memory_stays_flat_however_many_versions_there_are() {
    let few = memory_for(2_000).await;
    let many = memory_for(200_000).await;
    eprintln!("restore and backup of 2,000 versions: {few:?} bytes; of 200,000: {many:?} bytes");
    let margin = 24 << 20;
    assert!(many.0 < few.0 + margin, "restore: {few:?}, {many:?}");
    assert!(many.1 < few.1 + margin, "backup: {few:?}, {many:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_first_schema_is_restored_and_migrated() {
    for home in [Setup::new(), Setup::new().on_postgres()] {
        let by_hand = tempfile::tempdir().unwrap();
        write_backup_by_hand(by_hand.path(), 1000);
        // As the first version wrote it: without the columns that came with the second schema.
        let mut manifest: Value =
            serde_json::from_slice(&fs::read(by_hand.path().join("backup.json")).unwrap()).unwrap();
        manifest["schema"] = 1.into();
        for (table, column) in [("artefacts", "retention"), ("blobs", "unused_since")] {
            let path = by_hand.path().join(format!("catalogue/1/{table}.jsonl"));
            let text = fs::read_to_string(&path)
                .unwrap()
                .replace(&format!("\"{column}\":null"), "");
            let text = text.replace(",,", ",").replace(",}", "}");
            fs::write(&path, &text).unwrap();
            let tables = manifest["tables"].as_array_mut().unwrap();
            let entry = tables.iter_mut().find(|one| one["name"] == table).unwrap();
            entry["sha256"] = sha256_hex(text.as_bytes()).into();
        }
        fs::write(by_hand.path().join("backup.json"), manifest.to_string()).unwrap();
        let folder = by_hand.path().display().to_string();
        home.run(&["restore", &folder]).assert_success();
        // What the artefacts show was left out by hand; everything else is as it should be.
        let repair = home.run(&["fsck", "--repair", "--json"]);
        let told: Value = serde_json::from_str(repair.assert_success()).unwrap();
        let codes: BTreeSet<_> = told["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(codes, ["artefact_outdated".to_owned()].into());
        home.run(&["fsck"]).assert_success();
    }
}
