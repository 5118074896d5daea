//! PMTiles made by hand, so that they can be wrong in any way.

use std::collections::HashMap;

use crate::support::{gzip, png, vector_tile};

/// An archive in the making: every field of the header, directories and tiles.
#[derive(Clone)]
pub(crate) struct Archive {
    pub(crate) version: u8,
    pub(crate) root: Directory,
    pub(crate) leaves: Vec<u8>,
    pub(crate) metadata: Vec<u8>,
    pub(crate) data: Vec<u8>,
    /// Addressed tiles, entries, contents.
    pub(crate) counts: [u64; 3],
    pub(crate) clustered: u8,
    pub(crate) internal_compression: u8,
    pub(crate) tile_compression: u8,
    pub(crate) tile_type: u8,
    pub(crate) zooms: [u8; 2],
    /// West, south, east, north, in ten millionths of a degree.
    pub(crate) bounds: [i32; 4],
    pub(crate) center: (u8, i32, i32),
    /// Packs directories and metadata.
    pub(crate) pack: fn(&[u8]) -> Vec<u8>,
    /// Changes the file once it is written.
    pub(crate) finish: fn(&mut Vec<u8>),
}

/// An entry: tile id, run length, offset and length of its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry(
    pub(crate) u64,
    pub(crate) u64,
    pub(crate) u64,
    pub(crate) u64,
);

/// A directory in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory(pub(crate) Vec<Entry>);

impl Directory {
    /// As it is written, unpacked.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        varint(self.0.len() as u64, &mut bytes);
        let mut last = 0;
        for Entry(id, ..) in &self.0 {
            varint(id.wrapping_sub(last), &mut bytes);
            last = *id;
        }
        for Entry(_, run, ..) in &self.0 {
            varint(*run, &mut bytes);
        }
        for Entry(.., length) in &self.0 {
            varint(*length, &mut bytes);
        }
        for Entry(_, _, offset, _) in &self.0 {
            varint(offset + 1, &mut bytes);
        }
        bytes
    }
}

fn varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
}

impl Archive {
    /// One content for each id, those that are equal stored once.
    fn of_tiles(tiles: &[Vec<u8>]) -> Self {
        let mut data = Vec::new();
        let mut known = HashMap::new();
        let mut root = Directory::default();
        for (id, tile) in (0..).zip(tiles) {
            let offset = *known.entry(tile).or_insert_with(|| {
                data.extend_from_slice(tile);
                (data.len() - tile.len()) as u64
            });
            root.0.push(Entry(id, 1, offset, tile.len() as u64));
        }
        let addressed = tiles.len() as u64;
        Self {
            version: 3,
            root,
            leaves: Vec::new(),
            metadata: b"{}".to_vec(),
            data,
            counts: [addressed, addressed, known.len() as u64],
            clustered: 1,
            internal_compression: 2,
            tile_compression: 1,
            tile_type: 2,
            zooms: [0, 1],
            bounds: [-1_800_000_000, -850_511_287, 1_800_000_000, 850_511_287],
            center: (0, 0, 0),
            pack: gzip,
            finish: |_| {},
        }
    }

    /// PNG images of zooms 0 and 1, with nothing to complain about.
    pub(crate) fn raster() -> Self {
        let tiles: Vec<_> = (0..5_u8).map(|id| [png(512), vec![id]].concat()).collect();
        Self::of_tiles(&tiles)
    }

    /// Vector tiles of zooms 0 and 1, with nothing to complain about.
    pub(crate) fn vector() -> Self {
        let tiles = vec![gzip(&vector_tile("roads")); 5];
        Self {
            tile_type: 1,
            tile_compression: 2,
            metadata: br#"{"name":"Roads","vector_layers":[{"id":"roads","fields":{}}]}"#.to_vec(),
            ..Self::of_tiles(&tiles)
        }
    }

    /// The same with all entries in a leaf directory, and that in another, so many levels deep.
    pub(crate) fn nested(mut self, levels: usize) -> Self {
        for _ in 0..levels {
            let leaf = (self.pack)(&self.root.bytes());
            let first = self.root.0.first().map_or(0, |entry| entry.0);
            let offset = self.leaves.len() as u64;
            self.leaves.extend_from_slice(&leaf);
            self.root = Directory(vec![Entry(first, 0, offset, leaf.len() as u64)]);
        }
        self
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let root = (self.pack)(&self.root.bytes());
        let metadata = (self.pack)(&self.metadata);
        let mut bytes = b"PMTiles".to_vec();
        bytes.push(self.version);
        let mut offset = 127;
        for section in [&root, &metadata, &self.leaves, &self.data] {
            bytes.extend_from_slice(&u64::to_le_bytes(offset));
            bytes.extend_from_slice(&(section.len() as u64).to_le_bytes());
            offset += section.len() as u64;
        }
        for count in self.counts {
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        bytes.extend_from_slice(&[
            self.clustered,
            self.internal_compression,
            self.tile_compression,
            self.tile_type,
        ]);
        bytes.extend_from_slice(&self.zooms);
        for degrees in self.bounds {
            bytes.extend_from_slice(&degrees.to_le_bytes());
        }
        let (zoom, longitude, latitude) = self.center;
        bytes.push(zoom);
        bytes.extend_from_slice(&longitude.to_le_bytes());
        bytes.extend_from_slice(&latitude.to_le_bytes());
        for section in [&root, &metadata, &self.leaves, &self.data] {
            bytes.extend_from_slice(section);
        }
        (self.finish)(&mut bytes);
        bytes
    }
}
