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
//!
//! What a view joins it need not have: a large file that joins without end would take minutes to use up what its size gives
//! it. So a join is also paced. Beside [`FREE`] steps it has [`PER_JOINED_ROW`] for each row that it gives, ten times what
//! finding it by an index takes, and `scan` stops it when it gives more rows than there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// After how many steps they are counted.
pub(super) const GRANULARITY: u32 = 1000;

/// What every file may take, however small.
const FREE: u64 = 30_000_000;

/// What a file may take for each of its bytes.
const PER_BYTE: u64 = 8;

/// What a join may take for each row that it gives.
const PER_JOINED_ROW: u64 = 400;

/// The steps that are left.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    left: Arc<AtomicU64>,
    /// Those that are left to the statement that runs; as good as endless unless it is paced.
    pace: Arc<AtomicU64>,
}

/// What a healthy file of this size may take.
pub(super) fn steps_of_file(size: u64) -> u64 {
    FREE.saturating_add(size.saturating_mul(PER_BYTE))
}

impl Budget {
    /// Enough for a healthy file of this size.
    pub(super) fn of_file(size: u64) -> Self {
        Self::of(steps_of_file(size))
    }

    fn of(steps: u64) -> Self {
        Self {
            left: Arc::new(AtomicU64::new(steps)),
            pace: Arc::new(AtomicU64::new(u64::MAX)),
        }
    }

    /// Gives so many steps, whatever was left.
    pub(super) fn renew(&self, steps: u64) {
        self.left.store(steps, Ordering::Relaxed);
    }

    /// Takes what was spent since the last time; true once nothing is left.
    pub(super) fn spend(&self) -> bool {
        let left = self.left.load(Ordering::Relaxed);
        let less = left.saturating_sub(u64::from(GRANULARITY));
        self.left.store(less, Ordering::Relaxed);
        let pace = self.pace.load(Ordering::Relaxed);
        let slower = pace.saturating_sub(u64::from(GRANULARITY));
        self.pace.store(slower, Ordering::Relaxed);
        less == 0 || slower == 0
    }

    /// Runs a statement that joins; for each row that it gives, [`has_joined`](Self::has_joined) is to be called.
    pub(super) fn paced<T>(&self, statement: impl FnOnce() -> T) -> T {
        self.pace.store(FREE, Ordering::Relaxed);
        let done = statement();
        self.pace.store(u64::MAX, Ordering::Relaxed);
        done
    }

    /// Gives a statement that is paced what the next row may take.
    pub(super) fn has_joined(&self) {
        let pace = self.pace.load(Ordering::Relaxed);
        self.pace
            .store(pace.saturating_add(PER_JOINED_ROW), Ordering::Relaxed);
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    /// Does work that may take no more than so many steps, even where more are left.
    pub(super) fn within<T>(&self, most: u64, work: impl FnOnce() -> T) -> T {
        let before = self.left.load(Ordering::Relaxed);
        let lent = before.min(most);
        self.left.store(lent, Ordering::Relaxed);
        let done = work();
        let spent = lent - self.left.load(Ordering::Relaxed);
        self.left.store(before - spent, Ordering::Relaxed);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_spent_until_nothing_is_left() {
        let budget = Budget::of(2500);
        assert!(!budget.spend());
        assert!(!budget.spend());
        assert!(budget.spend());
        assert!(budget.is_spent());
    }

    #[test]
    fn what_is_lent_is_taken_from_the_whole() {
        let budget = Budget::of(10_000);
        budget.within(3000, || while !budget.spend() {});
        assert!(!budget.is_spent());
        assert_eq!(budget.left.load(Ordering::Relaxed), 7000);
    }

    #[test]
    fn a_hundred_gigabytes_may_take_many_steps() {
        let budget = Budget::of_file(100 << 30);
        assert!(budget.left.load(Ordering::Relaxed) > 500_000_000_000);
        assert!(!Budget::of_file(u64::MAX).is_spent());
    }

    #[test]
    fn a_join_is_stopped_long_before_a_large_file_is_read() {
        let budget = Budget::of_file(100 << 30);
        let mut steps = 0;
        budget.paced(|| {
            while !budget.spend() {
                steps += u64::from(GRANULARITY);
            }
        });
        assert!(steps < 2 * FREE, "{steps}");
        assert!(!budget.is_spent());
        assert!(!budget.spend(), "what comes next is not paced");
    }

    #[test]
    fn a_join_that_gives_its_rows_goes_on() {
        let budget = Budget::of_file(100 << 30);
        budget.paced(|| {
            for _ in 0..10 * FREE / u64::from(GRANULARITY) {
                (0..GRANULARITY / 50).for_each(|_row| budget.has_joined());
                assert!(!budget.spend());
            }
        });
    }
}
