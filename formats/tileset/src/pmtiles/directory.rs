//! One directory, unpacked: four columns of numbers, read side by side.

/// An entry of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The first tile.
    pub(super) id: u64,
    /// How many tiles in a row have this content; 0 for a leaf directory.
    pub(super) run: u64,
    /// Where the content starts in its section.
    pub(super) offset: u64,
    /// How many bytes it has.
    pub(super) length: u64,
}

/// Reads the entries of a directory one by one. The columns stand behind each other in the bytes, so one cursor runs
/// through each, and nothing but the bytes is kept.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    left: u64,
    ids: Cursor<'a>,
    runs: Cursor<'a>,
    lengths: Cursor<'a>,
    offsets: Cursor<'a>,
    before: Option<Entry>,
}

impl<'a> Entries<'a> {
    /// Finds the columns. Says what is malformed, as the end of a sentence.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, String> {
        let mut cursor = Cursor(bytes);
        let count = cursor.number()?;
        // Each entry takes a byte in each column at least, so a count cannot promise more than is there.
        if count > bytes.len() as u64 / 4 {
            return Err(format!("promises {count} entries in {} bytes", bytes.len()));
        }
        let ids = cursor.column(count)?;
        let runs = cursor.column(count)?;
        let lengths = cursor.column(count)?;
        let offsets = cursor.column(count)?;
        if !cursor.0.is_empty() {
            return Err(format!(
                "has {} bytes behind its last entry",
                cursor.0.len()
            ));
        }
        Ok(Self {
            left: count,
            ids,
            runs,
            lengths,
            offsets,
            before: None,
        })
    }

    /// How many entries are left.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The next entry; none behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, String> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let step = self.ids.number()?;
        let run = self.runs.number()?;
        let length = self.lengths.number()?;
        let offset = self.offsets.number()?;
        let id = self.before.map_or(0, |before| before.id).checked_add(step);
        let id = id.ok_or("has a tile id past all numbers")?;
        let offset = match (offset, self.before) {
            (0, Some(before)) => before.offset.checked_add(before.length),
            (0, None) => None,
            (written, _) => Some(written - 1),
        };
        let entry = Entry {
            id,
            run,
            offset: offset.ok_or("has an entry that starts nowhere")?,
            length,
        };
        self.before = Some(entry);
        Ok(Some(entry))
    }
}

/// The rest of some bytes, read as numbers.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// The next number, in as many bytes as it needs.
    fn number(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for (index, &byte) in self.0.iter().enumerate().take(10) {
            if index == 9 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = &self.0[index + 1..];
                return Ok(number);
            }
        }
        Err(if self.0.len() < 10 {
            "breaks off in the middle of a number".to_owned()
        } else {
            "has a number of more than 64 bits".to_owned()
        })
    }

    /// The next so many numbers, as a cursor of their own.
    fn column(&mut self, count: u64) -> Result<Self, String> {
        let start = *self;
        for _ in 0..count {
            self.number()?;
        }
        let length = start.0.len() - self.0.len();
        Ok(Self(&start.0[..length]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn write(mut number: u64, bytes: &mut Vec<u8>) {
        while number >= 0x80 {
            bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
            number >>= 7;
        }
        bytes.push(u8::try_from(number).unwrap());
    }

    /// A directory as a writer makes it.
    fn directory(entries: &[Entry]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(entries.len() as u64, &mut bytes);
        let mut last = 0;
        for entry in entries {
            write(entry.id - last, &mut bytes);
            last = entry.id;
        }
        for entry in entries {
            write(entry.run, &mut bytes);
        }
        for entry in entries {
            write(entry.length, &mut bytes);
        }
        for (index, entry) in entries.iter().enumerate() {
            let follows =
                index > 0 && entries[index - 1].offset + entries[index - 1].length == entry.offset;
            write(if follows { 0 } else { entry.offset + 1 }, &mut bytes);
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<Entry>, String> {
        let mut entries = Entries::new(bytes)?;
        let mut all = Vec::new();
        while let Some(entry) = entries.next()? {
            all.push(entry);
        }
        Ok(all)
    }

    #[test]
    fn what_is_malformed_is_told() {
        for (bytes, problem) in [
            (b"".as_slice(), "breaks off in the middle of a number"),
            (b"\x09\x01", "promises 9 entries in 2 bytes"),
            (b"\x01\x00\x01\x05\x00", "has an entry that starts nowhere"),
            (
                b"\x01\x00\x01\x05\x01\x00",
                "has 1 bytes behind its last entry",
            ),
            (
                b"\x01\x00\x01\x05\x80",
                "breaks off in the middle of a number",
            ),
        ] {
            assert_eq!(read(bytes).unwrap_err(), problem);
        }
        let huge = [&[0xff; 9][..], &[2]].concat();
        assert_eq!(
            read(&huge).unwrap_err(),
            "has a number of more than 64 bits"
        );
    }

    /// How far an id is from the one before, and the rest of an entry.
    fn parts() -> impl Strategy<Value = (u64, u32, u64, u32)> {
        (0..1_u64 << 40, any::<u32>(), 0..1_u64 << 40, any::<u32>())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(parts in proptest::collection::vec(parts(), 0..50)) {
            let mut id = 0;
            let mut entries = Vec::new();
            for (step, run, offset, length) in parts {
                id += step;
                entries.push(Entry { id, run: run.into(), offset, length: length.into() });
            }
            prop_assert_eq!(read(&directory(&entries)).unwrap(), entries);
        }

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
