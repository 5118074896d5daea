//! The server dies at every step of everything that changes something, and nothing that was acknowledged is lost.
//!
//! Each story does the same thing again and again. In the first round the process dies at the first fail point, in the
//! second at the second, and so on until it gets through. After each death it is started again and asked what became of it.

use std::collections::VecDeque;

use cellier_tests::{Checked, Dice, EntryId, Ledger, Package, Sent, Setup, Tally, TestServer};
use serde_json::json;

/// Before every step: what a step has done, and the next one not begun, is the same state as after it. After the last one
/// there is no next, and that is a commit.
const EACH: Steps = Steps::Each(&["*:before", "db:commit:after"]);

/// Before and after every step.
const ALL: Steps = Steps::Each(&["*"]);

/// A few of them.
const SOME: Steps = Steps::Some(4);

/// Where the process dies.
#[derive(Clone, Copy)]
enum Steps {
    /// At each point that one of the patterns matches.
    Each(&'static [&'static str]),
    /// At so many, that are drawn.
    Some(usize),
}

/// Bytes that several artefacts have.
const SHARED: &[u8] = b"bytes that several artefacts share";

/// A server, and what is known of it.
struct Scene {
    server: TestServer,
    ledger: Ledger,
}

impl Scene {
    async fn open(setup: Setup) -> Self {
        let server = setup
            .with_faults()
            .set("gc.every", "0s")
            .set("gc.grace", "0s")
            .set("formats.file.retention", "everything")
            .start()
            .await;
        let ledger = Ledger::default();
        let first = Sent::file("first", SHARED);
        let (_, status) = ledger.publish(&server.admin(), first).await;
        assert_eq!(status, Some(201));
        Self { server, ledger }
    }

    async fn publish(&self, sent: Sent) -> EntryId {
        self.ledger.publish(&self.server.admin(), sent).await.0
    }

    /// Checks what was asked for since the ledger had so many entries, and what was there before all else.
    async fn check_from(&self, from: usize) -> Checked {
        let admin = self.server.admin();
        let first = admin.get("artefacts/file/first/download").await;
        assert_eq!(first.assert_ok().bytes(), SHARED);
        self.ledger.check_from(&admin, from).await
    }
}

/// Something that is done in every round: what it needs, and itself.
struct Operation<Prepare, Act> {
    what: &'static str,
    prepare: Prepare,
    act: Act,
}

impl<Prepare, Act> Operation<Prepare, Act>
where
    Prepare: AsyncFn(&Scene, usize) -> Vec<EntryId>,
    Act: AsyncFn(&Scene, usize, &[EntryId]),
{
    /// Does it until it gets through, and dies at another step each time.
    async fn die_at(self, steps: Steps, setup: Setup, on: &str) {
        let mut scene = Scene::open(setup).await;
        let mut tally = Tally::new(&format!("killed at a step of {}, {on}", self.what));
        let mut rounds = 1..;
        match steps {
            Steps::Each(patterns) => {
                for pattern in patterns {
                    let mut nth = 1;
                    while let Some(found) =
                        self.die_once(&mut scene, &mut rounds, pattern, nth).await
                    {
                        tally.count(found);
                        nth += 1;
                    }
                }
            }
            Steps::Some(count) => {
                for nth in self.draw(&mut scene, &mut rounds, count).await {
                    // Which one it is may shift a little, and then it may be one too many.
                    if let Some(found) = self.die_once(&mut scene, &mut rounds, "*", nth).await {
                        tally.count(found);
                    }
                }
            }
        }
        scene.ledger.check(&scene.server.admin()).await;
        scene.ledger.check_storage(&scene.server).await;
        tally.tell();
        assert!(tally.runs() > 0, "{} passes no fail points", self.what);
    }

    /// Does it once and dies at one point; what was found then. Nothing if it got through.
    async fn die_once(
        &self,
        scene: &mut Scene,
        rounds: &mut impl Iterator<Item = usize>,
        pattern: &str,
        nth: u64,
    ) -> Option<Checked> {
        let round = rounds.next()?;
        let from = scene.ledger.len();
        let prepared = (self.prepare)(scene, round).await;
        scene.server.faults(&format!("{pattern}#{nth}=kill"));
        (self.act)(scene, round, &prepared).await;
        let killed = scene.server.recover().await;
        if killed {
            // A command that was killed beside the server leaves what the next start removes.
            scene.server.run(&["config", "check"]).assert_success();
        }
        let found = scene.check_from(from).await;
        killed.then_some(found)
    }

    /// Does it once without any fault, and draws some of the points that it passes.
    async fn draw(
        &self,
        scene: &mut Scene,
        rounds: &mut impl Iterator<Item = usize>,
        count: usize,
    ) -> VecDeque<u64> {
        let round = rounds.next().unwrap_or_default();
        let prepared = (self.prepare)(scene, round).await;
        scene.server.no_faults();
        (self.act)(scene, round, &prepared).await;
        let passed = scene.server.points_passed().len() as u64;
        let mut dice = Dice::new();
        (0..count).map(|_| dice.number(1..passed + 1)).collect()
    }
}

async fn nothing(_: &Scene, _: usize) -> Vec<EntryId> {
    Vec::new()
}

async fn publishing_a_new_artefact(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, round: usize, _: &[EntryId]| {
        let name = format!("new-{round}");
        scene.publish(Sent::file(&name, name.as_bytes())).await;
    };
    let operation = Operation {
        what: "publishing a new artefact",
        prepare: nothing,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn publishing_bytes_that_are_there(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, round: usize, _: &[EntryId]| {
        let name = format!("sharing-{round}");
        scene.publish(Sent::file(&name, SHARED)).await;
    };
    let operation = Operation {
        what: "publishing bytes that are there",
        prepare: nothing,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

fn package(round: usize, version: &str) -> Sent {
    Sent::package(&Package::new(&format!("package-{round}"), version))
}

async fn one_version(scene: &Scene, round: usize) -> Vec<EntryId> {
    vec![scene.publish(package(round, "1.0.0")).await]
}

async fn two_versions(scene: &Scene, round: usize) -> Vec<EntryId> {
    let first = scene.publish(package(round, "1.0.0")).await;
    vec![first, scene.publish(package(round, "1.1.0")).await]
}

async fn publishing_a_second_version(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, round: usize, _: &[EntryId]| {
        scene.publish(package(round, "1.1.0")).await;
    };
    let operation = Operation {
        what: "publishing a second version",
        prepare: one_version,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn publishing_the_same_again(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, _: usize, prepared: &[EntryId]| {
        let admin = scene.server.admin();
        scene.ledger.publish_again(&admin, prepared[0]).await;
    };
    let operation = Operation {
        what: "publishing the same again",
        prepare: one_version,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn publishing_while_the_version_before_is_deleted(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, round: usize, prepared: &[EntryId]| {
        let admin = scene.server.admin();
        let publish = scene.publish(package(round, "1.1.0"));
        let delete = scene.ledger.delete(&admin, prepared[0]);
        futures_util::join!(publish, delete);
    };
    let operation = Operation {
        what: "publishing while the version before is deleted",
        prepare: one_version,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn deleting_a_version(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, _: usize, prepared: &[EntryId]| {
        let admin = scene.server.admin();
        scene.ledger.delete(&admin, prepared[1]).await;
    };
    let operation = Operation {
        what: "deleting a version",
        prepare: two_versions,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn deleting_an_artefact(steps: Steps, setup: Setup, on: &str) {
    let act = async |scene: &Scene, round: usize, prepared: &[EntryId]| {
        for entry in prepared {
            scene.ledger.may_go(*entry);
        }
        let path = format!("artefacts/npm/package-{round}");
        let admin = scene.server.admin();
        let request = admin.request(reqwest::Method::DELETE, &path);
        let deleted = request.try_send().await;
        if deleted.is_ok_and(|answer| answer.status() == 204) {
            for entry in prepared {
                scene.ledger.is_gone(*entry);
            }
        }
    };
    let operation = Operation {
        what: "deleting an artefact",
        prepare: two_versions,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn setting_a_tag(steps: Steps, setup: Setup, on: &str) {
    let prepare = async |scene: &Scene, round: usize| {
        if round > 1 {
            assert_tag_is_set_or_can_be(scene, round - 1).await;
        }
        one_version(scene, round).await
    };
    let act = async |scene: &Scene, round: usize, _: &[EntryId]| {
        let path = format!("artefacts/npm/package-{round}/tags/beta");
        let request = scene.server.admin().request(reqwest::Method::PUT, &path);
        let tag = json!({"version": "1.0.0"});
        let _ = request.json(&tag).try_send().await;
    };
    let operation = Operation {
        what: "setting a tag",
        prepare,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

async fn assert_tag_is_set_or_can_be(scene: &Scene, round: usize) {
    let admin = scene.server.admin();
    let path = format!("artefacts/npm/package-{round}");
    let tags = &admin.get_json(&path).await["tags"];
    let is_whole = tags["beta"] == "1.0.0" || tags.get("beta").is_none();
    assert!(is_whole, "{tags}");
    let tag = json!({"version": "1.0.0"});
    let set = admin.put_json(&format!("{path}/tags/beta"), &tag).await;
    set.assert_ok();
    assert_eq!(admin.get_json(&path).await["tags"]["beta"], "1.0.0");
}

/// Each round has a version that a retention rule removes and one that somebody has deleted. What a sweep has left that was
/// killed is swept before the next one.
async fn freeing_space(steps: Steps, setup: Setup, on: &str) {
    let prepare = async |scene: &Scene, round: usize| {
        scene.server.collect_garbage().assert_success();
        let old = Sent::file("log", format!("old, {round}"));
        let old = scene.publish(old).await;
        let new = Sent::file("log", format!("new, {round}"));
        scene.publish(new).await;
        let deleted = format!("deleted-{round}");
        let deleted = scene
            .publish(Sent::file(&deleted, deleted.as_bytes()))
            .await;
        let admin = scene.server.admin();
        assert_eq!(scene.ledger.delete(&admin, deleted).await, Some(204));
        let keep = json!({"retention": {"newest": 1}});
        admin.patch("artefacts/file/log", &keep).await.assert_ok();
        scene.ledger.all_but_the_last_may_go("log");
        vec![old]
    };
    let act = async |scene: &Scene, _: usize, prepared: &[EntryId]| {
        let swept = scene.server.run(&["gc"]);
        match swept.code {
            Some(0) => scene.ledger.is_gone(prepared[0]),
            code => assert_eq!(code, None, "{}", swept.stderr),
        }
    };
    let operation = Operation {
        what: "freeing space",
        prepare,
        act,
    };
    operation.die_at(steps, setup, on).await;
}

macro_rules! stories {
    ($module:ident, $setup:expr, $on:literal, $steps:expr $(, #[$ignored:meta])?) => {
        mod $module {
            stories!(@each $setup, $on, $steps $(, #[$ignored])?;
                publishing_a_new_artefact,
                publishing_bytes_that_are_there,
                publishing_a_second_version,
                publishing_the_same_again,
                publishing_while_the_version_before_is_deleted,
                deleting_a_version,
                deleting_an_artefact,
                setting_a_tag,
                freeing_space,
            );
        }
    };
    (@each $setup:expr, $on:literal, $steps:expr; $($operation:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $operation() {
            super::$operation($steps, $setup, $on).await;
        })+
    };
    (@each $setup:expr, $on:literal, $steps:expr, #[$ignored:meta]; $($operation:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        #[$ignored]
        async fn $operation() {
            super::$operation($steps, $setup, $on).await;
        })+
    };
}

stories!(on_sqlite, super::Setup::new(), "SQLite", super::EACH);
stories!(
    on_postgres,
    super::Setup::new().on_postgres(),
    "PostgreSQL",
    super::SOME
);
stories!(
    on_s3,
    super::Setup::new().on_s3(),
    "SQLite and S3",
    super::SOME
);
stories!(
    all_on_sqlite,
    super::Setup::new(),
    "SQLite",
    super::ALL,
    #[ignore = "takes minutes: make test-all"]
);
stories!(
    all_on_postgres,
    super::Setup::new().on_postgres(),
    "PostgreSQL",
    super::ALL,
    #[ignore = "takes minutes: make test-all"]
);
stories!(
    all_on_s3,
    super::Setup::new().on_s3(),
    "SQLite and S3",
    super::ALL,
    #[ignore = "takes minutes: make test-all"]
);
