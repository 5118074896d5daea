//! Time and randomness are arguments, so that tests own them.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// A point in time, in microseconds since 1970 UTC. Written as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970 UTC.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From RFC 3339 text with any offset.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let timestamp: jiff::Timestamp = text.parse().map_err(|_not_a_time| InvalidTimestamp)?;
        Ok(Self(timestamp.as_microsecond()))
    }

    /// Microseconds since 1970 UTC.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC, rounded down.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This time and so much more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// This time and so much less.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// How long ago `earlier` was; nothing if it was not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_out_of_range) => write!(f, "{}us", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time such as 2030-01-31T12:00:00Z")]
pub struct InvalidTimestamp;

/// Says what time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes that nobody can guess.
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills a buffer.
    fn fill(&self, buffer: &mut [u8]);
}
