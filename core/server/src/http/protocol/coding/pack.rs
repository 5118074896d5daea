//! Packing.

use std::io::{self, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::protocol::coding::Coding;

/// Fewer bytes are not worth the work: they fill one packet anyway.
const LEAST: usize = 512;

/// How much work is spent: on documents of npm the last step that still makes them much smaller.
const BROTLI_QUALITY: i32 = 5;
const ZSTD_LEVEL: i32 = 6;
const GZIP_LEVEL: u32 = 6;

/// The window of brotli, 4 MiB: what every client must be able to hold.
const BROTLI_WINDOW: i32 = 22;

/// Whether bytes of a media type become much smaller.
pub(in crate::http::protocol) fn is_worth_packing(media_type: &str, size: usize) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = essence.split_once('/').unwrap_or((essence, ""));
    let is_text = kind.eq_ignore_ascii_case("text")
        || ["json", "xml", "javascript"]
            .iter()
            .any(|word| ends_with(subtype, word));
    is_text && size >= LEAST
}

/// `json` itself, and what is built on it, such as `vnd.npm.install-v1+json`.
fn ends_with(subtype: &str, word: &str) -> bool {
    let Some(start) = subtype.len().checked_sub(word.len()) else {
        return false;
    };
    let matches = subtype
        .get(start..)
        .is_some_and(|end| end.eq_ignore_ascii_case(word));
    matches && (start == 0 || subtype.as_bytes().get(start - 1) == Some(&b'+'))
}

/// Packs bytes.
pub(in crate::http::protocol) fn pack(bytes: &[u8], coding: Coding) -> io::Result<Bytes> {
    let packed = match coding {
        Coding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
            encoder.write_all(bytes)?;
            encoder.finish()?
        }
        Coding::Brotli => {
            let mut packed = Vec::new();
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: BROTLI_QUALITY,
                lgwin: BROTLI_WINDOW,
                size_hint: bytes.len(),
                ..Default::default()
            };
            brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
            packed
        }
        Coding::Zstd => zstd::bulk::compress(bytes, ZSTD_LEVEL)?,
    };
    Ok(packed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_worth_packing_and_images_are_not() {
        for text in [
            "text/plain",
            "text/html; charset=utf-8",
            "application/json",
            "application/vnd.npm.install-v1+json; charset=utf-8",
            "image/svg+xml",
            "Application/JSON",
        ] {
            assert!(is_worth_packing(text, 1000), "{text}");
            assert!(!is_worth_packing(text, 100), "{text}");
        }
        for other in [
            "image/png",
            "application/octet-stream",
            "application/x-notjson",
            "application/vnd.mapbox-vector-tile",
            "",
        ] {
            assert!(!is_worth_packing(other, 1000), "{other}");
        }
    }
}
