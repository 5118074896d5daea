//! Servers that have faults when a story wants it.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::server::files_below;
use crate::{Outcome, Setup, TestServer};

/// The plan of the faults, in the folder of the server.
const PLAN: &str = "faults";

/// The points that were passed, in the same folder.
const PASSED: &str = "faults-passed";

/// How long a command may wait for something that does not come to an end.
const PATIENCE: Duration = Duration::from_secs(10);

impl Setup {
    /// Lets stories give the server faults, as `core/store/src/faults` describes them; there are none at first.
    #[must_use]
    pub fn with_faults(self) -> Self {
        let path = |name| self.path(name).display().to_string();
        let (plan, passed) = (path(PLAN), path(PASSED));
        self.variable("CELLIER_FAULTS_FILE", &plan)
            .variable("CELLIER_FAULTS_LOG", &passed)
    }
}

impl TestServer {
    /// What goes wrong from now on, in this server and in commands that run beside it; what was planned before does not.
    pub fn faults(&self, plan: &str) {
        fs::write(self.path(PASSED), "").expect("the points passed are forgotten");
        self.plan(plan);
    }

    /// Everything works again.
    pub fn no_faults(&self) {
        self.plan("");
    }

    fn plan(&self, plan: &str) {
        // In one move, so that the server never reads half a plan.
        let next = self.path("faults-next");
        fs::write(&next, plan).expect("the plan is written");
        fs::rename(next, self.path(PLAN)).expect("the plan takes its place");
    }

    /// Runs a command beside the server while something may go wrong. It may wait for ever for what it needs to begin, as
    /// whoever has started it can see; here it is helped on after ten seconds.
    pub fn run_amid_faults(&self, arguments: &[&str]) -> Outcome {
        let (ended, end) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    self.no_faults();
                }
            });
            let outcome = self.run(arguments);
            drop(ended);
            outcome
        })
    }

    /// The fail points that were passed since the plan was made, each followed by what happened there and in which process,
    /// if something did.
    pub fn points_passed(&self) -> Vec<String> {
        let passed = fs::read_to_string(self.path(PASSED)).unwrap_or_default();
        passed.lines().map(str::to_owned).collect()
    }

    /// Ends the plan, and says whether any of it has happened, in the server or in a command beside it. If the server has
    /// died of it, it is started again.
    pub async fn recover(&mut self) -> bool {
        let passed = self.points_passed();
        let happened: Vec<Vec<&str>> = passed
            .iter()
            .map(|line| line.split('\t').collect())
            .filter(|line: &Vec<&str>| line.len() == 3)
            .collect();
        self.no_faults();
        let ours = self.process().id().to_string();
        let has_died = |line: &Vec<&str>| line[1] == "Kill" && line[2] == ours;
        if happened.iter().any(has_died) {
            self.ended().await;
            self.restart().await;
        }
        !happened.is_empty()
    }

    /// Runs a command at once that one process does at a time, whoever else has said that he does it: see
    /// [`TestServer::end_leases`]. Its clock is a week ahead, so that every grace is over, too.
    pub fn run_after_leases(&self, arguments: &[&str]) -> Outcome {
        self.end_leases();
        self.faults("clock=+7d");
        let outcome = self.run(arguments);
        self.no_faults();
        outcome
    }

    /// The files that the blobs lie in, on local disk or in a bucket.
    pub fn stored_blobs(&self) -> Vec<PathBuf> {
        let bucket = self.bucket();
        let blobs = bucket.map_or(self.path("blobs"), |bucket| bucket.join("cellier"));
        files_below(&blobs.join("sha256"))
    }

    /// What is on its way in.
    pub fn staged(&self) -> Vec<PathBuf> {
        let staging = if self.bucket().is_some() {
            "data/staging"
        } else {
            "blobs/staging"
        };
        files_below(&self.path(staging))
    }
}
