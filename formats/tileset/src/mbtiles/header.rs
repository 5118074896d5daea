//! The header of an SQLite database, read before SQLite is let near the file.

use cellier_sdk::{Finding, ReadAt, ReadAtExt as _};

use crate::codes::mbtiles::{CUT_OFF, DAMAGED};
use crate::stop::Stop;
use crate::text::grouped;

/// How many bytes the header has.
const SIZE: usize = 100;

/// What MBTiles may write into the header to be told from other databases: `MPBX`. Hardly a program does.
const APPLICATION_ID: u32 = 0x4d50_4258;

/// What the header says (<https://www.sqlite.org/fileformat2.html>, section 1.3).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    page_size: u64,
    /// How many pages there are, unless an old program wrote the file last.
    pages: Option<u64>,
    /// Whether changes may lie in a file beside this one.
    pub(super) wal: bool,
    /// Whether the database says of itself that it is MBTiles.
    pub(super) is_marked: bool,
}

impl Header {
    /// Reads it.
    pub(super) fn read(content: &dyn ReadAt) -> Result<Self, Stop> {
        let bytes = content.read_head(SIZE)?;
        let Ok(bytes) = <[u8; SIZE]>::try_from(bytes.as_slice()) else {
            let message = format!("truncated: {} bytes, not even a header", bytes.len());
            return Err(Stop::Refused(CUT_OFF.error(message)));
        };
        let page_size = match u64::from(u16::from_be_bytes([bytes[16], bytes[17]])) {
            1 => 65_536,
            size => size,
        };
        if !page_size.is_power_of_two() || page_size < 512 {
            let message = format!("the header says that a page has {page_size} bytes");
            return Err(Stop::Refused(DAMAGED.error(message)));
        }
        if !matches!(bytes[18..20], [1 | 2, 1 | 2]) || bytes[21..24] != [64, 32, 32] {
            let message = "the header is not one that SQLite writes";
            return Err(Stop::Refused(DAMAGED.error(message)));
        }
        let number = |at: usize| {
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        // The count is only kept up to date by programs that also copy the change counter behind it.
        let count_is_current = number(24) == number(92) && number(28) > 0;
        Ok(Self {
            page_size,
            pages: count_is_current.then(|| u64::from(number(28))),
            wal: bytes[18] == 2 || bytes[19] == 2,
            is_marked: number(68) == APPLICATION_ID,
        })
    }

    /// What to say if the file has another size than the header says.
    pub(super) fn check_size(&self, found: u64) -> Option<Finding> {
        let said = self.page_size * self.pages?;
        if said == found {
            return None;
        }
        let what = if found < said {
            "truncated"
        } else {
            "too long"
        };
        Some(CUT_OFF.error(format!(
            "{what}: the header says {} bytes, received {}",
            grouped(said),
            grouped(found)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Vec<u8> {
        let mut bytes = vec![0; SIZE];
        bytes[..16].copy_from_slice(crate::container::SQLITE_MAGIC);
        bytes[16..24].copy_from_slice(&[0x10, 0, 1, 1, 0, 64, 32, 32]);
        bytes[24..32].copy_from_slice(&[0, 0, 0, 9, 0, 0, 0, 3]);
        bytes[92..96].copy_from_slice(&[0, 0, 0, 9]);
        bytes
    }

    fn code(result: Result<Header, Stop>) -> String {
        match result {
            Err(Stop::Refused(finding)) => finding.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn the_size_is_pages_times_their_size() {
        let header = Header::read(&header()).unwrap();
        assert!(!header.wal && !header.is_marked);
        assert_eq!(header.check_size(3 * 4096), None);
        assert_eq!(
            header.check_size(5000).unwrap().message,
            "truncated: the header says 12,288 bytes, received 5,000"
        );
        assert!(
            header
                .check_size(99_999)
                .unwrap()
                .message
                .starts_with("too long")
        );
    }

    #[test]
    fn a_count_that_an_old_program_left_behind_proves_nothing() {
        let mut bytes = header();
        bytes[95] = 8;
        assert_eq!(Header::read(&bytes).unwrap().check_size(5000), None);
    }

    #[test]
    fn the_largest_page_is_written_as_one() {
        let mut bytes = header();
        bytes[16..18].copy_from_slice(&[0, 1]);
        assert_eq!(Header::read(&bytes).unwrap().check_size(3 * 65_536), None);
    }

    #[test]
    fn what_sqlite_never_writes_is_damage() {
        for (at, byte) in [(16, 3), (18, 3), (19, 0), (21, 0)] {
            let mut bytes = header();
            bytes[at] = byte;
            assert_eq!(code(Header::read(&bytes)), DAMAGED.id, "byte {at}");
        }
        assert_eq!(code(Header::read(&header()[..99].to_vec())), CUT_OFF.id);
    }

    #[test]
    fn wal_and_the_mark_are_seen() {
        let mut bytes = header();
        bytes[19] = 2;
        bytes[68..72].copy_from_slice(b"MPBX");
        let header = Header::read(&bytes).unwrap();
        assert!(header.wal && header.is_marked);
    }
}
