//! Contents whose size says more than their bytes.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::staged::file_with_hole;
use crate::ReadAt;

/// Real bytes, and behind them nothing but zeros up to a size that no memory holds.
pub(in crate::testkit) struct Sparse {
    bytes: Arc<[u8]>,
    size: u64,
    file: Option<NamedTempFile>,
}

impl Sparse {
    /// Claims a size; with a file of that size beside, most of it a hole.
    pub(in crate::testkit) fn new(
        bytes: &Arc<[u8]>,
        size: u64,
        with_file: bool,
    ) -> io::Result<Self> {
        let file = if with_file {
            Some(file_with_hole(bytes, size)?)
        } else {
            None
        };
        Ok(Self {
            bytes: Arc::clone(bytes),
            size,
            file,
        })
    }
}

impl ReadAt for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(offset);
        let length = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let real = self.bytes.read_at(offset, &mut buffer[..length])?;
        buffer[real..length].fill(0);
        Ok(length)
    }

    fn local_path(&self) -> Option<&Path> {
        self.file.as_ref().map(NamedTempFile::path)
    }
}

/// A content that ends before its size says so: what a host that lost bytes would lend.
pub(in crate::testkit) struct Ends {
    bytes: Arc<[u8]>,
    after: usize,
}

impl Ends {
    /// Gives only so many of the bytes and claims all of them.
    pub(in crate::testkit) fn after(bytes: &Arc<[u8]>, count: usize) -> Self {
        Self {
            bytes: Arc::clone(bytes),
            after: count.min(bytes.len()),
        }
    }
}

impl ReadAt for Ends {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes[..self.after].read_at(offset, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReadAtExt as _;

    #[test]
    fn behind_the_real_bytes_there_are_zeros_up_to_the_size() {
        let bytes: Arc<[u8]> = b"abc".as_slice().into();
        let sparse = Sparse::new(&bytes, 1 << 40, false).unwrap();
        assert_eq!(sparse.read_range(1, 4).unwrap(), b"bc\0\0");
        assert_eq!(sparse.read_range((1 << 40) - 1, 4).unwrap(), [0]);
        assert_eq!(sparse.read_at(1 << 40, &mut [0; 4]).unwrap(), 0);
    }

    #[test]
    fn a_file_beside_has_the_same_size() {
        let bytes: Arc<[u8]> = b"abc".as_slice().into();
        let sparse = Sparse::new(&bytes, 1 << 30, true).unwrap();
        let path = sparse.local_path().unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().len(), 1 << 30);
    }

    #[test]
    fn a_content_that_ends_early_still_claims_its_size() {
        let bytes: Arc<[u8]> = b"abcdef".as_slice().into();
        let ends = Ends::after(&bytes, 4);
        assert_eq!(ends.size(), 6);
        assert_eq!(ends.read_at(3, &mut [0; 9]).unwrap(), 1);
        assert_eq!(ends.read_at(4, &mut [0; 9]).unwrap(), 0);
    }
}
