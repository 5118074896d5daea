//! Identifiers of records: time-ordered, so that indexes grow at their end.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

use crate::{Random, Timestamp};

/// The identifier of a record of one kind: a version 7 UUID (RFC 9562), written with hyphens.
pub struct Id<Kind> {
    uuid: Uuid,
    kind: PhantomData<fn() -> Kind>,
}

impl<Kind> Id<Kind> {
    /// The identifier of no record.
    pub fn nil() -> Self {
        Self {
            uuid: Uuid::nil(),
            kind: PhantomData,
        }
    }

    /// A new identifier for a record made at this time.
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        let mut tail = [0; 10];
        random.fill(&mut tail);
        Self::at(now, tail)
    }

    /// What no identifier of a record made at this time or later is less than: where those begin, in the order of all.
    pub fn least_of(time: Timestamp) -> Self {
        Self::at(time, [0; 10])
    }

    fn at(time: Timestamp, tail: [u8; 10]) -> Self {
        let millis = u64::try_from(time.as_micros() / 1000).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid();
        Self {
            uuid,
            kind: PhantomData,
        }
    }
}

impl<Kind> FromStr for Id<Kind> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = Uuid::try_parse(text).map_err(|_not_a_uuid| InvalidId)?;
        Ok(Self {
            uuid,
            kind: PhantomData,
        })
    }
}

/// A text is not the identifier of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 36 hexadecimal digits and hyphens are expected")]
pub struct InvalidId;

// Written out because deriving would ask the same of `Kind`, which is only a name.
impl<Kind> Clone for Id<Kind> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Kind> Copy for Id<Kind> {}

impl<Kind> PartialEq for Id<Kind> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<Kind> Eq for Id<Kind> {}

impl<Kind> std::hash::Hash for Id<Kind> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<Kind> fmt::Display for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<Kind> fmt::Debug for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
