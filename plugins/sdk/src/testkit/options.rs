//! How an exam is held.

use std::time::Duration;

use super::ReadBudget;

/// How an exam is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// How much may be read of an upload.
    pub(super) budget: ReadBudget,
    /// How long one call may take.
    pub(super) deadline: Duration,
    /// How many changes of each kind are made to a good upload.
    pub(super) mutations: usize,
    /// Whether files of expected answers are written instead of compared.
    pub(super) bless: bool,
    /// Whether the format may be given a file to open itself.
    pub(super) local_files: bool,
    /// Whether the format may read uploads to their end, however large they are.
    pub(super) reads_everything: bool,
}

/// How many bytes the changes of one kind may have together, so that an exam fits into memory.
const MEMORY: usize = 64 << 20;

impl Options {
    /// How many changes of one kind are made to an upload of this size.
    pub(super) fn mutations_of(&self, size: usize) -> usize {
        let fitting = (MEMORY / size.max(1)).max(8);
        self.mutations.min(fitting)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            budget: ReadBudget::default(),
            deadline: Duration::from_mins(1),
            mutations: 64,
            bless: std::env::var_os("CELLIER_BLESS").is_some_and(|value| value != "0"),
            local_files: true,
            reads_everything: false,
        }
    }
}
