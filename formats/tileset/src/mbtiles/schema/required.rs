//! Whether a database has the tables of MBTiles.

use super::{Kind, Schema};
use crate::mbtiles::database::Database;
use crate::mbtiles::tables::Columns;
use crate::stop::Stop;
use crate::text::quote;

/// The tables that must be there, and their columns.
pub(super) const REQUIRED: [(&str, &[&str]); 2] = [
    ("metadata", &["name", "value"]),
    (
        "tiles",
        &["zoom_level", "tile_column", "tile_row", "tile_data"],
    ),
];

/// Most names that a message lists.
const LISTED: usize = 8;

impl Schema {
    /// Whether anything of MBTiles is there. Databases of other kinds may well have a table that is called `metadata`, so
    /// the name alone proves nothing.
    pub(in crate::mbtiles) fn is_of_a_tileset(&self, database: &Database) -> Result<bool, Stop> {
        for (name, columns) in REQUIRED {
            match self.find(name) {
                Some(found) if found.kind == Kind::Table => {
                    let has = Columns::of(database, &found.name)?;
                    if columns.iter().all(|column| has.has(column)) {
                        return Ok(true);
                    }
                }
                Some(_) => return Ok(true),
                None => {}
            }
        }
        Ok(self.table_starting_with("bsdiffraw").is_some())
    }

    /// What the required tables and views lack, as sentences.
    pub(super) fn lacking(&self, database: &Database) -> Result<Vec<String>, Stop> {
        let mut lacking = Vec::new();
        for (name, columns) in REQUIRED {
            lacking.extend(self.lacking_of(database, name, columns)?);
        }
        Ok(lacking)
    }

    /// What a required table or view lacks, as sentences.
    fn lacking_of(
        &self,
        database: &Database,
        name: &str,
        columns: &[&str],
    ) -> Result<Vec<String>, Stop> {
        let Some(found) = self.find(name) else {
            return Ok(vec![self.missing(name)]);
        };
        let has = Columns::of(database, &found.name)?;
        let lacks = columns.iter().filter(|column| !has.has(column));
        let found = quote(&found.name);
        Ok(lacks
            .map(|column| {
                let others = list(has.names.iter().map(String::as_str));
                format!("{found} has no column {column} (found: {others})")
            })
            .collect())
    }

    /// The sentence for a table that is not there, with what is.
    pub(in crate::mbtiles) fn missing(&self, name: &str) -> String {
        let found = self
            .objects
            .iter()
            .filter(|object| matches!(object.kind, Kind::Table | Kind::View | Kind::Virtual));
        let what = if self.find("gpkg_contents").is_some() {
            ": the database is a GeoPackage"
        } else {
            ""
        };
        let found = list(found.map(|object| object.name.as_str()));
        format!("no table or view is called \"{name}\"{what} (found: {found})")
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        few if few.len() <= LISTED => few.join(", ").escape_debug().to_string(),
        many => format!(
            "{} and {} more",
            many[..LISTED].join(", ").escape_debug(),
            many.len() - LISTED
        ),
    }
}
