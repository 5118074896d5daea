//! One pass over all tiles: where they lie and how long they are, without reading any.

use std::ops::ControlFlow;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::database::Database;
use crate::codes::mbtiles::{
    BESIDE_GRID, EMPTY_TILE, NO_TILE, OUTSIDE_GRID, TILE_LARGE, TOO_MANY_STEPS,
};
use crate::extent::Extent;
use crate::findings::Findings;
use crate::limits;
use crate::place::{DEEPEST, Place, ZOOMS};
use crate::stop::Stop;
use crate::tally::Tally;
use crate::text::{grouped, quote};
use crate::tile::Sample;

/// The query. Types and lengths are in the header of each record, so the tiles themselves stay on disk.
pub(super) const SQL: &str = "SELECT zoom_level, tile_column, tile_row, typeof(tile_data), octet_length(tile_data) FROM tiles";

/// What the tiles of one zoom cover.
pub(super) type Zooms = [Option<Extent>; ZOOMS];

/// What the pass came to.
#[derive(Debug)]
pub(super) struct Scan {
    /// Of each zoom that has tiles, what they cover.
    pub(super) zooms: Zooms,
    /// Which tiles to look into, with their lengths.
    pub(super) sample: Sample<u64>,
    /// How many bytes all tiles have together, those that share their bytes counted each.
    pub(super) bytes: u64,
    /// The numbers of all places, as long as there are not too many.
    pub(super) places: Option<Vec<u64>>,
    rows: u64,
    outside: Tally<String>,
    beside: Tally<String>,
    empty: Tally<Place>,
    large: Tally<(Place, u64)>,
    largest: u64,
}

/// A row, once it is known to be a tile of the grid.
pub(super) enum Found {
    /// A tile of so many bytes.
    Tile(Place, u64),
    /// A place without data.
    Empty(Place),
    /// A row just outside the grid, in words.
    Beside(String),
    /// No tile at all, in words.
    Outside(String),
}

impl Scan {
    /// Makes the pass, over no more than so many rows. `remember` keeps the places, to find one that is there twice.
    pub(super) fn run(database: &Database, most_rows: u64, remember: bool) -> Result<Self, Stop> {
        let mut scan = Self {
            zooms: [None; ZOOMS],
            sample: Sample::default(),
            bytes: 0,
            places: remember.then(Vec::new),
            rows: 0,
            outside: Tally::default(),
            beside: Tally::default(),
            empty: Tally::default(),
            large: Tally::default(),
            largest: 0,
        };
        database.rows(SQL, [], |row| {
            scan.add(read(row)?);
            Ok(if scan.rows > most_rows {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
        if scan.rows > most_rows {
            let message = "the view of the tiles gives far more rows than there are in all tables that it joins";
            return Err(Stop::Refused(TOO_MANY_STEPS.error(message)));
        }
        Ok(scan)
    }

    fn add(&mut self, found: Found) {
        self.rows += 1;
        match found {
            Found::Outside(words) => self.outside.add(|| words),
            Found::Beside(words) => self.beside.add(|| words),
            Found::Empty(place) => {
                self.empty.add(|| place);
                self.remember(place);
            }
            Found::Tile(place, length) => {
                self.remember(place);
                let zoom = &mut self.zooms[usize::from(place.zoom)];
                *zoom = Some(zoom.map_or(Extent::of(place), |extent| extent.with(place)));
                self.sample.offer(place, length, length);
                self.bytes = self.bytes.saturating_add(length);
                if length > limits::LARGE_TILE {
                    self.add_large(place, length);
                }
            }
        }
    }

    /// Keeps the largest of those that are too large.
    fn add_large(&mut self, place: Place, length: u64) {
        if length > self.largest {
            self.largest = length;
            self.large.replace_first((place, length));
        }
        self.large.add(|| (place, length));
    }

    fn remember(&mut self, place: Place) {
        if let Some(places) = &mut self.places {
            if places.len() < limits::REMEMBERED_PLACES {
                places.push(place.number());
            } else {
                self.places = None;
            }
        }
    }

    /// Whether a tile has more bytes than are ever read.
    pub(super) fn has_too_large(&self) -> bool {
        self.largest > limits::TILE as u64
    }

    /// How many tiles there are, those without data not counted.
    pub(super) fn tiles(&self) -> u64 {
        self.zooms.iter().flatten().map(|extent| extent.count).sum()
    }

    /// Says what is wrong with the rows.
    pub(super) fn report(&self, findings: &mut Findings) {
        if let Some((words, others)) = self.outside.first() {
            findings.report(&OUTSIDE_GRID, format!("{words}{others}"));
        }
        if let Some((words, others)) = self.beside.first() {
            let message = format!("{words}: ignored, and never served{others}");
            findings.report(&BESIDE_GRID, message);
        }
        if let Some((place, _)) = self.empty.first() {
            let message = format!(
                "{} of {} tiles have no data, such as {place}: served as missing",
                grouped(self.empty.count()),
                grouped(self.rows)
            );
            findings.report(&EMPTY_TILE, message);
        }
        if let Some(((place, length), others)) = self.large.first() {
            let message = format!(
                "tile {place} has {} bytes: slow on phones{others}",
                grouped(*length)
            );
            findings.report(&TILE_LARGE, message);
        }
        if self.tiles() == 0 {
            let message = match self.rows {
                0 => "the tileset has no tile".to_owned(),
                rows => format!(
                    "none of the {} rows of tiles is a tile with data",
                    grouped(rows)
                ),
            };
            findings.report(&NO_TILE, message);
        }
    }
}

/// Reads a row of the query.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    let (Some(zoom), Some(column), Some(tile_row)) = (
        integer(row.get_ref(0)?),
        integer(row.get_ref(1)?),
        integer(row.get_ref(2)?),
    ) else {
        let mut words = Vec::new();
        for (index, name) in ["zoom_level", "tile_column", "tile_row"].iter().enumerate() {
            words.push(format!("{name}={}", describe(row.get_ref(index)?)));
        }
        return Ok(Found::Outside(format!(
            "tile {}: not whole numbers",
            words.join(" ")
        )));
    };
    let place = match place(zoom, column, tile_row) {
        Ok(place) => place,
        Err(found) => return Ok(found),
    };
    let length = integer(row.get_ref(4)?).and_then(|length| u64::try_from(length).ok());
    Ok(
        match (row.get_ref(3)?.as_str().unwrap_or_default(), length) {
            ("null", _) | ("blob", None | Some(0)) => Found::Empty(place),
            ("blob", Some(length)) => Found::Tile(place, length),
            (other, _) => Found::Outside(format!("tile {place}: tile_data is {other}, not a blob")),
        },
    )
}

/// The place of a row. Rows are counted from the south here.
fn place(zoom: i64, column: i64, row: i64) -> Result<Place, Found> {
    let words = || format!("tile zoom_level={zoom} tile_column={column} tile_row={row}");
    let Some(zoom) = u8::try_from(zoom).ok().filter(|zoom| *zoom <= DEEPEST) else {
        return Err(Found::Outside(format!(
            "{}: zooms are 0 to {DEEPEST}",
            words()
        )));
    };
    let side = Place::side(zoom).cast_signed();
    for (axis, value) in [("tile_column", column), ("tile_row", row)] {
        if !(0..side).contains(&value) {
            let words = format!(
                "{}: {axis} must be 0 to {} at zoom {zoom}",
                words(),
                side - 1
            );
            let other = if axis == "tile_column" { row } else { column };
            let is_beside = [-1, side].contains(&value) && (-1..=side).contains(&other);
            return Err(if is_beside {
                Found::Beside(words)
            } else {
                Found::Outside(words)
            });
        }
    }
    Place::of_tms(i64::from(zoom), column, row).ok_or_else(|| Found::Outside(words()))
}

fn integer(value: ValueRef<'_>) -> Option<i64> {
    value.as_i64().ok()
}

fn describe(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => quote(&String::from_utf8_lossy(text)),
        ValueRef::Blob(_) => "bytes".to_owned(),
    }
}
