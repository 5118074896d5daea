//! Uploads as the host stages them.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::Lent;
use crate::ReadAt;

/// Stages bytes; with a file of them beside, for formats whose libraries open files themselves.
pub(in crate::testkit) fn stage(bytes: &Arc<[u8]>, with_file: bool) -> io::Result<Lent> {
    let memory = Memory(Arc::clone(bytes));
    if !with_file {
        return Ok(Arc::new(memory));
    }
    let mut file = NamedTempFile::new()?;
    file.write_all(bytes)?;
    Ok(Arc::new(Staged {
        content: memory,
        file,
    }))
}

/// Puts a file beside a content; it has so many bytes, of which all behind the first ones are a hole.
pub(super) fn file_with_hole(bytes: &[u8], size: u64) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    file.write_all(bytes)?;
    let opened: &File = file.as_file();
    opened.set_len(size)?;
    Ok(file)
}

/// Bytes in memory.
pub(in crate::testkit) struct Memory(pub(in crate::testkit) Arc<[u8]>);

impl ReadAt for Memory {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

/// Bytes in memory, and a file of the same.
struct Staged {
    content: Memory,
    file: NamedTempFile,
}

impl ReadAt for Staged {
    fn size(&self) -> u64 {
        self.content.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read_at(offset, buffer)
    }

    fn local_path(&self) -> Option<&Path> {
        Some(self.file.path())
    }
}
