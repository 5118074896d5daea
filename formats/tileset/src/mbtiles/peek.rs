//! Looking into tiles: into those of the sample, or into all of them.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use rusqlite::Row;

use super::database::{Database, TILE_VALUE};
use super::scan::Scan;
use crate::limits;
use crate::place::Place;
use crate::stop::Stop;
use crate::tile::{Hint, Survey};

/// What looking up one tile may take where an index leads to it. Joins of several tables take a few hundred steps.
const LOOKUP_STEPS: u64 = 20_000;

const LOOKUP: &str =
    "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";

const ALL: &str = "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles";

/// Looks into the tiles of the sample; then into all, where `all` asks for it and they are not too many.
pub(super) fn survey(
    database: &Database,
    scan: &Scan,
    hint: Hint,
    all: bool,
    file_size: u64,
) -> Result<Survey, Stop> {
    let most = if all {
        limits::ALL_TILES
    } else {
        limits::SAMPLED
    };
    let mut survey = Survey::new(hint, most);
    let readable = most_readable(file_size);
    let sample = scan.sample.places();
    database.with_long_values(TILE_VALUE, || {
        see_sample(database, scan, &mut survey, readable)?;
        if all && scan.bytes <= readable && !scan.has_too_large() {
            see_others(database, &sample, &mut survey)?;
        }
        Ok(survey)
    })
}

/// How many bytes of tiles are worth reading in one pass. Tiles that share their bytes are read once each, so a small file
/// may have more bytes of tiles than bytes; one that has very many more only wastes time.
pub(super) fn most_readable(file_size: u64) -> u64 {
    file_size.saturating_mul(4).saturating_add(1 << 30)
}

fn see_sample(
    database: &Database,
    scan: &Scan,
    survey: &mut Survey,
    readable: u64,
) -> Result<(), Stop> {
    let mut missed = HashMap::new();
    for (place, length) in scan.sample.drawn() {
        if length > limits::TILE as u64 {
            survey.see_too_large(place, length);
        } else if missed.is_empty() && look_up(database, place, survey)? {
            // An index led to it.
        } else {
            missed.insert(place, length);
        }
    }
    if missed.is_empty() {
        return Ok(());
    }
    pick(database, missed, survey, readable)
}

/// Looks into one tile; false if no index leads to it.
fn look_up(database: &Database, place: Place, survey: &mut Survey) -> Result<bool, Stop> {
    let row = Place::side(place.zoom) - 1 - u64::from(place.y);
    let parameters = (place.zoom, place.x, row.cast_signed());
    let found = database.within(LOOKUP_STEPS, || {
        database.rows(LOOKUP, parameters, |row| {
            if let Ok(tile) = row.get_ref(0)?.as_blob() {
                survey.see(place, tile);
            }
            Ok(ControlFlow::Break(()))
        })
    })?;
    Ok(found.is_some())
}

/// Picks tiles out of all of them, in one pass that ends with the last of them.
fn pick(
    database: &Database,
    mut wanted: HashMap<Place, u64>,
    survey: &mut Survey,
    readable: u64,
) -> Result<(), Stop> {
    let mut read = 0_u64;
    database.rows(ALL, [], |row| {
        if let Some((place, tile)) = tile(row)? {
            read = read.saturating_add(tile.len() as u64);
            if wanted.remove(&place).is_some() {
                survey.see(place, tile);
            }
        }
        Ok(if wanted.is_empty() || read > readable {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })
}

/// Looks into all tiles but those of the sample.
fn see_others(
    database: &Database,
    sample: &HashSet<Place>,
    survey: &mut Survey,
) -> Result<(), Stop> {
    database.rows(ALL, [], |row| {
        Ok(match tile(row)? {
            Some((place, tile)) if !sample.contains(&place) && !survey.see(place, tile) => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        })
    })
}

/// The tile of a row, if it is one of the grid and has data.
fn tile<'row>(row: &'row Row<'_>) -> rusqlite::Result<Option<(Place, &'row [u8])>> {
    let number = |index| row.get_ref(index).map(|value| value.as_i64().ok());
    let (Some(zoom), Some(column), Some(tile_row)) = (number(0)?, number(1)?, number(2)?) else {
        return Ok(None);
    };
    let place = Place::of_tms(zoom, column, tile_row);
    let data = row
        .get_ref(3)?
        .as_blob()
        .ok()
        .filter(|data| !data.is_empty());
    Ok(place.zip(data))
}
