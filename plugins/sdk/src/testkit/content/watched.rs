//! A content that counts what is read of it, and lends no more than is allowed.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Lent;
use crate::ReadAt;

/// How much may be read of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testkit) struct Allowance {
    /// Most bytes, all reads together.
    pub(in crate::testkit) bytes: u64,
    /// Most reads.
    pub(in crate::testkit) reads: u64,
}

impl Allowance {
    /// As much as anybody likes.
    pub(in crate::testkit) const WITHOUT_END: Self = Self {
        bytes: u64::MAX,
        reads: u64::MAX,
    };
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testkit) struct Spent {
    /// How many bytes.
    pub(in crate::testkit) bytes: u64,
    /// How often.
    pub(in crate::testkit) reads: u64,
}

/// Counts what is read. Once the allowance is spent every read fails, so that a greedy format comes to an end.
pub(in crate::testkit) struct Watched {
    content: Lent,
    allowance: Allowance,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    bytes: AtomicU64,
    reads: AtomicU64,
}

/// Looks at the counters of a [`Watched`] that somebody else has.
#[derive(Clone)]
pub(in crate::testkit) struct Meter {
    allowance: Allowance,
    counters: Arc<Counters>,
}

impl Watched {
    /// Lends a content and keeps a meter.
    pub(in crate::testkit) fn new(content: Lent, allowance: Allowance) -> (Self, Meter) {
        let counters = Arc::<Counters>::default();
        let meter = Meter {
            allowance,
            counters: Arc::clone(&counters),
        };
        let watched = Self {
            content,
            allowance,
            counters,
        };
        (watched, meter)
    }
}

impl Meter {
    /// What was read so far.
    pub(in crate::testkit) fn spent(&self) -> Spent {
        Spent {
            bytes: self.counters.bytes.load(Ordering::Relaxed),
            reads: self.counters.reads.load(Ordering::Relaxed),
        }
    }

    /// Says by how much more was read than is allowed.
    pub(in crate::testkit) fn excess(&self) -> Option<String> {
        let Spent { bytes, reads } = self.spent();
        let Allowance {
            bytes: most_bytes,
            reads: most_reads,
        } = self.allowance;
        if bytes > most_bytes {
            return Some(format!(
                "it reads more than the {most_bytes} bytes that its budget allows"
            ));
        }
        (reads > most_reads).then(|| {
            format!("it reads more often than the {most_reads} times that its budget allows: put a buffer between")
        })
    }
}

impl ReadAt for Watched {
    fn size(&self) -> u64 {
        self.content.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let reads = self.counters.reads.fetch_add(1, Ordering::Relaxed) + 1;
        let count = self.content.read_at(offset, buffer)?;
        let before = self
            .counters
            .bytes
            .fetch_add(count as u64, Ordering::Relaxed);
        let bytes = before.saturating_add(count as u64);
        if reads > self.allowance.reads || bytes > self.allowance.bytes {
            return Err(io::Error::other("the read budget of this exam is spent"));
        }
        Ok(count)
    }

    fn local_path(&self) -> Option<&Path> {
        self.content.local_path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_counted_and_ends_with_the_allowance() {
        let allowance = Allowance {
            bytes: 10,
            reads: 3,
        };
        let (watched, meter) = Watched::new(Arc::new(vec![7; 100]), allowance);
        assert_eq!(watched.read_at(0, &mut [0; 4]).unwrap(), 4);
        assert_eq!(watched.read_at(0, &mut [0; 6]).unwrap(), 6);
        assert_eq!(meter.excess(), None);
        assert!(watched.read_at(0, &mut [0; 1]).is_err());
        assert!(meter.excess().unwrap().contains("10 bytes"));
    }

    #[test]
    fn many_small_reads_are_too_many() {
        let allowance = Allowance {
            bytes: 1000,
            reads: 3,
        };
        let (watched, meter) = Watched::new(Arc::new(vec![7; 100]), allowance);
        for offset in 0..4 {
            let _ = watched.read_at(offset, &mut [0; 1]);
        }
        assert!(meter.excess().unwrap().contains("3 times"));
    }
}
