//! Whether a tile may be there twice, and whether one is.

use super::database::Database;
use super::schema::Schema;
use crate::codes::mbtiles::NOT_UNIQUE;
use crate::findings::Findings;
use crate::place::Place;
use crate::stop::Stop;
use crate::text::grouped;

/// What finding one tile may take where an index leads to it.
const LOOKUP_STEPS: u64 = 5_000;

/// The columns that say where a tile lies.
const COLUMNS: &str = "zoom_level, tile_column, tile_row";

/// Says that no unique index is there, with the tiles that are there twice. A view may hide an index under other names; it
/// is taken to be there where a tile is found in a few steps and none is there twice.
pub(super) fn check(
    database: &Database,
    schema: &Schema,
    places: Option<Vec<u64>>,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let all_were_remembered = places.is_some();
    let (twice, example) = duplicates(places.unwrap_or_default());
    let table = schema.table_of_places(database)?;
    if table.is_none() && twice == 0 && finds_quickly(database)? {
        return Ok(());
    }
    let what = match example {
        Some(place) => format!("{} tiles are there twice, such as {place}", grouped(twice)),
        None if all_were_remembered => "no tile is there twice".to_owned(),
        None => "too many tiles to find one that is there twice".to_owned(),
    };
    let message = format!("no unique index on ({COLUMNS}): lookups scan the whole table; {what}");
    if let Some(table) = table {
        let before = if twice > 0 {
            "delete the rows that are there twice, then "
        } else {
            ""
        };
        let fix = format!("{before}run: CREATE UNIQUE INDEX tile_index ON {table}({COLUMNS})");
        findings.report_with(&NOT_UNIQUE, message, fix);
    } else {
        findings.report(&NOT_UNIQUE, message);
    }
    Ok(())
}

/// How many places are there more than once, and one of them.
fn duplicates(mut places: Vec<u64>) -> (u64, Option<Place>) {
    places.sort_unstable();
    let mut count = 0;
    let mut example = None;
    for pair in places.windows(2) {
        if pair[0] == pair[1] {
            count += 1;
            example = example.or_else(|| Place::of_number(pair[0]));
        }
    }
    (count, example)
}

/// Whether a tile that is not there is missed within a few steps.
fn finds_quickly(database: &Database) -> Result<bool, Stop> {
    let sql = "SELECT 1 FROM tiles WHERE zoom_level = 30 AND tile_column = 0 AND tile_row = 0";
    let found = database.within(LOOKUP_STEPS, || {
        database.rows(sql, [], |_| Ok(std::ops::ControlFlow::Break(())))
    })?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_twice_is_counted() {
        let place = Place {
            zoom: 6,
            x: 12,
            y: 23,
        };
        let number = place.number();
        assert_eq!(duplicates(vec![5, number, 3, number]), (1, Some(place)));
        assert_eq!(duplicates(vec![3, 2, 1]), (0, None));
    }
}
