//! The header of a PMTiles archive: 127 bytes.

use cellier_sdk::{ReadAt, ReadAtExt as _};

use crate::codes::pmtiles::{SECTIONS, VERSION, VERSION_TEXT};
use crate::container::PMTILES_MAGIC;
use crate::findings::Findings;
use crate::geo::{Bounds, Center};
use crate::stop::Stop;
use crate::tile::{Compression, Kind};

/// How many bytes the header has.
pub(super) const SIZE: u64 = 127;

/// The one version that is read.
const SUPPORTED: u8 = 3;

/// A section of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Section {
    /// Where it ends, unless that is past all numbers.
    pub(super) fn end(self) -> Option<u64> {
        self.offset.checked_add(self.length)
    }
}

/// What the header says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) root: Section,
    pub(super) metadata: Section,
    pub(super) leaves: Section,
    pub(super) data: Section,
    /// How many tiles are addressed; 0 for unknown.
    pub(super) addressed: u64,
    /// How many entries the directories have; 0 for unknown.
    pub(super) entries: u64,
    /// How many distinct contents there are; 0 for unknown.
    pub(super) contents: u64,
    pub(super) clustered: bool,
    /// How directories and metadata are packed, as it is written.
    pub(super) internal_compression: u8,
    /// How tiles are packed, as it is written.
    pub(super) tile_compression: u8,
    /// What the tiles are, as it is written.
    pub(super) tile_type: u8,
    pub(super) min_zoom: u8,
    pub(super) max_zoom: u8,
    pub(super) bounds: Bounds,
    pub(super) center: Center,
}

impl Header {
    /// Reads it.
    pub(super) fn read(content: &dyn ReadAt, findings: &mut Findings) -> Result<Self, Stop> {
        let bytes = content.read_head(usize::try_from(SIZE).unwrap_or_default())?;
        let version = bytes.get(PMTILES_MAGIC.len()).copied();
        match version {
            Some(SUPPORTED) | None => {}
            Some(b'3') => findings.report(
                &VERSION_TEXT,
                "the version is the character \"3\" (0x33), not the number 3",
            ),
            Some(other) => {
                let message =
                    format!("the archive is of version {other}, only version 3 is supported");
                return Err(Stop::Refused(VERSION.error(message)));
            }
        }
        let Some(fields) = Fields::new(&bytes) else {
            let message = format!(
                "truncated: {} bytes, the header alone has {SIZE}",
                bytes.len()
            );
            return Err(Stop::Refused(SECTIONS.error(message)));
        };
        Ok(Self {
            root: fields.section(8),
            metadata: fields.section(24),
            leaves: fields.section(40),
            data: fields.section(56),
            addressed: fields.number(72),
            entries: fields.number(80),
            contents: fields.number(88),
            clustered: fields.byte(96) == 1,
            internal_compression: fields.byte(97),
            tile_compression: fields.byte(98),
            tile_type: fields.byte(99),
            min_zoom: fields.byte(100),
            max_zoom: fields.byte(101),
            bounds: Bounds {
                west: fields.degrees(102),
                south: fields.degrees(106),
                east: fields.degrees(110),
                north: fields.degrees(114),
            },
            center: Center {
                zoom: f64::from(fields.byte(118)),
                longitude: fields.degrees(119),
                latitude: fields.degrees(123),
            },
        })
    }

    /// How directories and metadata are packed, if that is known.
    pub(super) fn internal(&self) -> Option<Compression> {
        compression(self.internal_compression)
    }

    /// How tiles are said to be packed, if that is known.
    pub(super) fn tiles(&self) -> Option<Compression> {
        compression(self.tile_compression)
    }

    /// What the tiles are said to be, if that is known.
    pub(super) fn kind(&self) -> Option<Kind> {
        Some(match self.tile_type {
            1 => Kind::Mvt,
            2 => Kind::Png,
            3 => Kind::Jpeg,
            4 => Kind::Webp,
            5 => Kind::Avif,
            6 => Kind::Mlt,
            _ => return None,
        })
    }
}

fn compression(written: u8) -> Option<Compression> {
    Some(match written {
        1 => Compression::None,
        2 => Compression::Gzip,
        3 => Compression::Brotli,
        4 => Compression::Zstd,
        _ => return None,
    })
}

/// The bytes of a whole header. Numbers are little endian.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        (bytes.len() as u64 == SIZE).then_some(Self(bytes))
    }

    fn byte(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or_default()
    }

    fn number(&self, at: usize) -> u64 {
        (0..8).rev().fold(0, |number, index| {
            number << 8 | u64::from(self.byte(at + index))
        })
    }

    fn section(&self, at: usize) -> Section {
        Section {
            offset: self.number(at),
            length: self.number(at + 8),
        }
    }

    /// Degrees are written as ten millionths.
    fn degrees(&self, at: usize) -> f64 {
        let bytes = [0, 1, 2, 3].map(|index| self.byte(at + index));
        f64::from(i32::from_le_bytes(bytes)) / 1e7
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_field_is_read_from_its_place(
            numbers in proptest::array::uniform11(any::<u64>()),
            bytes in proptest::array::uniform6(any::<u8>()),
            degrees in proptest::array::uniform4(any::<i32>()),
            center in (any::<u8>(), any::<i32>(), any::<i32>()),
        ) {
            let mut written = b"PMTiles\x03".to_vec();
            for number in numbers {
                written.extend_from_slice(&number.to_le_bytes());
            }
            written.extend_from_slice(&bytes);
            for degree in degrees {
                written.extend_from_slice(&degree.to_le_bytes());
            }
            written.push(center.0);
            written.extend_from_slice(&center.1.to_le_bytes());
            written.extend_from_slice(&center.2.to_le_bytes());
            prop_assert_eq!(written.len() as u64, SIZE);

            let header = Header::read(&written, &mut Findings::new(false)).unwrap();
            prop_assert_eq!(header.root, Section { offset: numbers[0], length: numbers[1] });
            prop_assert_eq!(header.data, Section { offset: numbers[6], length: numbers[7] });
            prop_assert_eq!([header.addressed, header.entries, header.contents], [numbers[8], numbers[9], numbers[10]]);
            prop_assert_eq!([header.tile_type, header.min_zoom, header.max_zoom], [bytes[3], bytes[4], bytes[5]]);
            let written = (f64::from(degrees[3]), f64::from(center.2));
            let read = (header.bounds.north * 1e7, header.center.latitude * 1e7);
            prop_assert!((written.0 - read.0).abs() < 0.01 && (written.1 - read.1).abs() < 0.01);
        }
    }
}
