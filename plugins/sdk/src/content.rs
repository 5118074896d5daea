//! Random access to staged bytes.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes of known size that can be read at any offset, from many threads at once.
///
/// The host implements it over a staged upload, a stored blob or a range of either. A format sees nothing else of an
/// upload, so it never needs to hold a whole file in memory.
pub trait ReadAt: Send + Sync {
    /// Size in bytes; it does not change while the content is lent.
    fn size(&self) -> u64;

    /// Reads up to `buffer.len()` bytes at `offset` and says how many.
    ///
    /// Zero means that `offset` is at or past the end (or that the buffer is empty). Fewer bytes than asked for are
    /// allowed at any time; [`ReadAtExt::read_exact_at`] loops.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// The file that holds exactly these bytes, if there is one on this machine.
    ///
    /// Only formats that are compiled in are ever given one, for libraries that open files themselves (SQLite). A
    /// format must open it for reading only and must work, or refuse clearly, without it.
    fn local_path(&self) -> Option<&Path> {
        None
    }
}

/// Comfort over [`ReadAt`], for everything that implements it.
pub trait ReadAtExt: ReadAt {
    /// Fills the whole buffer from `offset`, or fails with [`io::ErrorKind::UnexpectedEof`].
    fn read_exact_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.read_at(offset, buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    offset += count as u64;
                    buffer = &mut buffer[count..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The first `most` bytes, or all of them if there are fewer.
    fn read_head(&self, most: usize) -> io::Result<Vec<u8>> {
        self.read_range(0, most)
    }

    /// Up to `most` bytes from `offset`; fewer only where the content ends.
    fn read_range(&self, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        let available = self.size().saturating_sub(offset);
        let length = usize::try_from(available).map_or(most, |available| available.min(most));
        let mut bytes = vec![0; length];
        self.read_exact_at(offset, &mut bytes)?;
        Ok(bytes)
    }

    /// A reader over the whole content that starts at its first byte.
    fn reader(&self) -> ContentReader<'_, Self> {
        ContentReader {
            content: self,
            position: 0,
        }
    }
}

impl<T: ReadAt + ?Sized> ReadAtExt for T {}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).map_or(self.len(), |offset| offset.min(self.len()));
        let count = buffer.len().min(self.len() - start);
        buffer[..count].copy_from_slice(&self[start..start + count]);
        Ok(count)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// [`Read`] and [`Seek`] over a [`ReadAt`]; made by [`ReadAtExt::reader`].
#[derive(Debug)]
pub struct ContentReader<'a, C: ?Sized> {
    content: &'a C,
    position: u64,
}

impl<C: ReadAt + ?Sized> Read for ContentReader<'_, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl<C: ReadAt + ?Sized> Seek for ContentReader<'_, C> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(distance) => self.content.size().checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "seek before the first byte")
        })?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_seeks_and_reads_like_a_file() {
        let content = b"0123456789".to_vec();
        let mut reader = content.reader();
        reader.seek(SeekFrom::End(-4)).unwrap();
        let mut tail = String::new();
        reader.read_to_string(&mut tail).unwrap();
        assert_eq!(tail, "6789");
        assert!(reader.seek(SeekFrom::Current(-11)).is_err());
    }

    #[test]
    fn reading_past_the_end_gives_nothing_and_exact_reading_fails() {
        let content = b"abc".to_vec();
        assert_eq!(content.read_at(99, &mut [0; 4]).unwrap(), 0);
        assert_eq!(content.read_range(1, 99).unwrap(), b"bc");
        let error = content.read_exact_at(1, &mut [0; 3]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
