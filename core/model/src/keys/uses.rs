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

    /// Notes again what was taken and could not be written. What was noted meanwhile is later, and stays.
    pub(super) fn give_back(&self, taken: Vec<(Id<Kind>, Timestamp)>) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, used) in taken {
            uses.entry(id).or_insert(used);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandom;

    #[test]
    fn what_is_given_back_is_taken_again_unless_there_is_a_later_use() {
        let at = Timestamp::from_micros;
        let random = SeededRandom::new(1);
        let [one, other] = [1, 2].map(|micros| Id::<()>::new(at(micros), &random));
        let uses = Uses::default();
        uses.note(one, at(10));
        uses.note(other, at(10));
        let taken = uses.take();
        assert_eq!(taken.len(), 2);
        uses.note(one, at(20));
        uses.give_back(taken);
        let mut again = uses.take();
        again.sort_by_key(|(_, used)| *used);
        assert_eq!(again, [(other, at(10)), (one, at(20))]);
        assert_eq!(uses.take(), []);
    }
}
