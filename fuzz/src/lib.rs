//! One function for each parser that reads what a client sent, shared by the fuzzer and by the replay on stable.
//!
//! A function takes any bytes. It panics where the parser does, and where an answer breaks a promise of the contract.
//! `tests/replay.rs` runs every file of `corpus/` through its function; with the nightly toolchain,
//! `cargo +nightly fuzz run --features libfuzzer npm_tarball` looks for new ones.
//!
//! # To add a target
//!
//! 1. A function here and its line in [`TARGETS`].
//! 2. `fuzz_targets/<name>.rs`, three lines on the pattern of the others, and its `[[bin]]` in `Cargo.toml`.
//! 3. A few small files in `corpus/<name>/`.

mod formats;
mod texts;

pub use self::formats::{
    file, mbtiles, npm_document, npm_lockfile, npm_tar, npm_tarball, pmtiles, tiles,
};
pub use self::texts::{key, name, selector, texts, version};

/// A parser to run on any bytes.
pub type Target = fn(&[u8]);

/// Every target by the name that its corpus and its fuzz target have.
pub const TARGETS: &[(&str, Target)] = &[
    ("file", file),
    ("key", key),
    ("mbtiles", mbtiles),
    ("name", name),
    ("npm_document", npm_document),
    ("npm_lockfile", npm_lockfile),
    ("npm_tar", npm_tar),
    ("npm_tarball", npm_tarball),
    ("pmtiles", pmtiles),
    ("selector", selector),
    ("texts", texts),
    ("tiles", tiles),
    ("version", version),
];
