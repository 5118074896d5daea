//! What is worth keeping for the next request: as much as fits, and the least recently used goes first.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by key, up to a weight that all have together.
#[derive(Debug)]
pub(crate) struct Kept<K, V> {
    most: usize,
    slots: Mutex<Slots<K, V>>,
}

#[derive(Debug)]
struct Slots<K, V> {
    by_key: HashMap<K, Slot<V>>,
    weight: usize,
    uses: u64,
}

#[derive(Debug)]
struct Slot<V> {
    value: V,
    weight: usize,
    used: u64,
}

impl<K: Clone + Eq + Hash, V: Clone> Kept<K, V> {
    /// Nothing yet, and never more than this weight.
    pub(crate) fn up_to(most: usize) -> Self {
        Self {
            most,
            slots: Mutex::new(Slots {
                by_key: HashMap::new(),
                weight: 0,
                uses: 0,
            }),
        }
    }

    /// The value of a key, if it is still there.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let mut slots = self.slots();
        slots.uses += 1;
        let now = slots.uses;
        let slot = slots.by_key.get_mut(key)?;
        slot.used = now;
        Some(slot.value.clone())
    }

    /// Keeps a value, at the cost of those that were not used for longest. One that is too heavy by itself is not kept.
    pub(crate) fn put(&self, key: K, value: V, weight: usize) {
        if weight > self.most {
            return;
        }
        let mut slots = self.slots();
        slots.remove(&key);
        while slots.weight + weight > self.most {
            slots.remove_oldest();
        }
        slots.uses += 1;
        slots.weight += weight;
        let used = slots.uses;
        let slot = Slot {
            value,
            weight,
            used,
        };
        slots.by_key.insert(key, slot);
    }

    fn slots(&self) -> MutexGuard<'_, Slots<K, V>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V> Slots<K, V> {
    fn remove(&mut self, key: &K) {
        if let Some(slot) = self.by_key.remove(key) {
            self.weight -= slot.weight;
        }
    }

    /// Looks through all of them: they are some hundreds, and making a new one took longer.
    fn remove_oldest(&mut self) {
        let oldest = self.by_key.iter().min_by_key(|(_, slot)| slot.used);
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            self.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_makes_room() {
        let kept = Kept::up_to(10);
        kept.put("a", 1, 4);
        kept.put("b", 2, 4);
        assert_eq!(kept.get(&"a"), Some(1));
        kept.put("c", 3, 4);
        assert_eq!(
            [kept.get(&"a"), kept.get(&"b"), kept.get(&"c")],
            [Some(1), None, Some(3)]
        );
    }

    #[test]
    fn what_is_too_heavy_is_not_kept_and_drives_nothing_out() {
        let kept = Kept::up_to(10);
        kept.put("a", 1, 10);
        kept.put("b", 2, 11);
        assert_eq!((kept.get(&"a"), kept.get(&"b")), (Some(1), None));
    }

    #[test]
    fn a_key_that_is_put_again_weighs_once() {
        let kept = Kept::up_to(10);
        for number in 0..100 {
            kept.put("a", number, 6);
        }
        assert_eq!(kept.get(&"a"), Some(99));
        assert_eq!(kept.slots().weight, 6);
    }
}
