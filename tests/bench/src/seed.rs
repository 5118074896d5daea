//! Filling a registry faster than anybody could publish: rows that were published are multiplied by the database itself.

use std::fmt::Write as _;

use crate::cellier::Cellier;
use crate::database::Database;

/// The artefact that is multiplied.
const FIRST: &str = "terrain-0";

/// How many versions it has.
const VERSIONS: u32 = 10;

/// Publishes one artefact of ten versions and makes `copies` of it, called `terrain-1` and so on. All share their blobs.
pub(crate) fn fill(cellier: &Cellier, database: &Database, copies: u32) -> Result<(), String> {
    for version in 1..=VERSIONS {
        cellier.publish_text(FIRST, &format!("version {version} of something small"))?;
    }
    let suffix = database.hex("i", 12);
    let rows = [
        ("artefacts", "source.name = 'terrain-0'", "id"),
        ("versions", "TRUE", "id, artefact_id"),
        ("files", "TRUE", "id, version_id"),
    ];
    let mut statements = format!(
        "{}
         CREATE TEMP TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})
         SELECT i FROM n;",
        database.begin()
    );
    for (table, which, identifiers) in rows {
        let anew: Vec<_> = identifiers
            .split(", ")
            .map(|column| format!("{column} = substr({column}, 1, 24) || {suffix}"))
            .collect();
        let names = if table == "artefacts" {
            ", name = 'terrain-' || i, name_fold = 'terrain-' || i, data_updated_at = data_updated_at + i"
        } else {
            ""
        };
        let _ = write!(
            statements,
            "CREATE TEMP TABLE copies AS SELECT source.*, numbers.i FROM {table} source, numbers WHERE {which};
             UPDATE copies SET {}{names};
             ALTER TABLE copies DROP COLUMN i;
             INSERT INTO {table} SELECT * FROM copies;
             DROP TABLE copies;",
            anew.join(", ")
        );
    }
    statements += "
        INSERT INTO artefact_words (word, artefact_id) SELECT 'terrain', id FROM artefacts WHERE name <> 'terrain-0';
        INSERT INTO artefact_words (word, artefact_id) SELECT substr(name, 9), id FROM artefacts WHERE name <> 'terrain-0';
        INSERT INTO door_names (name_fold, format) SELECT name_fold, format FROM artefacts WHERE name <> 'terrain-0';
        COMMIT;";
    statements += database.settle();
    database.run(&statements).map(drop)
}

/// When those blobs were last used: it tells them from all others.
pub(crate) const LONG_AGO: i64 = 1;

/// Enters blobs that nothing has used since [`LONG_AGO`], and gives their keys. Their bytes are the caller's business.
pub(crate) fn unused_blobs(database: &Database, count: u32) -> Result<Vec<String>, String> {
    // Spread over the fan-out of the storage as real digests are.
    let spread = database.hex("(CAST(i AS BIGINT) * 40503) % 65536", 4);
    let digest = format!("{spread} || {}", database.hex("i", 60));
    let listed = database.run(&format!(
        "CREATE TEMP TABLE unused AS
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         SELECT {digest} AS digest FROM n;
         CREATE TEMP TABLE source AS SELECT * FROM blobs LIMIT 1;
         CREATE TEMP TABLE copies AS SELECT source.*, unused.digest FROM source, unused;
         UPDATE copies SET blob_key = digest || '.0000000000000001', sha256 = digest, size = 1,
             created_at = {LONG_AGO}, unused_since = {LONG_AGO};
         ALTER TABLE copies DROP COLUMN digest;
         INSERT INTO blobs SELECT * FROM copies;
         SELECT blob_key FROM copies;"
    ))?;
    Ok(listed.lines().map(str::to_owned).collect())
}
