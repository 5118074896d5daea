//! Doing again what somebody else got in the way of.

use crate::ports::CatalogError;

/// How often something is tried that others get in the way of.
const MOST: u32 = 20;

/// Counts how often something was tried that ends with a commit.
#[derive(Debug, Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Whether to try again: somebody else changed the same things meanwhile, and that has not happened too often.
    pub(crate) fn again<T>(&mut self, outcome: &Result<T, CatalogError>) -> bool {
        matches!(outcome, Err(CatalogError::Conflict)) && self.one_more()
    }

    /// Whether it has not been tried too often yet.
    pub(crate) fn one_more(&mut self) -> bool {
        self.0 += 1;
        self.0 < MOST
    }
}
