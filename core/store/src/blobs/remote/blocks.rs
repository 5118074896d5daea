//! Blocks of blobs that were read lately, in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cellier_model::BlobKey;

/// How large a block is: a format that reads some bytes here and there, as one does that serves map tiles, then asks the
/// store once for many reads.
pub(super) const BLOCK: u64 = 256 * 1024;

/// How many blocks are kept: 64 MiB.
const BLOCKS: usize = 256;

/// How many sizes of blobs are remembered.
const SIZES: usize = 4096;

/// Blocks of blobs that were read lately, and the sizes of their blobs; those of all open blobs together. What is under
/// a key never changes, so that nothing here is ever wrong.
#[derive(Clone, Debug, Default)]
pub(super) struct BlockCache(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    blocks: LeastRecent<(BlobKey, u64), Bytes>,
    sizes: LeastRecent<BlobKey, u64>,
}

impl BlockCache {
    /// The block of this number.
    pub(super) fn block(&self, key: BlobKey, number: u64) -> Option<Bytes> {
        self.with(|kept| kept.blocks.get(&(key, number)).cloned())
    }

    pub(super) fn keep_block(&self, key: BlobKey, number: u64, block: Bytes) {
        self.with(|kept| kept.blocks.insert((key, number), block, BLOCKS));
    }

    /// The size of a blob in bytes.
    pub(super) fn size(&self, key: BlobKey) -> Option<u64> {
        self.with(|kept| kept.sizes.get(&key).copied())
    }

    pub(super) fn keep_size(&self, key: BlobKey, size: u64) {
        self.with(|kept| kept.sizes.insert(key, size, SIZES));
    }

    /// Forgets that there is such a blob. Its blocks are asked for no more, and go as others come.
    pub(super) fn forget(&self, key: BlobKey) {
        self.with(|kept| kept.sizes.remove(&key));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A map of limited size, which the entry leaves first that was not asked for the longest.
#[derive(Debug)]
struct LeastRecent<K, V> {
    entries: HashMap<K, (u64, V)>,
    /// When each key was asked for last, as a number that only grows.
    uses: BTreeMap<u64, K>,
    now: u64,
}

impl<K, V> Default for LeastRecent<K, V> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            uses: BTreeMap::new(),
            now: 0,
        }
    }
}

impl<K: Copy + Eq + std::hash::Hash, V> LeastRecent<K, V> {
    fn get(&mut self, key: &K) -> Option<&V> {
        let (used, value) = self.entries.get_mut(key)?;
        self.uses.remove(used);
        self.now += 1;
        *used = self.now;
        self.uses.insert(self.now, *key);
        Some(value)
    }

    fn insert(&mut self, key: K, value: V, most: usize) {
        self.remove(&key);
        self.now += 1;
        self.entries.insert(key, (self.now, value));
        self.uses.insert(self.now, key);
        while self.entries.len() > most
            && let Some((_, oldest)) = self.uses.pop_first()
        {
            self.entries.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some((used, _)) = self.entries.remove(key) {
            self.uses.remove(&used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_the_longest_goes_first() {
        let mut kept = LeastRecent::default();
        for number in 0..3 {
            kept.insert(number, number * 10, 3);
        }
        assert_eq!(kept.get(&0), Some(&0));
        kept.insert(3, 30, 3);
        assert_eq!(kept.get(&1), None);
        assert_eq!(kept.get(&0), Some(&0));
        kept.insert(2, 21, 3);
        kept.remove(&3);
        assert_eq!((kept.entries.len(), kept.uses.len()), (2, 2));
    }
}
