//! MBTiles: an SQLite database of tiles, by the specification 1.3.
//!
//! A stranger's database is a program, so it is contained before anything is asked of it: `guard` says what SQLite may do,
//! `budget` how many steps it may take, `view` which views are let run at all (`sql` takes them apart). Then, in the order
//! of the codes:
//!
//! * `header` reads what the file says of its size, before SQLite is let near it;
//! * `schema` and `tables` know which tables there must be;
//! * `rows` reads the metadata; `format`, `geography`, `zooms` and `vector` hold it against the tiles;
//! * `scan` passes over all tiles without reading them, `peek` looks into a sample;
//! * `unique` and `hash` say whether a tile is there twice, and whether the content is what it was.
//!
//! Once it is published, `pool` keeps the database open, and `lookup` finds its tiles, by the same rules.

mod budget;
mod database;
mod format;
mod geography;
mod guard;
mod hash;
mod header;
mod lookup;
mod peek;
mod pool;
mod rows;
mod scan;
mod schema;
mod sql;
mod tables;
mod unique;
mod vector;
mod view;
mod zooms;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use cellier_sdk::{ReadAt, Upload};

use self::database::Database;
use self::header::Header;
use self::rows::Rows;
use self::scan::Scan;
use self::schema::Schema;
use crate::about::About;
use crate::codes::mbtiles::{DAMAGED, NAME_MISSING, TABLE_MISSING, WAL};
use crate::container::{Container, is_said_to_be_a_tileset};
use crate::findings::Findings;
use crate::learnt::Learnt;
use crate::stop::Stop;
use crate::text::quote;

pub(crate) use self::pool::Databases;

/// How many KiB of pages an inspection keeps in memory.
const CACHE: u32 = 8192;

/// Inspects an SQLite database. What was learnt is worth something only if nothing refuses the tileset.
pub(crate) fn inspect(
    upload: &Upload,
    content: &dyn ReadAt,
    findings: &mut Findings,
) -> Result<Learnt, Stop> {
    let opened = open(content).map_err(|stop| {
        if is_said_to_be_a_tileset(upload) {
            stop
        } else {
            stop.of_unknown_content()
        }
    })?;
    let (header, database, schema) = opened;
    if !header.is_marked && !schema.is_of_a_tileset(&database)? {
        let message = schema.missing("tiles");
        return Err(Stop::NotATileset(TABLE_MISSING.error(message)));
    }
    if let Some(finding) = header.check_size(content.size()) {
        return Err(Stop::Refused(finding));
    }
    if header.wal {
        let message = "saved in WAL mode: changes that are still in the -wal file beside it are not in this file";
        findings.report(&WAL, message);
    }
    if !schema.check(&database, findings)? || !is_sound(&database, findings)? {
        return Ok(Learnt::default());
    }
    read(&database, &schema, content.size(), findings)
}

/// Opens the database, far enough to know what is in it.
fn open(content: &dyn ReadAt) -> Result<(Header, Database, Schema), Stop> {
    let header = Header::read(content)?;
    let path = local_path(content)?;
    let read = Database::open(path, content.size(), CACHE).and_then(|database| {
        let schema = Schema::read(&database)?;
        Ok((database, schema))
    });
    match (read, header.check_size(content.size())) {
        (Ok((database, schema)), _) => Ok((header, database, schema)),
        // What breaks off cannot be read: the cause is worth more than the effect.
        (Err(Stop::Refused(_)), Some(cut_off)) => Err(Stop::Refused(cut_off)),
        (Err(stop), _) => Err(stop),
    }
}

/// The file for SQLite to open.
fn local_path(content: &dyn ReadAt) -> Result<&Path, Stop> {
    content.local_path().ok_or_else(|| {
        let problem = "an SQLite database can only be read as a file on this machine";
        Stop::Unreadable(io::Error::new(io::ErrorKind::Unsupported, problem))
    })
}

/// Has SQLite check its own structures: quickly, or with every index when strict.
fn is_sound(database: &Database, findings: &mut Findings) -> Result<bool, Stop> {
    let sql = if findings.strict() {
        "PRAGMA integrity_check(3)"
    } else {
        "PRAGMA quick_check(3)"
    };
    let mut problems = Vec::new();
    database.rows(sql, [], |row| {
        let problem = row
            .get_ref(0)?
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        problems.push(
            problem
                .trim_start_matches("*** in database main *** ")
                .to_owned(),
        );
        Ok(ControlFlow::Continue(()))
    })?;
    if problems == ["ok"] {
        return Ok(true);
    }
    let message = format!("SQLite reports damage: {}", quote(&problems.join("; ")));
    findings.report(&DAMAGED, message);
    Ok(false)
}

/// Reads a database that is sound.
fn read(
    database: &Database,
    schema: &Schema,
    file_size: u64,
    findings: &mut Findings,
) -> Result<Learnt, Stop> {
    let most_rows = if schema.joins() {
        database.pace();
        schema.most_rows_of_tiles(database)?
    } else {
        u64::MAX
    };
    let rows = Rows::read(database, schema.is_table("metadata"), findings)?;
    rows.check_patch(schema.table_starting_with("bsdiffraw"), findings);
    if rows.get("name").is_none() {
        let message = "metadata row \"name\" is missing; the artefact's title is used";
        findings.report(&NAME_MISSING, message);
    }
    let hint = format::declared(&rows, findings);
    let about = About::read(&rows.texts(), findings);

    let is_unique = schema.has_unique_places(database)?;
    let mut scan = Scan::run(database, most_rows, !is_unique)?;
    scan.report(findings);
    if !is_unique {
        unique::check(database, schema, scan.places.take(), findings)?;
    }
    let Some((first, deepest)) = zooms::of_tiles(&scan.zooms) else {
        return Ok(Learnt::default());
    };
    let found = (first.zoom, deepest.zoom);
    zooms::check(&rows, found, &scan.zooms, findings);
    let bounds = geography::bounds(&rows, deepest, findings);
    let center = geography::center(&rows, &bounds, found, findings);
    geography::check_scheme(&rows, deepest, findings);

    let survey = peek::survey(database, &scan, hint, findings.strict(), file_size)?;
    survey.report(|kind| rows.fix("format", format::value_of(kind)), findings);
    format::report_missing(&rows, &survey, findings);
    format::report_compression(&survey, findings);
    let layers = vector::layers(&rows, &survey, found, findings);
    hash::check(database, &rows, &scan, file_size, findings)?;

    Ok(Learnt {
        container: Some(Container::MbTiles),
        zooms: Some(found),
        bounds: Some(bounds),
        center: Some(center),
        tile_count: Some(scan.tiles()),
        per_zoom: scan
            .zooms
            .iter()
            .flatten()
            .map(|extent| (extent.zoom, extent.count))
            .collect(),
        layers,
        schema: Some(schema.variant()),
        ..Learnt::new(about, &survey)
    })
}
