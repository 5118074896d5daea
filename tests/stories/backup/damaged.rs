//! Damage, in a backup and in what is to be backed up.

use std::fs;

use cellier_tests::{Setup, sha256_hex};

use super::{backed_up, blob_of, publish_file};

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused_by_the_name_of_the_file() {
    let (server, vault) = backed_up().await;
    let blob = blob_of(&vault, "the bytes of two");
    let blob_name = blob
        .strip_prefix(vault.path())
        .unwrap()
        .display()
        .to_string();
    let whole = fs::read(&blob).unwrap();
    let mut flipped = whole.clone();
    flipped[3] ^= 4;
    for (bytes, says) in [
        (&flipped[..], "SHA-256 is"),
        (&whole[..5], "has 5 bytes where 16 are expected"),
    ] {
        fs::write(&blob, bytes).unwrap();
        for arguments in [&["restore", "--verify-only"][..], &["restore"]] {
            let refused = Setup::new().run(&[arguments, &[vault.text().as_str()]].concat());
            let told = refused.assert_failure(1);
            assert!(told.contains(&blob_name) && told.contains(says), "{told}");
        }
    }
    fs::remove_file(&blob).unwrap();
    let refused = Setup::new().run(&["restore", "--verify-only", &vault.text()]);
    assert!(refused.assert_failure(1).contains(&blob_name));

    // The next backup puts right what it can see without reading, and everything if it is told to read.
    server.run(&["backup", &vault.text()]).assert_success();
    fs::write(&blob, &flipped).unwrap();
    server
        .run(&["backup", "--verify", &vault.text()])
        .assert_success();
    assert_eq!(fs::read(&blob).unwrap(), whole);
    let sound = Setup::new().run(&["restore", "--verify-only", &vault.text()]);
    sound.assert_success();

    let snapshot = vault.manifest()["snapshot"].clone();
    let versions = vault
        .path()
        .join(format!("catalogue/{snapshot}/versions.jsonl"));
    let rows = fs::read_to_string(&versions).unwrap();
    fs::write(&versions, rows.replacen("true", "false", 1)).unwrap();
    let home = Setup::new();
    let refused = home.run(&["restore", &vault.text()]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains(&format!(
            "catalogue/{snapshot}/versions.jsonl has changed since it was written"
        )),
        "{told}"
    );
    assert_eq!(fs::read_dir(home.path("blobs/sha256")).unwrap().count(), 0);

    fs::remove_file(vault.path().join("backup.json")).unwrap();
    let refused = home.run(&["restore", &vault.text()]);
    assert!(
        refused
            .assert_failure(1)
            .contains("there is no backup.json in it")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_damaged_storage_fails_and_keeps_the_one_before() {
    let (server, vault) = backed_up().await;
    publish_file(&server.admin(), "four", "the bytes of four").await;
    let digest = sha256_hex(b"the bytes of four");
    let mut files = server.files_below("blobs/sha256");
    files.retain(|path| path.contains(&digest));
    fs::write(&files[0], "the bytes of f0ur").unwrap();
    let failed = server.run(&["backup", &vault.text()]);
    let told = failed.assert_failure(1);
    assert!(
        told.contains(&digest) && told.contains("cellier fsck"),
        "{told}"
    );
    assert_eq!(vault.manifest()["snapshot"], 1);
    let check = Setup::new().run(&["restore", "--verify-only", &vault.text()]);
    check.assert_success();
}
