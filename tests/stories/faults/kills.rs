//! The server dies at any moment, while several people publish and delete and space is freed.
//!
//! A fail point is a moment that somebody has thought of. Here nobody thinks: dice say when the process dies, what it was
//! doing then, and for whom.

use std::sync::Arc;
use std::time::Duration;

use cellier_tests::{Actor, Dice, EntryId, Ledger, Package, Sent, Setup, Tally, TestServer};
use futures_util::future::join_all;

/// How often the server dies in every run of the tests.
const A_FEW: u64 = 10;

/// How often it dies in `make test-all`.
const MANY: u64 = 200;

/// How many publish at the same time.
const PUBLISHERS: u64 = 6;

/// Milliseconds until the server dies.
const LIFETIME: std::ops::Range<u64> = 30..400;

/// Kills a server again and again; each time everything is checked that was asked of it since the time before, and in the
/// end everything at all.
async fn kill_again_and_again(setup: Setup, on: &str, kills: u64) {
    // On local disk a sweep may follow a publish as close as it likes. From a bucket it may take an object before the
    // publish has seen that it is there, and that is answered with 503.
    let grace = if on.ends_with("S3") { "5s" } else { "0s" };
    let mut dice = Dice::new();
    let mut server = setup
        .with_faults()
        .set("gc.every", "100ms")
        .set("gc.grace", grace)
        .set("formats.file.retention", "everything")
        .start()
        .await;
    let ledger = Arc::<Ledger>::default();
    let mut tally = Tally::new(&format!(
        "killed at random under {PUBLISHERS} publishers, {on}"
    ));
    for kill in 1..=kills {
        let from = ledger.len();
        let publishers = publishers(&server, &ledger, &mut dice, kill);
        tokio::time::sleep(Duration::from_millis(dice.number(LIFETIME))).await;
        server.kill9();
        for publisher in join_all(publishers).await {
            publisher.expect("a publisher stops when nobody answers him any more");
        }
        server.restart().await;
        // The one that was killed may have said that it frees space for the next minute. That minute is over now.
        server.end_leases();
        tally.count(ledger.check_from(&server.admin(), from).await);
    }
    server
        .restart_with(|setup| setup.set("gc.every", "0s"))
        .await;
    ledger.check(&server.admin()).await.assert_sound();
    ledger.check_storage(&server).await;
    assert!(
        ledger.acknowledged() as u64 > kills,
        "too little was done to prove anything"
    );
    tally.tell();
}

fn publishers(
    server: &TestServer,
    ledger: &Arc<Ledger>,
    dice: &mut Dice,
    kill: u64,
) -> Vec<tokio::task::JoinHandle<()>> {
    let publisher = |number| Publisher {
        name: format!("{kill}-{number}"),
        actor: server.admin(),
        ledger: Arc::clone(ledger),
        dice: dice.split(),
        count: 0,
        published: Vec::new(),
    };
    (0..PUBLISHERS)
        .map(publisher)
        .map(|publisher| tokio::spawn(publisher.work()))
        .collect()
}

/// Somebody who publishes, and deletes what he has published.
struct Publisher {
    /// His name, and that of his package.
    name: String,
    actor: Actor,
    ledger: Arc<Ledger>,
    dice: Dice,
    /// How often he has published.
    count: u64,
    /// What he has, and nobody else deletes.
    published: Vec<EntryId>,
}

impl Publisher {
    /// Works until nobody answers any more.
    async fn work(mut self) {
        loop {
            let status = match self.dice.number(0..10) {
                0 | 1 => self.delete_something().await,
                2 => self.publish_something_again().await,
                _ => self.publish_something().await,
            };
            if status.is_none() {
                return;
            }
        }
    }

    async fn publish_something(&mut self) -> Option<u16> {
        self.count += 1;
        let (name, count) = (&self.name, self.count);
        let sent = match self.dice.number(0..10) {
            // Bytes that others publish at the same time, under names that they have too.
            0..=2 => {
                let which = self.dice.number(0..3);
                return self.publish_among_others(which).await;
            }
            3..=5 => {
                let noise = self.dice.bytes(1000);
                let version = format!("1.0.{count}");
                let package = Package::new(&format!("package-{name}"), &version);
                Sent::package(&package.file("noise", noise))
            }
            6..=8 => {
                let length = self.dice.number(0..50_000);
                Sent::file(&format!("file-{name}-{count}"), self.dice.bytes(length))
            }
            _ => {
                let length = self.dice.number(500_000..3_000_000);
                Sent::file(&format!("large-{name}-{count}"), self.dice.bytes(length))
            }
        };
        let (id, status) = self.ledger.publish(&self.actor, sent).await;
        if matches!(status, Some(200 | 201)) {
            self.published.push(id);
        }
        status
    }

    async fn publish_among_others(&mut self, which: u64) -> Option<u16> {
        let kill = self.name.split('-').next().unwrap_or_default();
        let name = format!("shared-{kill}-{which}");
        let content = format!("bytes that many publish, {which}");
        let sent = Sent::file(&name, content);
        self.ledger.publish(&self.actor, sent).await.1
    }

    async fn publish_something_again(&mut self) -> Option<u16> {
        match self.draw() {
            Some(index) => {
                let id = self.published[index];
                self.ledger.publish_again(&self.actor, id).await
            }
            None => self.publish_something().await,
        }
    }

    async fn delete_something(&mut self) -> Option<u16> {
        match self.draw() {
            Some(index) => {
                let id = self.published.swap_remove(index);
                self.ledger.delete(&self.actor, id).await
            }
            None => self.publish_something().await,
        }
    }

    /// Which of those that he has.
    fn draw(&mut self) -> Option<usize> {
        let count = self.published.len() as u64;
        let drawn = (count > 0).then(|| self.dice.number(0..count))?;
        usize::try_from(drawn).ok()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_sqlite() {
    kill_again_and_again(Setup::new(), "SQLite", A_FEW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_postgres() {
    kill_again_and_again(Setup::new().on_postgres(), "PostgreSQL", A_FEW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_s3() {
    kill_again_and_again(Setup::new().on_s3(), "SQLite and S3", A_FEW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_postgres_and_s3() {
    let setup = Setup::new().on_postgres().on_s3();
    kill_again_and_again(setup, "PostgreSQL and S3", A_FEW).await;
}

mod many {
    use cellier_tests::Setup;

    use super::{MANY, kill_again_and_again};

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "takes minutes: make test-all"]
    async fn nothing_is_lost_on_sqlite() {
        kill_again_and_again(Setup::new(), "SQLite", MANY).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "takes minutes: make test-all"]
    async fn nothing_is_lost_on_postgres() {
        kill_again_and_again(Setup::new().on_postgres(), "PostgreSQL", MANY).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "takes minutes: make test-all"]
    async fn nothing_is_lost_on_s3() {
        kill_again_and_again(Setup::new().on_s3(), "SQLite and S3", MANY).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "takes minutes: make test-all"]
    async fn nothing_is_lost_on_postgres_and_s3() {
        let setup = Setup::new().on_postgres().on_s3();
        kill_again_and_again(setup, "PostgreSQL and S3", MANY).await;
    }
}
