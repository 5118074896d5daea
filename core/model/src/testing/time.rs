//! Time and randomness that a test owns.

use std::sync::Mutex;
use std::time::Duration;

use crate::{Clock, Random, Timestamp};

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct FakeClock(Mutex<Timestamp>);

impl FakeClock {
    /// A clock that shows this RFC 3339 time.
    ///
    /// # Panics
    ///
    /// If the text is not a time.
    pub fn at(text: &str) -> Self {
        Self(Mutex::new(
            Timestamp::parse(text).expect("an RFC 3339 time"),
        ))
    }

    /// Moves the clock on.
    pub fn advance(&self, duration: Duration) {
        let mut now = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.plus(duration);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Randomness that is the same in every run.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed | 1))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for byte in buffer {
            // The xorshift generator of Marsaglia (2003), good enough to tell records apart in tests.
            *state ^= *state << 13;
            *state ^= *state >> 7;
            *state ^= *state << 17;
            *byte = state.to_le_bytes()[3];
        }
    }
}
