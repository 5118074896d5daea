//! A database that goes away, falls silent, is slow, and comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cellier_tests::{DatabaseGate, Setup, Tally, eventually};

use super::scene::{BOUND, Scene};
use super::storage::publish_for_a_while;

async fn behind(gate: &DatabaseGate) -> Scene {
    let setup = Setup::new()
        .behind(gate)
        .set("limits.database_timeout", "1s");
    Scene::open(setup, false).await
}

/// Expects that whoever asks is told in time that the database is not there.
async fn assert_told(scene: &Scene) {
    let admin = scene.server.admin();
    let started = Instant::now();
    let read = admin.get("artefacts/file/first").await;
    read.assert_problem(503, "unavailable");
    let ready = admin.get("/readyz").await.assert_status(503).json();
    assert_eq!(ready["database"], "does not answer", "{ready}");
    assert_eq!(ready["storage"], "ok", "{ready}");
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
    admin.get("/healthz").await.assert_ok();
}

async fn assert_recovers(scene: &Scene) {
    let admin = scene.server.admin();
    let recovered = async || admin.get("/readyz").await.status() == 200;
    eventually("the database is back, and used", recovered).await;
}

/// Lets the database go away while people publish, and come back, twice.
async fn go_away(what: &str, break_off: impl Fn(&DatabaseGate)) {
    let gate = DatabaseGate::new();
    let mut scene = behind(&gate).await;
    let mut tally = Tally::new(&format!("the database {what}, PostgreSQL"));
    for outage in 0..2 {
        let from = scene.ledger.len();
        let publishers: Vec<_> = (0..4)
            .map(|who| {
                let name = format!("{outage}-{who}");
                let admin = scene.server.admin();
                tokio::spawn(publish_for_a_while(Arc::clone(&scene.ledger), admin, name))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        break_off(&gate);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_told(&scene).await;
        gate.open();
        for publisher in publishers {
            publisher.await.expect("everything is answered");
        }
        assert_recovers(&scene).await;
        tally.count(scene.check_from(from).await);
    }
    tally.tell();
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_and_comes_back_loses_nothing() {
    go_away("went away", DatabaseGate::close).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_falls_silent_and_speaks_again_loses_nothing() {
    go_away("fell silent", DatabaseGate::fall_silent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_cost_at_most_one_answer_each() {
    let gate = DatabaseGate::new();
    let scene = behind(&gate).await;
    let admin = scene.server.admin();
    for _ in 0..5 {
        gate.send_out();
        let works = async || admin.get("artefacts/file/first").await.status() == 200;
        eventually("new connections are made", works).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_database_is_slow_and_nothing_else() {
    let gate = DatabaseGate::new();
    let mut scene = behind(&gate).await;
    gate.slow_down(Duration::from_millis(20));
    publish_for_a_while(
        Arc::clone(&scene.ledger),
        scene.server.admin(),
        "slow".into(),
    )
    .await;
    gate.open();
    assert_eq!(scene.ledger.acknowledged(), scene.ledger.len());
    scene.check().await;
}
