//! Sound files with a few bytes changed: whatever becomes of them, the answer keeps the contract.

use std::sync::LazyLock;

use cellier_sdk::{Inspection, Rejection, Severity};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::archive::Archive;
use crate::database::Database;
use crate::support::{inspect, upload};

static DATABASES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let normalized = "
        CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT);
        CREATE TABLE images (tile_id TEXT, tile_data BLOB);
        CREATE UNIQUE INDEX map_index ON map (zoom_level, tile_column, tile_row);
        INSERT INTO map SELECT zoom_level, tile_column, tile_row, 'one' FROM flat;
        INSERT INTO images SELECT 'one', tile_data FROM flat LIMIT 1;
        CREATE VIEW tiles AS SELECT map.zoom_level, map.tile_column, map.tile_row, images.tile_data
            FROM map JOIN images ON map.tile_id = images.tile_id;";
    let hash = "84792BF4EE9AEDDC5B1A60E707011FEE";
    vec![
        Database::vector().bytes(),
        Database::raster().with("agg_tiles_hash", hash).bytes(),
        Database::vector().rearranged(normalized).bytes(),
    ]
});

static ARCHIVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    // Unpacked, so that changes reach further than a checksum.
    let mut plain = Archive::vector();
    plain.internal_compression = 1;
    plain.pack = <[u8]>::to_vec;
    vec![
        Archive::raster().bytes(),
        plain.bytes(),
        plain.nested(1).bytes(),
    ]
});

/// What a file becomes: some bytes changed, and perhaps the end missing.
#[derive(Clone, Debug)]
struct Change {
    file: Index,
    bytes: Vec<(Index, u8)>,
    cut: Option<Index>,
}

fn change() -> impl Strategy<Value = Change> {
    let bytes = proptest::collection::vec((any::<Index>(), any::<u8>()), 1..5);
    let cut = proptest::option::weighted(0.1, any::<Index>());
    (any::<Index>(), bytes, cut).prop_map(|(file, bytes, cut)| Change { file, bytes, cut })
}

impl Change {
    fn apply(&self, files: &[Vec<u8>]) -> Vec<u8> {
        let mut file = self.file.get(files).clone();
        for (at, byte) in &self.bytes {
            let at = at.index(file.len());
            file[at] = *byte;
        }
        if let Some(cut) = self.cut {
            file.truncate(cut.index(file.len()));
        }
        file
    }
}

fn check(file: &[u8], strict: bool) -> Result<(), TestCaseError> {
    match inspect(&upload("terrain", strict), file) {
        Ok(inspection) => {
            let errors = inspection
                .findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error);
            prop_assert_eq!(errors.count(), 0);
            let size = serde_json::to_vec(&inspection.metadata).unwrap().len();
            prop_assert!(size <= Inspection::METADATA_LIMIT);
        }
        Err(Rejection::Invalid(findings)) => {
            let is_error = |severity| severity == Severity::Error;
            prop_assert!(findings.iter().any(|finding| is_error(finding.severity)));
        }
        Err(Rejection::NotThisFormat(_)) => {}
        Err(Rejection::Unreadable(error)) => {
            prop_assert!(false, "the file is readable: {}", error);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_changed_database_is_answered(change in change(), strict: bool) {
        check(&change.apply(&DATABASES), strict)?;
    }

    #[test]
    fn a_changed_archive_is_answered(change in change(), strict: bool) {
        check(&change.apply(&ARCHIVES), strict)?;
    }
}
