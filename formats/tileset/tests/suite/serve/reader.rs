//! Readers of both containers that share nothing with the format: what they give is what the format has to give.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::GzDecoder;
use rusqlite::Connection;
use tempfile::NamedTempFile;

/// Every tile by zoom, column and row from the north, as it is stored.
pub(crate) type Tiles = BTreeMap<(u32, u32, u32), Vec<u8>>;

/// Reads either container.
pub(crate) fn read(bytes: &[u8]) -> Tiles {
    if bytes.starts_with(b"PMTiles") {
        read_pmtiles(bytes)
    } else {
        read_mbtiles(bytes)
    }
}

/// Plain SQL, as the specification of MBTiles has it.
fn read_mbtiles(bytes: &[u8]) -> Tiles {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let address = format!("file:{}?immutable=1", file.path().display());
    let connection = Connection::open(address).unwrap();
    let sql =
        "SELECT zoom_level, tile_column, (1 << zoom_level) - 1 - tile_row, tile_data FROM tiles
               WHERE length(tile_data) > 0";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The specification of PMTiles 3, section by section, for archives that are packed with gzip or not at all.
fn read_pmtiles(bytes: &[u8]) -> Tiles {
    let number = |at: usize| {
        let bytes: [u8; 8] = bytes[at..at + 8].try_into().unwrap();
        usize::try_from(u64::from_le_bytes(bytes)).unwrap()
    };
    let archive = Archive {
        bytes,
        leaves: number(40),
        data: number(56),
        is_packed: bytes[97] == 2,
    };
    let mut tiles = Tiles::new();
    archive.directory(number(8), number(16), &mut tiles);
    tiles
}

struct Archive<'a> {
    bytes: &'a [u8],
    leaves: usize,
    data: usize,
    is_packed: bool,
}

impl Archive<'_> {
    fn directory(&self, offset: usize, length: usize, tiles: &mut Tiles) {
        let packed = &self.bytes[offset..offset + length];
        let mut bytes = Vec::new();
        if self.is_packed {
            GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
        } else {
            bytes.extend_from_slice(packed);
        }
        let mut rest = bytes.as_slice();
        let count = usize::try_from(varint(&mut rest)).unwrap();
        let mut column = || (0..count).map(|_| varint(&mut rest)).collect::<Vec<_>>();
        let (steps, runs, lengths, offsets) = (column(), column(), column(), column());
        let (mut id, mut end) = (0, 0);
        for index in 0..count {
            id += steps[index];
            let start = match offsets[index] {
                0 => end,
                written => written - 1,
            };
            end = start + lengths[index];
            let [start, length] = [start, lengths[index]].map(|it| usize::try_from(it).unwrap());
            if runs[index] == 0 {
                self.directory(self.leaves + start, length, tiles);
            }
            for tile in id..id + runs[index] {
                let content = &self.bytes[self.data + start..self.data + start + length];
                tiles.insert(place(tile), content.to_vec());
            }
        }
    }
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let length = 1 + bytes.iter().position(|byte| byte & 0x80 == 0).unwrap();
    let number = bytes[..length].iter().rev();
    let number = number.fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f));
    *bytes = &bytes[length..];
    number
}

/// The textbook's walk along a Hilbert curve, from the smallest square to the largest.
fn place(id: u64) -> (u32, u32, u32) {
    let (mut zoom, mut first) = (0, 0);
    while id >= first + (1 << (2 * zoom)) {
        first += 1 << (2 * zoom);
        zoom += 1;
    }
    let (mut x, mut y, mut rest) = (0_u32, 0_u32, id - first);
    for level in 0..zoom {
        let side = 1_u32 << level;
        let (right, up) = match rest & 3 {
            0 => (0, 0),
            1 => (0, 1),
            2 => (1, 1),
            _ => (1, 0),
        };
        if up == 0 {
            if right == 1 {
                (x, y) = (side - 1 - x, side - 1 - y);
            }
            (x, y) = (y, x);
        }
        x += side * right;
        y += side * up;
        rest >>= 2;
    }
    (zoom, x, y)
}
