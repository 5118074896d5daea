//! Real and broken tilesets.

use std::path::Path;

/// The bytes of a tileset below `fixtures/tilesets`, such as `mbtileserver/world_cities.mbtiles`.
pub fn tileset(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/tilesets")
        .join(path);
    match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => panic!("the fixture {} cannot be read: {error}", path.display()),
    }
}
