//! Servers that have faults when a story wants it.

use std::fs;
use std::path::PathBuf;

use crate::server::files_below;
use crate::{Outcome, Setup, TestServer};

/// The plan of the faults, in the folder of the server.
const PLAN: &str = "faults";

/// The points that were passed, in the same folder.
const PASSED: &str = "faults-passed";

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
        // In one move, so that the server never reads half a plan.
        let next = self.path("faults-next");
        fs::write(&next, plan).expect("the plan is written");
        fs::rename(next, self.path(PLAN)).expect("the plan takes its place");
    }

    /// Everything works again.
    pub fn no_faults(&self) {
        self.faults("");
    }

    /// The fail points that were passed since the plan was made, each followed by what happened there and in which process.
    pub fn points_passed(&self) -> Vec<String> {
        let passed = fs::read_to_string(self.path(PASSED)).unwrap_or_default();
        passed.lines().map(str::to_owned).collect()
    }

    /// Whether a fault has killed the server, or a command beside it. If it was the server, it is started again.
    pub async fn recover(&mut self) -> bool {
        let points = self.points_passed();
        let killed = points.iter().find(|point| point.contains(" Kill in "));
        self.no_faults();
        let ours = format!(" in {}", self.process().id());
        if killed.is_some_and(|point| point.ends_with(&ours)) {
            self.ended().await;
            self.restart().await;
        }
        killed.is_some()
    }

    /// Frees space at once, whoever else has said that he does: a sweep that was killed holds its lease for a minute, and
    /// for this one that minute is over, also when the clock of the one that was killed was hours ahead.
    pub fn collect_garbage(&self) -> Outcome {
        self.faults("clock=+7d");
        let outcome = self.run(&["gc", "--json"]);
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
