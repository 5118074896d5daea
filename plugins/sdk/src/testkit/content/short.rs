//! A content that gives fewer bytes than are asked for, as the contract allows at any time.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Lent;
use crate::ReadAt;
use crate::testkit::hostile::Random;

/// Gives at most so many bytes at a time, sometimes fewer, and interrupts some reads.
pub(in crate::testkit) struct Short {
    content: Lent,
    most: usize,
    interrupts: bool,
    reads: AtomicU64,
}

impl Short {
    /// Gives exactly one byte at a time, or as many as this.
    pub(in crate::testkit) fn crumbs(content: Lent, most: usize) -> Self {
        Self {
            content,
            most: most.max(1),
            interrupts: false,
            reads: AtomicU64::new(0),
        }
    }

    /// Interrupts every other read, as a signal does.
    pub(in crate::testkit) fn interrupted(content: Lent) -> Self {
        Self {
            interrupts: true,
            ..Self::crumbs(content, usize::MAX)
        }
    }
}

impl ReadAt for Short {
    fn size(&self) -> u64 {
        self.content.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let number = self.reads.fetch_add(1, Ordering::Relaxed);
        if self.interrupts && number.is_multiple_of(2) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        // How many bytes come depends on the place alone, so that two walks through a content are alike.
        let most = buffer.len().min(self.most);
        let length = if self.interrupts || most < 2 {
            most
        } else {
            1 + Random::new(offset).below(most)
        };
        self.content.read_at(offset, &mut buffer[..length])
    }

    fn local_path(&self) -> Option<&Path> {
        self.content.local_path()
    }
}
