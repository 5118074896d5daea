//! Fakes that tests own: the time, randomness, a catalogue and blobs in memory, formats made of closures, passwords that
//! are not hashed.

mod blobs;
mod catalog;
mod formats;
mod passwords;
mod people;
mod step;
mod time;

use std::sync::Arc;

pub use self::blobs::MemoryBlobs;
pub use self::catalog::MemoryCatalog;
pub use self::formats::{FakeFormats, fake_format};
pub use self::passwords::PlainPasswords;
pub use self::time::{FakeClock, SeededRandom};

use crate::Context;
use crate::access::AccessPolicy;
use crate::sessions::SessionPolicy;

/// A registry in memory with these formats.
pub fn context(formats: FakeFormats) -> Context {
    Context {
        catalog: Arc::new(MemoryCatalog::default()),
        blobs: Arc::new(MemoryBlobs::default()),
        formats: Arc::new(formats),
        clock: Arc::new(FakeClock::at("2026-01-01T00:00:00Z")),
        random: Arc::new(SeededRandom::new(7)),
        passwords: Arc::new(PlainPasswords::default()),
        access: AccessPolicy::default(),
        sessions: SessionPolicy::default(),
    }
}
