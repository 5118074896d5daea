//! When things were last used, remembered until it is written.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::{Id, Timestamp};

/// When records of one kind were last used. Bounded by how many of them there are and are used between two writes.
pub(crate) struct Uses<Kind>(Mutex<HashMap<Id<Kind>, Timestamp>>);

impl<Kind> Uses<Kind> {
    /// Notes a use.
    pub(super) fn note(&self, id: Id<Kind>, now: Timestamp) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, now);
    }

    /// Takes everything that was noted.
    pub(super) fn take(&self) -> Vec<(Id<Kind>, Timestamp)> {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.drain().collect()
    }
}

// Written out because deriving would ask the same of `Kind`, which is only a name.
impl<Kind> Default for Uses<Kind> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<Kind> fmt::Debug for Uses<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Uses(…)")
    }
}
