//! The metadata, and what is in the tiles.

use cellier_format_tileset::codes::mbtiles::{
    COMPRESSED_TWICE, KIND_DIFFERS, KIND_UNKNOWN, KINDS_MIXED, LAYER_ODD, LAYER_UNKNOWN,
    LOCAL_PATHS, MARKUP, TILE_BOMB, TILE_DAMAGED, TILE_LARGE,
};
use cellier_format_tileset::codes::pmtiles::{
    COMPRESSION, METADATA, NOT_CLUSTERED, NOT_FOR_BROWSERS,
};
use cellier_format_tileset::limits;
use serde_json::json;

use super::{changed, raster, vector};
use crate::archive::{Archive, Directory, Entry};
use crate::support::{assert_earns, findings, gzip, inspect_lenient, png, vector_tile};

#[test]
fn the_metadata_is_a_json_object_with_layers() {
    for (metadata, words) in [
        (b"[]".as_slice(), "is not a JSON object"),
        (b"{\"", "is not JSON"),
        (b"{}", "vector_layers is missing"),
    ] {
        let bytes = vector(|archive| archive.metadata = metadata.to_vec());
        let answer = inspect_lenient(&bytes).unwrap();
        assert!(
            answer
                .findings
                .iter()
                .all(|finding| finding.code == METADATA.id)
        );
        assert!(
            answer.findings[0].message.contains(words),
            "{:?}",
            answer.findings
        );
    }
    let of_images = raster(|archive| archive.metadata = b"[]".to_vec());
    assert_earns(&of_images, &METADATA, "is not a JSON object");
    let layer = br#"{"vector_layers":[{"id":"roads"}]}"#;
    let bytes = vector(|archive| archive.metadata = layer.to_vec());
    assert_earns(&bytes, &METADATA, "vector_layers[0].fields is missing");
}

#[test]
fn maplibre_tiles_need_layers_too() {
    let bytes = vector(|archive| {
        archive.tile_type = 6;
        archive.metadata = b"{}".to_vec();
        archive.data = b"\x05\x01abc".to_vec();
        archive.tile_compression = 1;
        archive.root = Directory(vec![Entry(0, 5, 0, 5)]);
        archive.counts = [5, 1, 1];
    });
    assert_earns(&bytes, &METADATA, "vector_layers is missing");
    assert_eq!(inspect_lenient(&bytes).unwrap().metadata["tileType"], "mlt");
}

#[test]
fn the_header_says_how_the_tiles_are_packed() {
    let wrong = vector(|archive| archive.tile_compression = 1);
    assert_earns(
        &wrong,
        &COMPRESSION,
        "says no compression, but tile 0/0/0 has gzip",
    );
    let unknown = vector(|archive| archive.tile_compression = 0);
    assert_earns(
        &unknown,
        &COMPRESSION,
        "does not know how the tiles are packed",
    );
    assert_eq!(
        inspect_lenient(&unknown).unwrap().metadata["tileCompression"],
        "gzip"
    );
}

/// A brotli stream of one uncompressed part (RFC 7932, section 9).
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len() - 1).unwrap();
    // Window of 16 bits, not the last part, four nibbles of length, uncompressed.
    let head = u32::from(length) << 4 | 1 << 20;
    let mut packed = head.to_le_bytes()[..3].to_vec();
    packed.extend_from_slice(bytes);
    packed.push(3);
    packed
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let fastest = ruzstd::encoding::CompressionLevel::Fastest;
    ruzstd::encoding::compress_to_vec(bytes, fastest)
}

#[test]
fn what_browsers_cannot_unpack_is_told() {
    let directories = raster(|archive| {
        archive.internal_compression = 3;
        archive.pack = brotli;
    });
    assert_earns(
        &directories,
        &NOT_FOR_BROWSERS,
        "directories are packed with brotli",
    );
    for (compression, pack) in [(3, brotli as fn(&[u8]) -> Vec<u8>), (4, zstd)] {
        let bytes = vector(|archive| {
            let tile = pack(&vector_tile("roads"));
            archive.tile_compression = compression;
            archive.root = Directory(vec![Entry(0, 5, 0, tile.len() as u64)]);
            archive.data = tile;
            archive.counts = [5, 1, 1];
        });
        assert_earns(&bytes, &NOT_FOR_BROWSERS, "tiles are packed with");
    }
}

/// An archive whose first tile is this, and whose others are what they should be.
fn with_first_tile(archive: Archive, tile: &[u8]) -> Vec<u8> {
    changed(archive, |archive| {
        let start = tile.len() as u64;
        archive.data.splice(..0, tile.iter().copied());
        for entry in &mut archive.root.0 {
            entry.2 += start;
        }
        archive.root.0[0] = Entry(0, 1, 0, start);
        archive.counts[2] = 0;
        archive.clustered = 0;
    })
}

#[test]
fn what_is_in_the_tiles_is_judged_as_in_mbtiles() {
    let raster = |tile: &[u8]| with_first_tile(Archive::raster(), tile);
    let vector = |tile: &[u8]| with_first_tile(Archive::vector(), &gzip(tile));
    let mut large = png(512);
    large.resize(600_000, 0);
    for (bytes, code, words) in [
        (raster(b"GARBAGE"), &KIND_UNKNOWN, "\"GARBAGE\""),
        (
            raster(b"GIF89a\0\x01\0\x01"),
            &KINDS_MIXED,
            "0/0/0 is gif, 1/0/0 is png",
        ),
        (raster(&png(300)), &TILE_DAMAGED, "300 × 300 pixels"),
        (raster(&large), &TILE_LARGE, "600,000 bytes"),
        (vector(&gzip(b"x")), &COMPRESSED_TWICE, "gzip inside gzip"),
        (
            vector(&vec![0; limits::TILE + 1]),
            &TILE_BOMB,
            "more than 20 MiB",
        ),
        (
            vector(&vector_tile("rails")),
            &LAYER_UNKNOWN,
            "layer \"rails\"",
        ),
    ] {
        let found: Vec<_> = findings(&bytes)
            .into_iter()
            .filter(|finding| finding.code != NOT_CLUSTERED.id)
            .collect();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(
            (found[0].code.as_str(), found[0].severity),
            (code.id, code.lenient)
        );
        assert!(found[0].message.contains(words), "{}", found[0].message);
    }
}

#[test]
fn what_the_metadata_says_is_judged_as_in_mbtiles() {
    let lies = raster(|archive| archive.tile_type = 4);
    assert_earns(&lies, &KIND_DIFFERS, "declared as webp, but 0/0/0 is png");
    let with = |key: &str, value: &str| {
        raster(|archive| archive.metadata = json!({key: value}).to_string().into_bytes())
    };
    assert_earns(
        &with("description", "<b>x</b>"),
        &MARKUP,
        "\"description\" holds HTML",
    );
    assert_earns(
        &with("generator_options", "-o /home/joe/x"),
        &LOCAL_PATHS,
        "generator_options",
    );
    let odd = vector(|archive| {
        let layers = br#"{"vector_layers":[{"id":"roads","fields":{},"minzoom":5}]}"#;
        archive.metadata = layers.to_vec();
    });
    assert_earns(&odd, &LAYER_ODD, "has minzoom 5");
}
