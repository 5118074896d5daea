//! Where and from what a backup is restored.

use std::fs;

use cellier_tests::Setup;

use super::{backed_up, blob_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_refuses_what_is_not_empty_and_tells_what_is_there() {
    let (mut server, vault) = backed_up().await;
    let beside_a_server = server.run(&["restore", &vault.text()]);
    let told = beside_a_server.assert_failure(1);
    assert!(told.contains("another cellier serve runs"), "{told}");
    server.stop().await;
    let over_itself = server.run(&["restore", &vault.text()]);
    let told = over_itself.assert_failure(1);
    assert!(
        told.contains("the database is not empty") && told.contains("3 rows in artefacts"),
        "{told}"
    );
    server.restart().await;
    let download = server.admin().get("artefacts/file/one/download").await;
    assert_eq!(download.assert_ok().text(), "the bytes of one");

    let home = Setup::new();
    let stranger = format!("{}.0000000000000001", "ab".repeat(32));
    fs::create_dir_all(home.path("blobs/sha256/ab/ab")).unwrap();
    fs::write(home.path("blobs/sha256/ab/ab").join(&stranger), "precious").unwrap();
    let refused = home.run(&["restore", &vault.text()]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("the storage is not empty") && told.contains(&stranger),
        "{told}"
    );

    let not_a_backup = server.run(&["backup", &server.path("blobs").display().to_string()]);
    let told = not_a_backup.assert_failure(1);
    assert!(told.contains("is not empty and holds no backup"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_died_half_way_is_run_again() {
    for home in [Setup::new(), Setup::new().on_postgres()] {
        let (server, vault) = backed_up().await;
        let admin_key = server.admin().key().to_owned();
        drop(server);
        // It had made the schema, as every start does, and stored a blob.
        home.run(&["migrate"]).assert_success();
        let blob = blob_of(&vault, "the bytes of one");
        let stored = home
            .path("blobs")
            .join(blob.strip_prefix(vault.path()).unwrap());
        fs::create_dir_all(stored.parent().unwrap()).unwrap();
        fs::copy(&blob, &stored).unwrap();
        fs::write(home.path("blobs/restoring"), "of some backup").unwrap();
        // Another one has changed since, and its size tells nothing.
        let other = blob_of(&vault, "the bytes of two");
        let rotten = home
            .path("blobs")
            .join(other.strip_prefix(vault.path()).unwrap());
        fs::create_dir_all(rotten.parent().unwrap()).unwrap();
        fs::write(&rotten, "THE BYTES OF TWO").unwrap();
        for verb in ["gc", "serve"] {
            let refused = home.run(&[verb]);
            let told = refused.assert_failure(1);
            assert!(told.contains("a restore into the storage"), "{told}");
        }
        home.run(&["restore", "--verify", &vault.text()])
            .assert_success();
        assert!(!home.path("blobs/restoring").exists());
        assert!(home.path("blobs/registry").exists());
        let server = home.start_with_key(&admin_key).await;
        for name in ["one", "two"] {
            let download = format!("artefacts/file/{name}/download");
            let download = server.admin().get(&download).await;
            assert_eq!(download.assert_ok().text(), format!("the bytes of {name}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_refuses_the_storage_of_a_registry_also_if_all_of_it_is_in_the_backup() {
    let (mut production, vault) = backed_up().await;
    production.stop().await;
    let storage = production.path("blobs");
    let home = Setup::new().set("storage.url", &format!("file://{}", storage.display()));
    let refused = home.run(&["restore", &vault.text()]);
    let told = refused.assert_failure(1);
    assert!(told.contains("the storage belongs to registry"), "{told}");

    // One from before there were names.
    fs::remove_file(storage.join("registry")).unwrap();
    let refused = home.run(&["restore", &vault.text()]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("blobs that no restore has put there"),
        "{told}"
    );
    production.restart().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_a_registry_of_its_own() {
    let (server, vault) = backed_up().await;
    let drill = Setup::new();
    drill.run(&["restore", &vault.text()]).assert_success();
    let name = |path| fs::read(path).unwrap();
    assert_ne!(
        name(drill.path("blobs/registry")),
        name(server.path("blobs/registry"))
    );
    let bucket = format!("file://{}", server.path("blobs").display());
    let mixed_up = drill.set("storage.url", &bucket);
    mixed_up.run(&["gc"]).assert_failure(1);
    server.run(&["fsck"]).assert_success();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_lies_on_a_medium_that_nobody_can_write() {
    let (server, vault) = backed_up().await;
    drop(server);
    for name in ["lock", "staging"] {
        let path = vault.path().join(name);
        let _ = fs::remove_file(&path).or_else(|_is_a_folder| fs::remove_dir(&path));
    }
    let home = Setup::new();
    home.run(&["restore", "--verify", &vault.text()])
        .assert_success();
    assert!(
        !vault.path().join("staging").exists(),
        "nothing was written"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_newer_version_is_refused() {
    let (_server, vault) = backed_up().await;
    let mut manifest = vault.manifest();
    manifest["schema"] = 999.into();
    manifest["cellier"] = "9.9.9".into();
    fs::write(vault.path().join("backup.json"), manifest.to_string()).unwrap();
    let refused = Setup::new().run(&["restore", &vault.text()]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("made by a newer version of cellier (9.9.9)")
            && told.contains("use that version"),
        "{told}"
    );
}
