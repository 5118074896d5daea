//! A published tileset is a map: what is answered below `/tiles`.
//!
//! | request | answer | file |
//! |---|---|---|
//! | `/tiles?after=&limit=` | the tilesets that the caller may see | `list` |
//! | `/tiles/NAME` | TileJSON 3.0 | `tilejson` |
//! | `/tiles/NAME/Z/X/Y` | a tile; an extension may follow if it is the right one | `tile`, `coding` |
//! | `/tiles/NAME/style.json` | a style for MapLibre | `style` |
//! | `/tiles/NAME/stats` | how many tiles of which sizes | `stats` |
//! | `/tiles/NAME/archive` | the file itself, for clients that read ranges of it | `archive` |
//!
//! `NAME` may be `NAME@SELECTOR`, where the selector is a revision or a tag; without one it is `latest`. `route` reads all
//! that, and `published` finds what it means. `kind` knows what clients call the kinds of tiles, `language` chooses among
//! titles, and `refusal` words what goes wrong.

mod archive;
mod coding;
mod kind;
mod language;
mod list;
mod published;
mod refusal;
mod route;
mod stats;
mod style;
mod tile;
mod tilejson;

use std::sync::Arc;

use cellier_sdk::{Failure, Registry, Request, Response, Sha256};

use self::route::Route;
use self::stats::Summary;
use crate::kept::Kept;
use crate::mbtiles::Databases;
use crate::pmtiles::Archives;

pub(crate) use self::refusal::respond;

/// Of how many tilesets the sizes of tiles are remembered; a few KiB each.
const MOST_SUMMARIES: usize = 256;

/// What is remembered between requests, all of it bounded: files that are open, directories, and sums.
///
/// Everything is found by the digest of a file, and what a digest names never changes, so no answer depends on it.
#[derive(Debug)]
pub(crate) struct Shelf {
    databases: Databases,
    archives: Archives,
    summaries: Kept<Sha256, Arc<Summary>>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            databases: Databases::default(),
            archives: Archives::default(),
            summaries: Kept::up_to(MOST_SUMMARIES),
        }
    }
}

/// Answers a read.
pub(crate) fn serve(
    shelf: &Shelf,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    match Route::of(&request.segments()).ok_or(Failure::NotFound)? {
        Route::List => list::serve(request, registry),
        Route::TileJson(address) => tilejson::serve(&address, request, registry),
        Route::Style(address) => style::serve(&address, request, registry),
        Route::Stats(address) => stats::serve(shelf, &address, request, registry),
        Route::Archive(address, extension) => archive::serve(&address, extension, registry),
        Route::Tile(address, asked) => tile::serve(shelf, &address, &asked, request, registry),
    }
}
