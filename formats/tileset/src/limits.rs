//! How much of a tileset is looked at, and how much is kept.
//!
//! Nothing is ever inflated, walked or kept beyond these, whatever the file's own headers promise. What SQLite may do has
//! limits of its own, beside the code that sets them: `mbtiles::guard` and `mbtiles::budget`.

/// Most bytes of one tile, packed or unpacked. Real tiles have a few hundred kilobytes; browsers give up long before this.
pub const TILE: usize = 20 * MIB;

/// Tiles of more bytes than this are slow on phones; some hosts refuse them.
pub const LARGE_TILE: u64 = 512_000;

/// How many tiles of each zoom are drawn by lot for a closer look, beside the first, the largest and the smallest.
pub const SAMPLE: usize = 4;

/// Most bytes that the tiles of a sample may have, packed and unpacked, all together. The rest of it is not looked at.
pub const SAMPLED: u64 = 256 * MIB as u64;

/// The same where `strict` asks for every tile to be looked at, after the sample.
pub const ALL_TILES: u64 = 4 * 1024 * MIB as u64;

/// Most distinct layer names that are remembered.
pub const LAYERS: usize = 500;

/// Most fields of one layer that are kept.
pub const FIELDS: usize = 500;

/// Most bytes that all layers together may have as JSON text, so that the metadata stays below its limit.
pub const LAYERS_JSON: usize = 768 * 1024;

/// Most characters of a text that is kept: name, description, attribution.
pub const TEXT: usize = 2000;

/// Most characters of a text that are looked at to make it safe.
pub const READ: usize = 64 * 1024;

/// Most characters of a word that is kept: a layer's id, a field's name, a version.
pub const WORD: usize = 255;

/// Most rows of an MBTiles `metadata` table that are read.
pub const METADATA_ROWS: usize = 1000;

/// Most bytes of one value of the metadata, and of the JSON metadata of PMTiles once it is unpacked.
pub const METADATA: usize = 8 * MIB;

/// Most bytes of all values of the metadata together.
pub const METADATA_TOTAL: usize = 16 * MIB;

/// Most rows whose places are remembered to find one that is there twice, where no index forbids that.
pub const REMEMBERED_PLACES: usize = 4_000_000;

/// Most bytes of one PMTiles directory, packed or unpacked.
pub const DIRECTORY: usize = 16 * MIB;

/// Most levels of PMTiles directories below the root; the specification advises one.
pub const DIRECTORY_DEPTH: usize = 3;

/// Most entries of all PMTiles directories together, in any archive. The whole planet has a fifth of it.
pub const ENTRIES: u64 = 1 << 30;

/// Most entries of all PMTiles directories together that need no bytes to show for it.
pub const ENTRIES_FREE: u64 = 1 << 20;

/// Most entries for each packed byte of directories, beyond [`ENTRIES_FREE`]. Real directories pack an entry into one
/// to four bytes.
pub const ENTRIES_PER_BYTE: u64 = 16;

/// Most findings that are listed; the rest are counted.
pub const FINDINGS: usize = 100;

const MIB: usize = 1 << 20;
