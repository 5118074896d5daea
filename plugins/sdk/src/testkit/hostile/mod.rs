//! Hostile uploads: made from good ones, and out of nothing.
//!
//! Everything is the same in every run: a failure can be seen again, and a format that passes keeps passing.

mod archives;
mod edit;
mod files;
mod gzip;
mod json;
mod layers;
mod magic;
mod random;
mod tar;
mod texts;
mod words;
mod zip;

use std::sync::Arc;

pub(super) use self::edit::{blocks, cuts, flips, frames};
pub(super) use self::files::files;
pub(super) use self::gzip::{Bomb, unpack};
pub(super) use self::layers::inner;
pub(super) use self::magic::behind_magic;
pub(super) use self::random::Random;
pub(super) use self::words::{HOSTILE_FILE_NAMES, HOSTILE_TEXTS};

/// An upload that somebody might send to do harm.
#[derive(Clone)]
pub(super) struct Mutant {
    /// What was done to it.
    pub(super) label: String,
    /// Its bytes.
    pub(super) bytes: Arc<[u8]>,
}

impl Mutant {
    pub(super) fn new(label: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            label: label.into(),
            bytes: bytes.into(),
        }
    }
}
