//! A content that cannot be read any more.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Lent;
use crate::ReadAt;

/// How long an error lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testkit) enum Lasting {
    /// One read fails, the next one works.
    Once,
    /// From then on every read fails.
    ForGood,
}

/// Fails at the n-th read, counted from 0.
pub(in crate::testkit) struct Failing {
    content: Lent,
    at: u64,
    lasting: Lasting,
    reads: AtomicU64,
}

impl Failing {
    /// Fails at the n-th read, counted from 0.
    pub(in crate::testkit) fn new(content: Lent, at: u64, lasting: Lasting) -> Self {
        Self {
            content,
            at,
            lasting,
            reads: AtomicU64::new(0),
        }
    }
}

impl ReadAt for Failing {
    fn size(&self) -> u64 {
        self.content.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let number = self.reads.fetch_add(1, Ordering::Relaxed);
        let fails = match self.lasting {
            Lasting::Once => number == self.at,
            Lasting::ForGood => number >= self.at,
        };
        if fails {
            return Err(io::Error::other("the conformance kit lets this read fail"));
        }
        self.content.read_at(offset, buffer)
    }

    fn local_path(&self) -> Option<&Path> {
        self.content.local_path()
    }
}
