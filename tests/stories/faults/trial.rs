//! Doing something again and again, while something else goes wrong each time.

use std::time::Instant;

use cellier_tests::{Checked, Dice, Setup, Tally};

use super::operation::Operation;
use super::scene::{BOUND, Scene};

/// What goes wrong, and at which steps.
#[derive(Clone, Copy)]
pub(super) struct Trial {
    pub(super) effect: Effect,
    pub(super) steps: Steps,
}

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// The process dies.
    Kill,
    /// The step fails; if it is done, its answer gets lost.
    Error,
    /// No space is left.
    Full,
    /// Nothing may be written.
    ReadOnly,
    /// The step does not come to an end.
    Hang,
}

/// Where it goes wrong.
#[derive(Clone, Copy)]
pub(super) enum Steps {
    /// Before every step, and after the last: what a step has done, and the next one not begun, is the same state as after
    /// it. After the last one there is no next, and that is a commit.
    Each,
    /// Before and after every step.
    All,
    /// At so many, that are drawn.
    Some(usize),
}

impl Effect {
    /// As a plan of faults has it, and as a table of figures.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Kill => ("kill", "killed at a step"),
            Self::Error => ("error", "a step failed"),
            Self::Full => ("full", "no space at a step"),
            Self::ReadOnly => ("read-only", "nothing could be written at a step"),
            Self::Hang => ("hang", "a step did not end"),
        }
    }
}

impl Steps {
    fn patterns(self) -> &'static [&'static str] {
        match self {
            Self::Each => &["*:before", "db:commit:after"],
            Self::All => &["*"],
            Self::Some(_) => &[],
        }
    }
}

impl Trial {
    /// Does it until it gets through, and lets another step go wrong each time.
    pub(super) async fn run(self, operation: Operation, setup: Setup, on: &str) {
        let (_, what) = self.effect.words();
        let mut tally = Tally::new(&format!("{what}, {on}"));
        let mut rounds = Rounds {
            scene: self.open(setup).await,
            trial: self,
            operation,
            count: 0,
        };
        for pattern in self.steps.patterns() {
            let mut nth = 1;
            while let Some(found) = rounds.go_wrong(pattern, nth).await {
                tally.count(found);
                nth += 1;
            }
        }
        if let Steps::Some(count) = self.steps {
            for nth in rounds.draw(count).await {
                // Which one it is may shift a little, and then it may be one too many.
                if let Some(found) = rounds.go_wrong("*", nth).await {
                    tally.count(found);
                }
            }
        }
        rounds.scene.check().await;
        tally.tell();
        assert!(tally.runs() > 0, "{operation:?} passes no fail points");
    }

    async fn open(self, setup: Setup) -> Scene {
        let setup = match self.effect {
            Effect::Hang => setup
                .set("limits.database_timeout", "1s")
                .set("limits.storage_timeout", "1s"),
            _ => setup,
        };
        Scene::open(setup, self.effect == Effect::Kill).await
    }
}

/// The rounds of a trial.
struct Rounds {
    scene: Scene,
    trial: Trial,
    operation: Operation,
    count: usize,
}

impl Rounds {
    /// One round, in which one point goes wrong; what was found then. Nothing if it is not passed any more.
    async fn go_wrong(&mut self, pattern: &str, nth: u64) -> Option<Checked> {
        let from = self.scene.ledger.len();
        let (effect, _) = self.trial.effect.words();
        self.once(&format!("{pattern}#{nth}={effect}")).await;
        let went_wrong = self.scene.server.recover().await;
        if went_wrong && self.trial.effect == Effect::Kill {
            // A command that was killed beside the server leaves what the next start removes.
            let next = self.scene.server.run(&["config", "check"]);
            next.assert_success();
        }
        let found = self.scene.check_from(from).await;
        went_wrong.then_some(found)
    }

    /// One round without any fault, to draw some of the points that it passes.
    async fn draw(&mut self, count: usize) -> Vec<u64> {
        self.once("").await;
        let passed = self.scene.server.points_passed().len() as u64;
        let mut dice = Dice::new();
        (0..count).map(|_| dice.number(1..passed + 1)).collect()
    }

    async fn once(&mut self, plan: &str) {
        self.count += 1;
        let prepared = self.operation.prepare(&self.scene, self.count).await;
        self.scene.server.faults(plan);
        let started = Instant::now();
        self.operation
            .perform(&self.scene, self.count, &prepared)
            .await;
        let taken = started.elapsed();
        assert!(taken < BOUND, "{:?} took {taken:?}", self.operation);
    }
}
