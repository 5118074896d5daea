//! The drill: everything is destroyed, and everything that was acknowledged before the backup is back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cellier_tests::{Actor, PASSWORD, Setup};
use serde_json::json;

use super::{Acknowledged, Vault, assert_all_there, publish_file, publish_package};

/// Publishers that do not stop for anything, and remember what they were promised.
struct Publishers {
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    stop: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Publishers {
    fn at_work(actor: &Actor) -> Self {
        let acknowledged = Arc::<Mutex<Vec<Acknowledged>>>::default();
        let stop = Arc::<AtomicBool>::default();
        let tasks = (0..3).map(|worker| {
            let (actor, acknowledged, stop) =
                (actor.clone(), Arc::clone(&acknowledged), Arc::clone(&stop));
            tokio::spawn(async move {
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let content = format!("worker {worker}, round {round}");
                    // Each has an artefact that grows, and makes new ones; some bytes are shared by all.
                    let done = match round % 3 {
                        0 => {
                            publish_package(
                                &actor,
                                &format!("package-{worker}"),
                                &format!("1.0.{round}"),
                            )
                            .await
                        }
                        1 => {
                            publish_file(&actor, &format!("file-{worker}-{round}"), &content).await
                        }
                        _ => {
                            publish_file(
                                &actor,
                                &format!("shared-{worker}-{round}"),
                                &format!("round {round}"),
                            )
                            .await
                        }
                    };
                    acknowledged.lock().unwrap().push(done);
                }
            })
        });
        Self {
            tasks: tasks.collect(),
            acknowledged,
            stop,
        }
    }

    fn so_far(&self) -> Vec<Acknowledged> {
        self.acknowledged.lock().unwrap().clone()
    }

    async fn have_published(&self, count: usize) {
        let started = Instant::now();
        while self.so_far().len() < count {
            assert!(
                started.elapsed() < Duration::from_mins(1),
                "nobody publishes"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// The drill: publishers at work during a backup, everything destroyed, everything that was acknowledged before is back.
async fn drill(from: Setup, to: Setup) {
    let vault = Vault::new();
    let mut server = from.set("gc.every", "50ms").start().await;
    let admin_key = server.admin().key().to_owned();
    let ci_key = server.upload_key("ci").create().await.key().to_owned();
    server.with_user("anna").await;
    let tag = json!({"version": "1.0.0"});
    publish_package(&server.admin(), "tagged", "1.0.0").await;
    server
        .admin()
        .put_json("artefacts/npm/tagged/tags/beta", &tag)
        .await;

    let publishers = Publishers::at_work(&server.admin());
    publishers.have_published(30).await;
    let before = publishers.so_far();
    let backup = server.begin(&["backup", &vault.text()]).finish().await;
    backup.assert_success();
    let during = publishers.so_far().len();
    assert!(during > before.len(), "nobody was held up by the backup");
    publishers.stop().await;
    server.kill9();
    drop(server);

    let restored = to
        .begin(&["restore", "--verify", &vault.text()])
        .finish()
        .await;
    restored.assert_success();
    let server = to.start_with_key(&admin_key).await;
    let admin = server.admin();
    assert_all_there(&admin, &before).await;
    let tags = admin.get_json("artefacts/npm/tagged/tags").await;
    assert!(tags.to_string().contains("beta"), "{tags}");
    server.anonymous().sign_in("anna", PASSWORD).await;
    let ci = server.with_key(Some(&ci_key));
    publish_package(&ci, "after-the-fire", "1.0.0").await;
    let found = admin.get_json("artefacts?q=package-1").await;
    assert_eq!(
        found["results"][0]["name"], "package-1",
        "the search finds it"
    );
    let events = admin.get_json("audit?action=registry.restore").await;
    assert_eq!(events["results"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_survives_the_end_of_its_server_on_sqlite() {
    drill(Setup::new(), Setup::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_survives_the_end_of_its_server_on_postgresql() {
    drill(Setup::new().on_postgres(), Setup::new().on_postgres()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_moves_from_one_database_to_the_other() {
    drill(Setup::new(), Setup::new().on_postgres()).await;
    drill(Setup::new().on_postgres(), Setup::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_moves_from_local_disk_into_a_bucket_and_back() {
    drill(Setup::new(), Setup::new().on_s3()).await;
    drill(Setup::new().on_s3(), Setup::new()).await;
}
