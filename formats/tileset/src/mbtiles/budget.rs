//! How many steps SQLite may take.
//!
//! A database is a program: a view can join a table with itself until the end of time. Every instruction of SQLite's
//! virtual machine counts as a step, and once the steps are used up it is interrupted. Steps and not seconds, so that the
//! same file gets the same answer on every machine and under every load.
//!
//! What a healthy file needs grows with its size. Checking and scanning real files, and generated ones of up to a gigabyte,
//! took 0.01 to 1.4 steps a byte, and up to 2.1 with the checks of strict mode: most where tiles are shared, so that rows are
//! many and small (15 bytes each, as planetiler's compact databases have them), least where tiles are large. [`PER_BYTE`]
//! gives each file about four times the most, so one of 100 GB that is healthy is never stopped. SQLite takes some 40 to 150
//! million steps a second, so a hostile file of some kilobytes, which has [`FREE`] steps, is stopped within about a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// After how many steps they are counted.
pub(super) const GRANULARITY: u32 = 1000;

/// What every file may take, however small.
const FREE: u64 = 30_000_000;

/// What a file may take for each of its bytes.
const PER_BYTE: u64 = 8;

/// The steps that are left.
#[derive(Clone, Debug)]
pub(super) struct Budget(Arc<AtomicU64>);

impl Budget {
    /// Enough for a healthy file of this size.
    pub(super) fn of_file(size: u64) -> Self {
        let steps = FREE.saturating_add(size.saturating_mul(PER_BYTE));
        Self(Arc::new(AtomicU64::new(steps)))
    }

    /// Takes what was spent since the last time; true once nothing is left.
    pub(super) fn spend(&self) -> bool {
        let left = self.0.load(Ordering::Relaxed);
        let less = left.saturating_sub(u64::from(GRANULARITY));
        self.0.store(less, Ordering::Relaxed);
        less == 0
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Does work that may take no more than so many steps, even where more are left.
    pub(super) fn within<T>(&self, most: u64, work: impl FnOnce() -> T) -> T {
        let before = self.0.load(Ordering::Relaxed);
        let lent = before.min(most);
        self.0.store(lent, Ordering::Relaxed);
        let done = work();
        let spent = lent - self.0.load(Ordering::Relaxed);
        self.0.store(before - spent, Ordering::Relaxed);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_spent_until_nothing_is_left() {
        let budget = Budget(Arc::new(AtomicU64::new(2500)));
        assert!(!budget.spend());
        assert!(!budget.spend());
        assert!(budget.spend());
        assert!(budget.is_spent());
    }

    #[test]
    fn what_is_lent_is_taken_from_the_whole() {
        let budget = Budget(Arc::new(AtomicU64::new(10_000)));
        budget.within(3000, || while !budget.spend() {});
        assert!(!budget.is_spent());
        assert_eq!(budget.0.load(Ordering::Relaxed), 7000);
    }

    #[test]
    fn a_hundred_gigabytes_may_take_many_steps() {
        let budget = Budget::of_file(100 << 30);
        assert!(budget.0.load(Ordering::Relaxed) > 500_000_000_000);
        assert!(!Budget::of_file(u64::MAX).is_spent());
    }
}
