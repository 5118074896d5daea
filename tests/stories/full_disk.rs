//! A disk that is full: nothing is half done, and everything goes on when there is space again.

use cellier_tests::{Setup, SmallDisk, TestServer, Upload, eventually};
use serde_json::json;

/// A server whose database and blobs lie on a disk of 8 MiB; `None` where there are none and that is allowed.
async fn server_on_a_small_disk() -> Option<TestServer> {
    if !SmallDisk::are_there() {
        return None;
    }
    Some(Setup::new().on_a_small_disk(8).start().await)
}

/// Fills the disk with a file of nothing until not a byte more fits.
fn fill(server: &TestServer) {
    use std::io::Write as _;
    let mut ballast = std::fs::File::create(server.small_disk().join("ballast")).expect("a file");
    while ballast.write(&[0; 4096]).is_ok() {}
}

/// Frees what [`fill`] has taken.
fn free(server: &TestServer) {
    std::fs::remove_file(server.small_disk().join("ballast")).expect("the ballast goes");
}

/// Expects that nothing is left of uploads that have been answered, at the latest a moment later.
async fn assert_nothing_staged(server: &TestServer) {
    let staging = server.small_disk().join("blobs/staging");
    let is_empty = async || std::fs::read_dir(&staging).expect("a folder").count() == 0;
    eventually("nothing is staged any more", is_empty).await;
}

#[tokio::test]
async fn an_upload_that_does_not_fit_is_507_and_leaves_nothing() {
    let Some(server) = server_on_a_small_disk().await else {
        return;
    };
    let admin = server.admin();
    let small = Upload::new("small.bin", vec![b'x'; 1000]);
    admin.publish_file("small", &small).await.assert_created();

    for _ in 0..3 {
        let large = Upload::new("large.bin", vec![b'x'; 9 << 20]);
        let refused = admin.publish_file("large", &large).await;
        refused
            .assert_problem(507, "storage_full")
            .assert_detail("nothing was changed");
        admin
            .get("artefacts/large")
            .await
            .assert_problem(404, "not_found");
        assert_nothing_staged(&server).await;
    }
    let fetched = admin.get("artefacts/small/download").await;
    assert_eq!(fetched.assert_ok().bytes(), small.content());
    let fits = Upload::new("fits.bin", vec![b'y'; 1 << 20]);
    admin.publish_file("fits", &fits).await.assert_created();
}

#[tokio::test]
async fn on_a_full_disk_reading_goes_on_and_changes_are_507_until_there_is_space() {
    let Some(server) = server_on_a_small_disk().await else {
        return;
    };
    let admin = server.admin();
    let notes = Upload::new("notes.txt", "some words");
    admin.publish_file("notes", &notes).await.assert_created();
    fill(&server);

    let more = Upload::new("notes.txt", vec![b'x'; 100_000]);
    admin
        .publish_file("notes", &more)
        .await
        .assert_problem(507, "storage_full");
    // A change of some bytes may still fit into pages that the database has; many do not.
    let title = json!({"title": {"en": "x".repeat(2000), "fr": "x".repeat(2000)}});
    let mut refused = 0;
    for _ in 0..50 {
        let edited = admin.patch("artefacts/notes", &title).await;
        if edited.status() != 200 {
            edited.assert_problem(507, "storage_full");
            refused += 1;
        }
    }
    assert!(refused > 0, "the disk is full, and every change was made");
    admin.get("/readyz").await.assert_status(503);
    let fetched = admin.get("artefacts/notes/download").await;
    assert_eq!(fetched.assert_ok().text(), "some words");

    free(&server);
    admin.get("/readyz").await.assert_ok();
    admin.patch("artefacts/notes", &title).await.assert_ok();
    let published = admin.publish_file("notes", &more).await;
    assert_eq!(published.assert_created().json()["version"]["version"], "2");
    assert_nothing_staged(&server).await;
}
