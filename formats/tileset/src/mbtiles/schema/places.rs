//! How a database stores where each tile lies.

use super::Schema;
use crate::mbtiles::database::Database;
use crate::mbtiles::tables::{Columns, Index};
use crate::stop::Stop;

/// The columns that say where a tile lies.
const PLACE: [&str; 3] = ["zoom_level", "tile_column", "tile_row"];

impl Schema {
    /// How the tiles are stored, in the words of the field.
    pub(in crate::mbtiles) fn variant(&self) -> &'static str {
        if self.is_table("tiles") {
            return "flat";
        }
        let sources: Vec<_> = self
            .tables_behind("tiles")
            .map(|table| table.name.to_ascii_lowercase())
            .collect();
        let reads = |name: &str| sources.iter().any(|source| source == name);
        if reads("tiles_with_hash") {
            "flat-with-hash"
        } else if reads("map") && reads("images") {
            "normalized"
        } else if reads("tiles_shallow") && reads("tiles_data") {
            "dedup-id"
        } else if reads("tile_cache") {
            "cache"
        } else {
            "view-other"
        }
    }

    /// Whether an index forbids that a tile is there twice.
    pub(in crate::mbtiles) fn has_unique_places(&self, database: &Database) -> Result<bool, Stop> {
        for table in self.tables_behind("tiles") {
            for index in Index::all_of(database, &table.name)? {
                let columns = index.columns(database)?;
                let is_of_place = columns.len() == PLACE.len()
                    && PLACE
                        .iter()
                        .all(|part| columns.iter().any(|column| column.as_deref() == Some(part)));
                if index.is_unique && !index.is_partial && is_of_place {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The table that says where each tile lies, by the names of its columns.
    pub(in crate::mbtiles) fn table_of_places(
        &self,
        database: &Database,
    ) -> Result<Option<&str>, Stop> {
        for table in self.tables_behind("tiles") {
            let columns = Columns::of(database, &table.name)?;
            if PLACE.iter().all(|part| columns.has(part)) {
                return Ok(Some(&table.name));
            }
        }
        Ok(None)
    }
}
