//! What is measured: one file for each question.

mod growth;
mod held_answer;
mod large_download;
mod memory;
mod npm_documents;
mod npm_limits;
mod npm_memory;
mod npm_publish;
mod replicas;
mod scale;
mod small_download;
mod start;
mod sweep;
mod tile_memory;
mod tiles;
mod upload;

use crate::Bench;
use crate::report::Finding;

type Scenario = fn(&Bench) -> Result<Finding, String>;

/// All of them, in the order of the page.
pub(crate) const ALL: [(&str, Scenario); 19] = [
    ("large download", large_download::measure),
    ("small download", small_download::measure),
    ("held answer", held_answer::measure),
    ("upload with one digest", upload::measure_one_digest),
    ("upload with three digests", upload::measure_three_digests),
    ("memory", memory::measure),
    ("growth", growth::measure),
    ("start", start::measure),
    ("scale on SQLite", scale::measure_sqlite),
    ("scale on PostgreSQL", scale::measure_postgres),
    ("sweep on SQLite", sweep::measure_sqlite),
    ("sweep on PostgreSQL", sweep::measure_postgres),
    ("replicas", replicas::measure),
    ("npm documents", npm_documents::measure),
    ("npm limits", npm_limits::measure),
    ("npm publish", npm_publish::measure),
    ("npm memory", npm_memory::measure),
    ("tiles", tiles::measure),
    ("tile memory", tile_memory::measure),
];
