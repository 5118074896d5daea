//! A disk that is full, and one that nothing can be written to.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use cellier_tests::{Ledger, Sent, Setup, SmallDisk, Tally, TestServer, eventually};

use super::storage::publish_for_a_while;

/// A server with so many MiB of disk for its database and its blobs, or with PostgreSQL and that disk for blobs alone;
/// `None` where there are no small disks and that is allowed.
async fn server_on_a_small_disk(change: impl Fn(Setup) -> Setup) -> Option<TestServer> {
    if !SmallDisk::are_there() {
        return None;
    }
    let setup = Setup::new().on_a_small_disk(32).set("gc.every", "0s");
    Some(change(setup).start().await)
}

fn fill(server: &TestServer) {
    let ballast = server.small_disk().join("ballast");
    let mut ballast = File::create(ballast).expect("a file");
    while ballast.write(&[0; 4096]).is_ok() {}
}

fn free(server: &TestServer) {
    let ballast = server.small_disk().join("ballast");
    std::fs::remove_file(ballast).expect("the ballast goes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_under_publishers_loses_nothing() {
    let Some(server) = server_on_a_small_disk(|setup| setup).await else {
        return;
    };
    let ledger = Arc::<Ledger>::default();
    let mut tally = Tally::new("the disk was full, SQLite");
    for time in 0..2 {
        let from = ledger.len();
        let publishers: Vec<_> = (0..4)
            .map(|who| {
                let name = format!("disk-{time}-{who}");
                let admin = server.admin();
                tokio::spawn(publish_for_a_while(Arc::clone(&ledger), admin, name))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        fill(&server);
        let (_, status) = ledger
            .publish(
                &server.admin(),
                Sent::file(&format!("large-{time}"), vec![time; 300_000]),
            )
            .await;
        assert_eq!(status, Some(507));
        tokio::time::sleep(Duration::from_millis(500)).await;
        free(&server);
        for publisher in publishers {
            publisher.await.expect("everything is answered");
        }
        tally.count(ledger.check_from(&server.admin(), from).await);
    }
    assert!(ledger.acknowledged() > 0);
    tally.tell();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_turns_read_only_stops_uploads_and_nothing_else() {
    let Some(server) = server_on_a_small_disk(Setup::on_postgres).await else {
        return;
    };
    let (ledger, admin) = (Ledger::default(), server.admin());
    let before = Sent::file("before", "bytes from before");
    assert_eq!(ledger.publish(&admin, before).await.1, Some(201));
    eventually("nothing is staged any more", async || {
        let staging = server.small_disk().join("blobs/staging");
        std::fs::read_dir(staging).expect("a folder").count() == 0
    })
    .await;
    server.set_small_disk_read_only(true);

    let during = Sent::file("during", "bytes that cannot be written");
    let (during, status) = ledger.publish(&admin, during).await;
    assert_eq!(status, Some(503));
    let ready = admin.get("/readyz").await.assert_status(503).json();
    assert_eq!(ready["storage"], "does not answer", "{ready}");
    assert_eq!(ready["database"], "ok", "{ready}");
    let read = admin.get("artefacts/file/before/download").await;
    assert_eq!(read.assert_ok().text(), "bytes from before");

    server.set_small_disk_read_only(false);
    admin.get("/readyz").await.assert_ok();
    assert_eq!(ledger.publish_again(&admin, during).await, Some(201));
    let mut tally = Tally::new("the disk was read-only, PostgreSQL");
    tally.count(ledger.check(&admin).await);
    tally.tell();
}
