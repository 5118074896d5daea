//! The codes of MBTiles, in the order in which a file is looked at.
//!
//! | code | strict | lenient | what was found |
//! |---|---|---|---|
//! | `MB001` | error | error | the content is not an SQLite database |
//! | `MB002` | error | error | the file has another size than its header says |
//! | `MB003` | error | error | the database is damaged |
//! | `MB004` | error | warning | the database is in WAL mode |
//! | `MB005` | error | error | `tiles` or `metadata` is missing, or a column of theirs |
//! | `MB006` | error | error | the database computes what a tileset need not compute |
//! | `MB007` | error | error | there is no tile |
//! | `MB008` | error | error | reading the database takes too many steps |
//! | `MB010` | error | warning | the metadata names no `name` |
//! | `MB011` | error | warning | the metadata names no `format` |
//! | `MB012` | error | warning | the `format` is not a value of MBTiles 1.3 |
//! | `MB013` | warning | warning | the tiles are something else than is declared |
//! | `MB013` | error | error | the tiles are nothing that is known |
//! | `MB014` | error | error | the tiles are of several kinds |
//! | `MB015` | error | warning | the tiles are not compressed as they should be |
//! | `MB015` | error | error | the tiles are compressed twice |
//! | `MB020` | error | warning | the bounds are missing or not four numbers |
//! | `MB021` | error | warning | the bounds lie outside the world |
//! | `MB022` | error | warning | the bounds are crossed |
//! | `MB022` | warning | warning | the bounds have no area |
//! | `MB023` | warning | warning | the bounds and the tiles disagree |
//! | `MB024` | warning | info | the center is malformed, or outside bounds and zooms |
//! | `MB030` | error | warning | `minzoom` or `maxzoom` is missing or not 0 to 30 |
//! | `MB031` | warning | warning | `minzoom` or `maxzoom` and the tiles disagree |
//! | `MB032` | warning | info | a zoom between the first and the last has no tile |
//! | `MB040` | error | warning | the `json` of vector tiles is missing or not an object |
//! | `MB041` | error | warning | `vector_layers` is missing or malformed |
//! | `MB042` | warning | info | a layer is described twice, or at zooms that the tileset has not |
//! | `MB043` | warning | warning | the tiles hold a layer that is not described |
//! | `MB050` | error | error | a row of `tiles` is not a tile of the grid |
//! | `MB050` | error | warning | a row lies just outside the grid |
//! | `MB051` | warning | warning | a tile has no data |
//! | `MB052` | error | warning | there is no unique index, or a tile is there twice |
//! | `MB053` | error | warning | a tile is damaged, or of an unusual size |
//! | `MB054` | warning | warning | a tile is large |
//! | `MB055` | error | error | a tile expands to too much |
//! | `MB060` | error | warning | the `scheme` is not `tms` |
//! | `MB061` | error | warning | the content is not what `agg_tiles_hash` says |
//! | `MB062` | warning | warning | a name appears twice in the metadata |
//! | `MB063` | error | error | the file is a patch, not a tileset |
//! | `MB070` | warning | warning | the metadata holds HTML or scripts |
//! | `MB071` | info | info | the database has triggers |
//! | `MB072` | info | info | the metadata names paths of the machine that made it |

use cellier_sdk::Severity::{Error as E, Info as I, Warning as W};

use super::Code;

/// The content is not an SQLite database.
pub const NOT_SQLITE: Code = Code::new("MB001", E, E, "upload an .mbtiles or a .pmtiles file");
/// The file has another size than its header says.
pub const CUT_OFF: Code = Code::new("MB002", E, E, "build the file again and upload all of it");
/// The database is damaged.
pub const DAMAGED: Code = Code::new(
    "MB003",
    E,
    E,
    "build the file again; what can be saved, the `.recover` command of sqlite3 saves",
);
/// The database is in WAL mode.
pub const WAL: Code = Code::new(
    "MB004",
    E,
    W,
    "run: sqlite3 FILE \"PRAGMA journal_mode=DELETE\", then upload the file again",
);
/// `tiles` or `metadata` is missing, or a column of theirs.
pub const TABLE_MISSING: Code = Code::new(
    "MB005",
    E,
    E,
    "upload a database with the tables of MBTiles: metadata(name, value) and tiles(zoom_level, tile_column, tile_row, tile_data)",
);
/// The database computes what a tileset need not compute.
pub const COMPUTED: Code = Code::new(
    "MB006",
    E,
    E,
    "let tables hold the tiles, and let views only join them by their columns",
);
/// There is no tile.
pub const NO_TILE: Code = Code::new(
    "MB007",
    E,
    E,
    "check the step of the build that writes the tiles",
);
/// Reading the database takes too many steps.
pub const TOO_MANY_STEPS: Code = Code::new(
    "MB008",
    E,
    E,
    "give every table that a view joins a unique index on the columns that it is joined by",
);
/// The metadata names no `name`.
pub const NAME_MISSING: Code = Code::new(
    "MB010",
    E,
    W,
    "run: INSERT INTO metadata VALUES('name','…')",
);
/// The metadata names no `format`.
pub const FORMAT_MISSING: Code = Code::new(
    "MB011",
    E,
    W,
    "run: INSERT INTO metadata VALUES('format','…') with pbf, png, jpg or webp",
);
/// The `format` is not a value of MBTiles 1.3.
pub const FORMAT_UNKNOWN: Code =
    Code::new("MB012", E, W, "write pbf, png, jpg, webp or a media type");
/// The tiles are something else than is declared.
pub const KIND_DIFFERS: Code = Code::new("MB013", W, W, "declare what the tiles are");
/// The tiles are nothing that is known.
pub const KIND_UNKNOWN: Code = Code::new(
    "MB013",
    E,
    E,
    "let the tiles be vector tiles or PNG, JPEG, WebP, GIF or AVIF images",
);
/// The tiles are of several kinds.
pub const KINDS_MIXED: Code = Code::new(
    "MB014",
    E,
    E,
    "make one tileset for each kind of tiles, or convert them to one kind",
);
/// The tiles are not compressed as they should be.
pub const COMPRESSION: Code = Code::new(
    "MB015",
    E,
    W,
    "compress vector tiles with gzip, all of them, and images not at all",
);
/// The tiles are compressed twice.
pub const COMPRESSED_TWICE: Code = Code::new("MB015", E, E, "compress the tiles once, with gzip");
/// The bounds are missing or not four numbers.
pub const BOUNDS_MALFORMED: Code = Code::new(
    "MB020",
    E,
    W,
    "write the row bounds as west,south,east,north in degrees",
);
/// The bounds lie outside the world.
pub const BOUNDS_OUTSIDE: Code = Code::new(
    "MB021",
    E,
    W,
    "write bounds within -180,-90,180,90, as west,south,east,north",
);
/// The bounds are crossed.
pub const BOUNDS_CROSSED: Code = Code::new(
    "MB022",
    E,
    W,
    "write west before east and south before north; across the antimeridian write -180 and 180",
);
/// The bounds have no area.
pub const BOUNDS_FLAT: Code = Code::new(
    "MB022",
    W,
    W,
    "write bounds with an area, such as those of the tiles",
);
/// The bounds and the tiles disagree.
pub const BOUNDS_DIFFER: Code =
    Code::new("MB023", W, W, "write the bounds of what the tiles cover");
/// The center is malformed, or outside bounds and zooms.
pub const CENTER: Code = Code::new(
    "MB024",
    W,
    I,
    "write the row center as longitude,latitude,zoom within bounds and zooms",
);
/// `minzoom` or `maxzoom` is missing or not 0 to 30.
pub const ZOOM_MALFORMED: Code = Code::new(
    "MB030",
    E,
    W,
    "write the rows minzoom and maxzoom as whole numbers from 0 to 30",
);
/// `minzoom` or `maxzoom` and the tiles disagree.
pub const ZOOM_DIFFERS: Code = Code::new("MB031", W, W, "declare the zooms that the tiles have");
/// A zoom between the first and the last has no tile.
pub const ZOOM_GAP: Code = Code::new("MB032", W, I, "build the tiles of this zoom as well");
/// The `json` of vector tiles is missing or not an object.
pub const JSON: Code = Code::new(
    "MB040",
    E,
    W,
    "write the row json as an object with the key vector_layers",
);
/// `vector_layers` is missing or malformed.
pub const LAYERS: Code = Code::new(
    "MB041",
    E,
    W,
    "write vector_layers as an array of objects with a text id and an object fields",
);
/// A layer is described twice, or at zooms that the tileset has not.
pub const LAYER_ODD: Code = Code::new(
    "MB042",
    W,
    I,
    "describe every layer once, with zooms within those of the tileset",
);
/// The tiles hold a layer that is not described.
pub const LAYER_UNKNOWN: Code = Code::new("MB043", W, W, "describe the layer in vector_layers");
/// A row of `tiles` is not a tile of the grid.
pub const OUTSIDE_GRID: Code = Code::new(
    "MB050",
    E,
    E,
    "delete the row, or mend the program that wrote it",
);
/// A row lies just outside the grid.
pub const BESIDE_GRID: Code = Code::new(
    "MB050",
    E,
    W,
    "delete the row: nobody can ever ask for the tile",
);
/// A tile has no data.
pub const EMPTY_TILE: Code = Code::new("MB051", W, W, "delete the row, or build the tile again");
/// There is no unique index, or a tile is there twice.
pub const NOT_UNIQUE: Code = Code::new(
    "MB052",
    E,
    W,
    "run: CREATE UNIQUE INDEX tile_index ON tiles(zoom_level, tile_column, tile_row)",
);
/// A tile is damaged, or of an unusual size.
pub const TILE_DAMAGED: Code = Code::new(
    "MB053",
    E,
    W,
    "build the tile again; images have 256 or 512 pixels each way",
);
/// A tile is large.
pub const TILE_LARGE: Code = Code::new(
    "MB054",
    W,
    W,
    "drop or simplify features at this zoom, or compress images more",
);
/// A tile expands to too much.
pub const TILE_BOMB: Code = Code::new("MB055", E, E, "keep every tile below 20 MiB, unpacked");
/// The `scheme` is not `tms`.
pub const SCHEME: Code = Code::new(
    "MB060",
    E,
    W,
    "number the rows of MBTiles from south to north, and drop the row scheme",
);
/// The content is not what `agg_tiles_hash` says.
pub const HASH_DIFFERS: Code = Code::new(
    "MB061",
    E,
    W,
    "build the tileset again, or run: mbtiles validate --agg-hash update FILE",
);
/// A name appears twice in the metadata.
pub const NAME_TWICE: Code = Code::new("MB062", W, W, "keep one row of each name");
/// The file is a patch, not a tileset.
pub const PATCH: Code = Code::new(
    "MB063",
    E,
    E,
    "apply the patch to the tileset that it was made for, and upload the result",
);
/// The metadata holds HTML or scripts.
pub const MARKUP: Code = Code::new(
    "MB070",
    W,
    W,
    "write plain text; attribution may hold links",
);
/// The database has triggers.
pub const TRIGGERS: Code = Code::new(
    "MB071",
    I,
    I,
    "nothing runs them here; drop them if nobody else does",
);
/// The metadata names paths of the machine that made it.
pub const LOCAL_PATHS: Code = Code::new(
    "MB072",
    I,
    I,
    "they are not shown here, but whoever downloads the file can read them: delete them before you publish",
);

/// All of them, in the order of the table.
pub const ALL: &[Code] = &[
    NOT_SQLITE,
    CUT_OFF,
    DAMAGED,
    WAL,
    TABLE_MISSING,
    COMPUTED,
    NO_TILE,
    TOO_MANY_STEPS,
    NAME_MISSING,
    FORMAT_MISSING,
    FORMAT_UNKNOWN,
    KIND_DIFFERS,
    KIND_UNKNOWN,
    KINDS_MIXED,
    COMPRESSION,
    COMPRESSED_TWICE,
    BOUNDS_MALFORMED,
    BOUNDS_OUTSIDE,
    BOUNDS_CROSSED,
    BOUNDS_FLAT,
    BOUNDS_DIFFER,
    CENTER,
    ZOOM_MALFORMED,
    ZOOM_DIFFERS,
    ZOOM_GAP,
    JSON,
    LAYERS,
    LAYER_ODD,
    LAYER_UNKNOWN,
    OUTSIDE_GRID,
    BESIDE_GRID,
    EMPTY_TILE,
    NOT_UNIQUE,
    TILE_DAMAGED,
    TILE_LARGE,
    TILE_BOMB,
    SCHEME,
    HASH_DIFFERS,
    NAME_TWICE,
    PATCH,
    MARKUP,
    TRIGGERS,
    LOCAL_PATHS,
];
