//! A storage that is slow, that does not answer, and that lies.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cellier_tests::{
    Actor, Dice, Ledger, Sent, Setup, StoreGate, Tally, TestServer, Upload, sha256_base64,
};

use super::scene::{BOUND, Scene};

/// More than a read takes at once, so that it comes in pieces.
const LARGE: u64 = 3_000_000;

async fn impatient(setup: Setup) -> Scene {
    let setup = setup
        .set("limits.storage_timeout", "1s")
        .set("limits.database_timeout", "1s");
    Scene::open(setup, false).await
}

async fn publish_large(server: &TestServer) -> Vec<u8> {
    let content = Dice::new().bytes(LARGE);
    let upload = Upload::new("large.bin", content.clone());
    let published = server.admin().publish_file("large", &upload).await;
    published.assert_created();
    content
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_does_not_answer_is_told_of_in_time_and_the_rest_goes_on() {
    for setup in [Setup::new(), Setup::new().on_s3()] {
        let mut scene = impatient(setup).await;
        let admin = scene.server.admin();
        scene.server.faults("blob:*=hang");
        let started = Instant::now();
        scene
            .publish(Sent::file("late", "bytes that find nobody"))
            .await;
        let read = admin.get("artefacts/file/first/download").await;
        read.assert_problem(503, "unavailable")
            .assert_detail("storage");
        let ready = admin.get("/readyz").await.assert_status(503).json();
        assert_eq!(ready["storage"], "does not answer", "{ready}");
        assert_eq!(ready["database"], "ok", "{ready}");
        assert!(started.elapsed() < BOUND);
        admin.get("artefacts/file/first").await.assert_ok();
        admin.get("/healthz").await.assert_ok();

        scene.server.no_faults();
        admin.get("/readyz").await.assert_ok();
        scene.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_the_storage_does_not_go_on_with_breaks_off() {
    let scene = impatient(Setup::new()).await;
    publish_large(&scene.server).await;
    let admin = scene.server.admin();
    for plan in [
        "blob:read:data#2=hang",
        "blob:read:data#2=short",
        "blob:read:data#2=error",
    ] {
        scene.server.faults(plan);
        let started = Instant::now();
        let request = admin.request(reqwest::Method::GET, "artefacts/file/large/download");
        let broken = request.try_send().await;
        assert!(broken.is_err(), "{plan}: a whole answer that is not whole");
        assert!(started.elapsed() < BOUND, "{plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_storage_is_slow_and_nothing_else() {
    let mut scene = Scene::open(Setup::new(), false).await;
    scene.server.faults("blob:*=delay(100ms)");
    let uploads = (0..8).map(|number| {
        let sent = Sent::file(&format!("slow-{number}"), format!("slow, {number}"));
        scene.publish(sent)
    });
    futures_util::future::join_all(uploads).await;
    assert_eq!(scene.ledger.acknowledged(), 9);
    scene.server.no_faults();
    scene.check().await;
}

/// The server does not read bytes twice to send them once. It tells their digest, so that a client can know.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_the_storage_has_changed_are_told_from_right_ones_by_their_digest() {
    let scene = Scene::open(Setup::new(), false).await;
    let content = publish_large(&scene.server).await;
    let admin = scene.server.admin();
    let read = async |name: &str| {
        let answer = admin.get(&format!("artefacts/file/{name}/download")).await;
        let told = answer.assert_ok().header("repr-digest").to_owned();
        let found = format!("sha-256=:{}:", sha256_base64(answer.bytes()));
        (told, found)
    };
    scene.server.faults("blob:read:data=corrupt");
    // More than once: what is asked for often is kept in memory.
    for name in ["large", "first", "first", "first"] {
        let (told, found) = read(name).await;
        assert_ne!(told, found, "{name}");
    }
    scene.server.no_faults();
    for name in ["large", "first", "first"] {
        let (told, found) = read(name).await;
        assert_eq!(told, found, "{name}: a lie is remembered");
    }
    let whole = admin.get("artefacts/file/large/download").await;
    assert!(whole.bytes() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_goes_away_and_comes_back_loses_nothing() {
    let gate = StoreGate::new();
    let setup = Setup::new().on_bucket(gate.url());
    let mut scene = impatient(setup).await;
    let mut tally = Tally::new("the bucket was away, SQLite and S3");
    for outage in 0..2 {
        let from = scene.ledger.len();
        let publishers: Vec<_> = (0..4)
            .map(|who| {
                let name = format!("bucket-{outage}-{who}");
                tokio::spawn(publish_for_a_while(
                    Arc::clone(&scene.ledger),
                    scene.server.admin(),
                    name,
                ))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        gate.close();
        tokio::time::sleep(Duration::from_secs(1)).await;
        gate.open();
        for publisher in publishers {
            publisher.await.expect("everything is answered");
        }
        tally.count(scene.check_from(from).await);
    }
    tally.tell();
    scene.check().await;
}

/// Publishes for two seconds, a little later where it was told to. Each answer comes, and comes in time.
pub(super) async fn publish_for_a_while(ledger: Arc<Ledger>, admin: Actor, name: String) {
    let started = Instant::now();
    for count in 0.. {
        if started.elapsed() > Duration::from_secs(2) {
            return;
        }
        let sent = Sent::file(&format!("{name}-{count}"), format!("{name}, {count}"));
        let asked = Instant::now();
        let (_, status) = ledger.publish(&admin, sent).await;
        let status = status.expect("a server that lives answers");
        assert!(
            asked.elapsed() < BOUND,
            "an answer took {:?}",
            asked.elapsed()
        );
        if status >= 500 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
