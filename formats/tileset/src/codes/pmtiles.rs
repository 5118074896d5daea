//! The codes of PMTiles, in the order in which an archive is looked at.
//!
//! | code | strict | lenient | what was found |
//! |---|---|---|---|
//! | `PM01` | error | error | the content is not a PMTiles archive of version 3 |
//! | `PM02` | error | error | the version is not 3 |
//! | `PM02` | error | warning | the version is the character `3`, not the number |
//! | `PM03` | error | error | the sections do not make up the file |
//! | `PM03` | error | warning | an empty section has no place |
//! | `PM04` | error | warning | the root directory is too large for the first request |
//! | `PM05` | error | error | a directory is malformed |
//! | `PM05` | error | warning | directories are nested |
//! | `PM06` | error | warning | the header counts other tiles than the directories |
//! | `PM07` | error | warning | the header has other zooms than the directories |
//! | `PM08` | error | warning | the bounds are outside the world or have no area |
//! | `PM09` | error | warning | the center is outside zooms or bounds |
//! | `PM10` | error | warning | the metadata is no JSON object, or lacks its layers |
//! | `PM11` | warning | warning | the archive is not clustered |
//! | `PM12` | error | warning | the tiles are not compressed as the header says |
//! | `PM13` | warning | warning | browsers cannot read the compression |
//! | `PM14` | error | error | the kind of tiles is unknown |
//! | `PM15` | error | error | there is no tile |

use cellier_sdk::Severity::{Error as E, Warning as W};

use super::Code;

/// The content is not a PMTiles archive of version 3.
pub const NOT_PMTILES: Code = Code::new(
    "PM01",
    E,
    E,
    "upload a PMTiles archive of version 3; `pmtiles convert` makes one of older versions and of MBTiles",
);
/// The version is not 3.
pub const VERSION: Code = Code::new("PM02", E, E, "convert the archive to version 3");
/// The version is the character `3`, not the number.
pub const VERSION_TEXT: Code = Code::new(
    "PM02",
    E,
    W,
    "write the archive again with a current program",
);
/// The sections do not make up the file.
pub const SECTIONS: Code = Code::new("PM03", E, E, "build the archive again and upload all of it");
/// An empty section has no place.
pub const SECTION_NOWHERE: Code = Code::new(
    "PM03",
    E,
    W,
    "write the archive again with a current program: `pmtiles verify` refuses it",
);
/// The root directory is too large for the first request.
pub const ROOT_LARGE: Code = Code::new(
    "PM04",
    E,
    W,
    "move entries into leaf directories: clients fetch 16384 bytes first",
);
/// A directory is malformed.
pub const DIRECTORY: Code = Code::new("PM05", E, E, "build the archive again");
/// Directories are nested.
pub const DIRECTORY_DEEP: Code = Code::new(
    "PM05",
    E,
    W,
    "write one level of leaf directories: each level costs clients a request",
);
/// The header counts other tiles than the directories.
pub const COUNTS: Code = Code::new(
    "PM06",
    E,
    W,
    "write the counts that the directories have, or 0 for unknown",
);
/// The header has other zooms than the directories.
pub const ZOOMS: Code = Code::new(
    "PM07",
    E,
    W,
    "write the zooms of the first and the last tile",
);
/// The bounds are outside the world or have no area.
pub const BOUNDS: Code = Code::new(
    "PM08",
    E,
    W,
    "write the bounds of what the tiles cover: without them clients show nothing",
);
/// The center is outside zooms or bounds.
pub const CENTER: Code = Code::new("PM09", E, W, "write a center within bounds and zooms");
/// The metadata is no JSON object, or lacks its layers.
pub const METADATA: Code = Code::new(
    "PM10",
    E,
    W,
    "write the metadata as a JSON object; vector tiles need the key vector_layers",
);
/// The archive is not clustered.
pub const NOT_CLUSTERED: Code = Code::new(
    "PM11",
    W,
    W,
    "run: pmtiles cluster FILE; extracts and clients fetch ordered tiles in fewer requests",
);
/// The tiles are not compressed as the header says.
pub const COMPRESSION: Code = Code::new("PM12", E, W, "write the compression that the tiles have");
/// Browsers cannot read the compression.
pub const NOT_FOR_BROWSERS: Code = Code::new(
    "PM13",
    W,
    W,
    "compress with gzip: pmtiles.js reads nothing else",
);
/// The kind of tiles is unknown.
pub const KIND: Code = Code::new(
    "PM14",
    E,
    E,
    "declare the kind of tiles: MVT, PNG, JPEG, WebP, AVIF or MLT",
);
/// There is no tile.
pub const NO_TILE: Code = Code::new(
    "PM15",
    E,
    E,
    "check the step of the build that writes the tiles",
);

/// All of them, in the order of the table.
pub const ALL: &[Code] = &[
    NOT_PMTILES,
    VERSION,
    VERSION_TEXT,
    SECTIONS,
    SECTION_NOWHERE,
    ROOT_LARGE,
    DIRECTORY,
    DIRECTORY_DEEP,
    COUNTS,
    ZOOMS,
    BOUNDS,
    CENTER,
    METADATA,
    NOT_CLUSTERED,
    COMPRESSION,
    NOT_FOR_BROWSERS,
    KIND,
    NO_TILE,
];
