//! Finding tiles in a database that is published.

use std::ops::ControlFlow;

use super::budget::steps_of_file;
use super::database::{Database, TILE_VALUE};
use super::peek::LOOKUP;
use super::scan::{self, Found};
use crate::place::Place;
use crate::stop::Stop;

/// What finding one tile may take, however small the file. Where an index leads to it that takes 10 to 30 steps, also
/// through the joins of every program that is known.
const STEPS: u64 = 20_000;

/// What finding one tile may take for each byte of the file: enough to pass over all rows of a table without an index.
const STEPS_PER_BYTE: u64 = 1;

/// Most steps that finding one tile may take: some tenths of a second. A file that needs more is of no use as a map.
const MOST_STEPS: u64 = 20_000_000;

/// The bytes of a tile; none where there is no row, or no data in it.
pub(super) fn tile(database: &Database, size: u64, place: Place) -> Result<Option<Vec<u8>>, Stop> {
    let steps = STEPS.saturating_add(size.saturating_mul(STEPS_PER_BYTE));
    database.renew_budget(steps.min(MOST_STEPS));
    let parameters = (place.zoom, place.x, place.tms_row());
    let mut found = None;
    database.with_long_values(TILE_VALUE, || {
        database.rows(LOOKUP, parameters, |row| {
            let data = row.get_ref(0)?.as_blob().unwrap_or_default();
            if data.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            found = Some(data.to_vec());
            Ok(ControlFlow::Break(()))
        })
    })?;
    Ok(found)
}

/// Shows every tile and how long it is, in one pass that reads no tile.
pub(super) fn sizes(
    database: &Database,
    size: u64,
    visit: &mut dyn FnMut(Place, u64),
) -> Result<(), Stop> {
    database.renew_budget(steps_of_file(size));
    database.rows(scan::SQL, [], |row| {
        if let Found::Tile(place, length) = scan::read(row)? {
            visit(place, length);
        }
        Ok(ControlFlow::Continue(()))
    })
}
