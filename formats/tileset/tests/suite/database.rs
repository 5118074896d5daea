//! MBTiles made by hand, so that they can be wrong in any way.

use rusqlite::{Connection, ToSql, params};
use tempfile::TempDir;

use crate::support::{gzip, png, vector_tile};

/// A database in the making.
pub(crate) struct Database {
    folder: TempDir,
    connection: Connection,
}

/// The tables of a flat database.
const TABLES: &str = "
    CREATE TABLE metadata (name TEXT, value TEXT);
    CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
    CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);";

/// The metadata of a vector tileset with nothing to complain about.
const VECTOR: [(&str, &str); 7] = [
    ("name", "Roads"),
    ("format", "pbf"),
    ("bounds", "-180,-85.0511,180,85.0511"),
    ("center", "0,0,1"),
    ("minzoom", "0"),
    ("maxzoom", "1"),
    (
        "json",
        r#"{"vector_layers":[{"id":"roads","fields":{"name":"String"}}]}"#,
    ),
];

impl Database {
    /// No tables yet. Pages are small, so that tests are quick.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let connection = Connection::open(folder.path().join("it.mbtiles")).unwrap();
        connection.pragma_update(None, "page_size", 1024).unwrap();
        Self { folder, connection }
    }

    /// Vector tiles of zooms 0 and 1, with nothing to complain about.
    pub(crate) fn vector() -> Self {
        let tile = gzip(&vector_tile("roads"));
        VECTOR
            .into_iter()
            .fold(Self::empty().sql(TABLES), |database, (name, value)| {
                database.with(name, value)
            })
            .world(&tile)
    }

    /// PNG images of zooms 0 and 1, with nothing to complain about.
    pub(crate) fn raster() -> Self {
        Self::vector()
            .without("json")
            .set("format", "png")
            .sql("DELETE FROM tiles")
            .world(&png(256))
    }

    /// The same with its tiles in another variant: these statements find them in the table `flat`, and make the table or
    /// view `tiles`.
    pub(crate) fn rearranged(self, sql: &str) -> Self {
        self.sql("DROP INDEX tile_index; ALTER TABLE tiles RENAME TO flat")
            .sql(sql)
    }

    /// The same tile at every place of zooms 0 and 1.
    fn world(self, tile: &[u8]) -> Self {
        let places = [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)];
        places.into_iter().fold(self, |database, (zoom, x, row)| {
            database.tile(zoom, x, row, tile)
        })
    }

    /// With statements run.
    pub(crate) fn sql(self, sql: &str) -> Self {
        self.connection.execute_batch(sql).unwrap();
        self
    }

    /// With one more row of metadata.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let sql = "INSERT INTO metadata VALUES (?1, ?2)";
        self.connection.execute(sql, [name, value]).unwrap();
        self
    }

    /// Without a row of metadata.
    pub(crate) fn without(self, name: &str) -> Self {
        let sql = "DELETE FROM metadata WHERE name = ?1";
        self.connection.execute(sql, [name]).unwrap();
        self
    }

    /// With another value in a row of metadata.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        self.without(name).with(name, value)
    }

    /// With a row of `tiles`. Rows are counted from the south.
    pub(crate) fn tile(self, zoom: i64, column: i64, row: i64, data: impl ToSql) -> Self {
        let sql = "INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)";
        self.connection
            .execute(sql, params![zoom, column, row, data])
            .unwrap();
        self
    }

    /// With other data in the tile 0/0/0.
    pub(crate) fn first_tile(self, data: impl ToSql) -> Self {
        let sql = "UPDATE tiles SET tile_data = ?1 WHERE zoom_level = 0";
        self.connection.execute(sql, [data]).unwrap();
        self
    }

    /// With other data in every tile.
    pub(crate) fn every_tile(self, data: impl ToSql) -> Self {
        let sql = "UPDATE tiles SET tile_data = ?1";
        self.connection.execute(sql, [data]).unwrap();
        self
    }

    /// The file.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let Self { folder, connection } = self;
        connection.close().unwrap();
        std::fs::read(folder.path().join("it.mbtiles")).unwrap()
    }
}
