//! Formats that one kind of hostile upload upsets, and no other.

use std::io::Read as _;

use cellier_sdk::testkit::Sample;
use cellier_sdk::{ReadAt, ReadAtExt as _, Rejection};
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use serde_json::Value;

use crate::toy::{Toy, assert_fails, inspect_soundly, not_a_toy};

/// A format that panics where this is true of the first bytes of an upload that it would take.
fn upset_by(upsets: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Toy {
    Toy::new().inspect(move |_, content| {
        let inspection = inspect_soundly(content)?;
        let head = content.read_head(100_000)?;
        assert!(!upsets(&head), "it is upset");
        Ok(inspection)
    })
}

#[test]
fn a_format_that_a_flipped_bit_upsets_fails() {
    let toy = upset_by(|head| head.len() > 20_000 && !head.is_ascii());
    assert_fails(&toy.report(), "with bits flipped", "it panics: it is upset");
}

#[test]
fn a_format_that_a_block_of_zeros_upsets_fails() {
    let toy = upset_by(|head| head.windows(3).any(|bytes| bytes == [0; 3]));
    assert_fails(
        &toy.report(),
        "with blocks changed",
        "it panics: it is upset",
    );
}

#[test]
fn a_format_that_bytes_behind_the_last_upset_fails() {
    let toy = upset_by(|head| head.ends_with(b"trailing"));
    assert_fails(
        &toy.report(),
        "with bytes around it",
        "it panics: it is upset",
    );
}

#[test]
fn a_format_that_its_own_magic_upsets_fails() {
    let toy = upset_by(|head| head.starts_with(b"TOY\xff\xff\xff"));
    assert_fails(
        &toy.report(),
        "what begins as the format claims",
        "it panics: it is upset",
    );
}

#[test]
fn a_format_that_another_file_upsets_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let head = content.read_head(4)?;
        assert!(!head.starts_with(b"\x7fELF"), "no programs please");
        inspect_soundly(content)
    });
    assert_fails(
        &toy.report(),
        "any other file",
        "an ELF program: it panics: no programs",
    );
}

fn name_of(document: &[u8]) -> Result<String, Rejection> {
    let document: Value = serde_json::from_slice(document).map_err(|_no_json| not_a_toy())?;
    let name = document["name"].as_str();
    Ok(name.expect("everybody has a name").to_owned())
}

#[test]
fn a_format_that_a_value_in_json_upsets_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let name = name_of(&content.read_head(100_000)?)?;
        inspect_soundly(&b"TOY".to_vec()).map(|inspection| inspection.metadata("name", name))
    });
    let sample = Sample::new("json", r#"{"name":"a","size":1}"#);
    let report = toy.exam().sample(sample).run();
    assert_fails(
        &report,
        "json: changed within",
        "null at /name: it panics: everybody has a name",
    );
}

#[test]
fn a_format_that_a_value_in_packed_json_upsets_fails() {
    let unpack = |content: &dyn ReadAt| {
        let packed = content.read_head(100_000)?;
        let mut unpacked = Vec::new();
        let mut decoder = GzDecoder::new(packed.as_slice()).take(100_000);
        match decoder.read_to_end(&mut unpacked) {
            Ok(_) => Ok(unpacked),
            Err(_) => Err(not_a_toy()),
        }
    };
    let toy = Toy::new().inspect(move |_, content| {
        let name = name_of(&unpack(content)?)?;
        inspect_soundly(&b"TOY".to_vec()).map(|inspection| inspection.metadata("name", name))
    });
    let mut packed = Vec::new();
    let document = &br#"{"name":"a"}"#[..];
    GzEncoder::new(document, Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    let report = toy.exam().sample(Sample::new("packed", packed)).run();
    assert_fails(
        &report,
        "packed: changed within",
        "in its gzip layer: null at /name: it panics",
    );
}
