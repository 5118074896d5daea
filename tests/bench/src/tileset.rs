//! Tilesets that are served, and the tiles of them that are asked for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::command;

/// A tileset in a file.
pub(crate) struct Tileset {
    pub(crate) path: PathBuf,
}

impl Tileset {
    /// The countries of the world in zooms 0 to 5, as tippecanoe makes them: 1,005 vector tiles of 2 KB on average.
    pub(crate) fn countries() -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/tilesets/generated");
        Self {
            path: fixtures.join("tippecanoe_countries_z0-5.mbtiles"),
        }
    }

    /// Images in zoom 7 that fill a gigabyte: one image, each time with other bytes behind its end.
    pub(crate) fn gigabyte(folder: &Path) -> Result<Self, String> {
        let path = folder.join("gigabyte.mbtiles");
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/tilesets/generated");
        let statements = format!(
            "ATTACH '{}' AS source;
             PRAGMA journal_mode = off; PRAGMA synchronous = off;
             CREATE TABLE metadata (name text, value text);
             INSERT INTO metadata VALUES ('name', 'gigabyte'), ('format', 'png'), ('minzoom', '7'), ('maxzoom', '7'),
                 ('bounds', '-180,-85,180,85');
             CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 16383),
                 image(data) AS (SELECT tile_data FROM source.tiles WHERE length(tile_data) > 0 LIMIT 1)
             INSERT INTO tiles SELECT 7, i % 128, i / 128, cast(data || randomblob(64000) AS blob) FROM n, image;
             CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);",
            fixtures.join("gdal_png.mbtiles").display()
        );
        command::run("sqlite3", &[&path.display().to_string(), &statements])?;
        Ok(Self { path })
    }

    /// Writes a script for wrk that asks for the tiles in a shuffled order, each as `prefix/z/x/y` and `suffix`; the order
    /// is the same each time.
    pub(crate) fn script(&self, file: &Path, prefix: &str, suffix: &str) -> Result<(), String> {
        let query = "SELECT zoom_level || '/' || tile_column || '/' || ((1 << zoom_level) - 1 - tile_row) FROM tiles
                     WHERE length(tile_data) > 0 ORDER BY
                     (zoom_level * 7919 + tile_column * 104729 + tile_row * 1299709) * 2654435761 % 4294967296
                     LIMIT 4000";
        let uri = format!("file:{}?immutable=1", self.path.display());
        let (listed, _) = command::run("sqlite3", &[&uri, query])?;
        let mut script = "local paths = {\n".to_owned();
        for tile in listed.lines() {
            let _ = writeln!(script, "\"{prefix}/{tile}{suffix}\",");
        }
        script += "}\nlocal at = 0\nfunction request()\n  at = at % #paths + 1\n  return wrk.format(nil, paths[at])\nend\n";
        std::fs::write(file, script).map_err(|error| error.to_string())
    }
}
