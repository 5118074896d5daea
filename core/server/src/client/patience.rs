//! Trying again: how often, and after how long.

use std::sync::Arc;
use std::time::Duration;

use cellier_model::Random;

use crate::cli::in_one_line;
use crate::client::{ClientError, Progress, words};

/// The longest wait, also where the server asks for more: a pipeline should fail rather than hang.
const LONGEST: Duration = Duration::from_mins(1);

/// How long the first wait is about; each later one is twice as long.
const FIRST: Duration = Duration::from_millis(500);

/// How much longer something is tried that fails for a passing reason.
#[derive(Debug)]
pub(crate) struct Patience {
    retries: u32,
    left: u32,
    next: Duration,
    random: Arc<dyn Random>,
}

impl Patience {
    /// So many further attempts after the first one.
    pub(crate) fn new(retries: u32, random: Arc<dyn Random>) -> Self {
        Self {
            retries,
            left: retries,
            next: FIRST,
            random,
        }
    }

    /// Starts anew: the last attempt brought something forward.
    pub(crate) fn renew(&mut self) {
        self.left = self.retries;
        self.next = FIRST;
    }

    /// Tries something until it works, fails for a lasting reason, or has failed too often.
    pub(crate) async fn try_hard<T>(
        &mut self,
        progress: &Progress,
        attempt: impl AsyncFn() -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(error) => self.wait_after(error, progress).await?,
            }
        }
    }

    /// Waits until the next attempt, or gives the error back if there is to be none.
    pub(crate) async fn wait_after(
        &mut self,
        error: ClientError,
        progress: &Progress,
    ) -> Result<(), ClientError> {
        let Some(wait) = self.next_wait(&error) else {
            return Err(error);
        };
        progress.note(&format!(
            "{}; trying again in {:.1} s",
            in_one_line(&error),
            wait.as_secs_f32()
        ));
        tokio::time::sleep(wait).await;
        Ok(())
    }

    fn next_wait(&mut self, error: &ClientError) -> Option<Duration> {
        let asked = error.retry_after().unwrap_or_default();
        if !error.is_passing() || self.left == 0 || asked > LONGEST {
            return None;
        }
        self.left -= 1;
        let wait = self.scatter(self.next).max(asked);
        self.next = self.next.saturating_mul(2).min(LONGEST);
        Some(wait)
    }

    /// Between half and all of it, so that those who lost the same server do not all come back at once.
    fn scatter(&self, wait: Duration) -> Duration {
        let mut byte = [0];
        self.random.fill(&mut byte);
        wait / 2 + wait.mul_f32(f32::from(byte[0]) / 512.0)
    }
}

/// How long it takes until a request without any progress is given up.
pub(crate) const IDLE: Duration = Duration::from_mins(1);

/// What is said then.
pub(crate) fn nothing_came() -> String {
    format!("nothing came for {}", words::span(IDLE))
}

#[cfg(test)]
mod tests {
    use cellier_model::testing::SeededRandom;
    use serde_json::Value;

    use super::*;
    use crate::client::Refusal;

    fn refused(status: u16, retry_after: Option<u64>) -> ClientError {
        let mut refusal = Refusal::of_problem(status, Value::Null);
        refusal.retry_after = retry_after.map(Duration::from_secs);
        ClientError::Refused(Box::new(refusal))
    }

    fn patience(retries: u32) -> Patience {
        Patience::new(retries, Arc::new(SeededRandom::new(1)))
    }

    #[test]
    fn waits_grow_and_attempts_run_out() {
        let mut patience = patience(3);
        let mut at_most = FIRST;
        for _ in 0..3 {
            let wait = patience.next_wait(&refused(503, None)).unwrap();
            assert!(wait >= at_most / 2 && wait <= at_most, "{wait:?}");
            at_most *= 2;
        }
        assert_eq!(patience.next_wait(&refused(503, None)), None);
        patience.renew();
        assert!(patience.next_wait(&refused(503, None)).unwrap() <= FIRST);
    }

    #[test]
    fn the_server_says_how_long_to_wait_within_reason() {
        let mut patience = patience(5);
        let seven = patience.next_wait(&refused(429, Some(7))).unwrap();
        assert_eq!(seven, Duration::from_secs(7));
        assert_eq!(patience.next_wait(&refused(429, Some(300))), None);
    }

    #[test]
    fn a_lasting_refusal_is_not_tried_again() {
        assert_eq!(patience(5).next_wait(&refused(403, None)), None);
    }
}
