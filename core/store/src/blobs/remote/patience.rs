//! How long a store in the network is waited for.

use std::time::Duration;

/// How long a store in the network is waited for, and how often it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long a connection may take.
    pub connect: Duration,
    /// How long an answer may take to begin, beside the time that the bytes of a request need.
    pub answer: Duration,
    /// How long a store may send nothing in the middle of an answer.
    pub idle: Duration,
    /// How often a request is repeated that failed for a reason that may pass.
    pub retries: u32,
    /// How long to wait before the first repetition; each further one waits longer.
    pub backoff: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            retries: 5,
            backoff: Duration::from_millis(100),
        }
    }
}

impl Patience {
    /// No wait between two tries is longer than this.
    pub(super) const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

    /// After this time nothing is repeated any more.
    pub(super) const WHOLE: Duration = Duration::from_mins(2);
}
