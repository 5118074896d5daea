//! `agg_tiles_hash`: a digest of all tiles, which tools of the field write to notice later changes.

use std::ops::ControlFlow;

use md5::{Digest as _, Md5};
use rusqlite::types::ValueRef;

use super::database::{Database, TILE_VALUE};
use super::peek::most_readable;
use super::rows::Rows;
use super::scan::Scan;
use crate::codes::mbtiles::HASH_DIFFERS;
use crate::findings::Findings;
use crate::stop::Stop;
use crate::text::quote;

/// All tiles in the order in which the digest takes them.
const SQL: &str = "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles ORDER BY zoom_level, tile_column, tile_row";

/// Computes the digest and says if it is not the one in the metadata. What would have to be sorted first, or would take
/// too long to read, is not checked.
pub(super) fn check(
    database: &Database,
    rows: &Rows,
    scan: &Scan,
    file_size: u64,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let Some(expected) = rows.get("agg_tiles_hash") else {
        return Ok(());
    };
    let is_md5 = rows
        .get("hash_algorithm")
        .is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("md5"));
    let is_readable = scan.bytes <= most_readable(file_size) && !scan.has_too_large();
    if !is_md5 || !is_readable || must_sort(database)? {
        return Ok(());
    }
    let found = database.with_long_values(TILE_VALUE, || digest(database))?;
    if !found.eq_ignore_ascii_case(expected) {
        let message = format!(
            "the content changed since it was built: agg_tiles_hash is {}, the tiles have {found}",
            quote(expected)
        );
        findings.report(&HASH_DIFFERS, message);
    }
    Ok(())
}

/// MD5 over zoom, column and row in decimal and the data of each tile, one behind the other.
fn digest(database: &Database) -> Result<String, Stop> {
    let mut digest = Md5::new();
    database.rows(SQL, [], |row| {
        for index in 0..4 {
            match row.get_ref(index)? {
                ValueRef::Null => {}
                ValueRef::Integer(number) => digest.update(number.to_string()),
                ValueRef::Real(number) => digest.update(number.to_string()),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => digest.update(bytes),
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let number = u128::from_be_bytes(digest.finalize().into());
    Ok(format!("{number:032X}"))
}

/// Whether SQLite would sort the tiles themselves, in memory, because no index has their order.
fn must_sort(database: &Database) -> Result<bool, Stop> {
    let mut sorts = false;
    database.rows(&format!("EXPLAIN QUERY PLAN {SQL}"), [], |row| {
        sorts |= row
            .get_ref(3)?
            .as_str()
            .is_ok_and(|step| step.contains("TEMP B-TREE"));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(sorts)
}
