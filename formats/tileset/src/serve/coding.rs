//! From the bytes of a tile as they are stored to the body of an answer.

use std::io::Write as _;

use cellier_sdk::Body;
use flate2::Compression as Level;
use flate2::write::GzEncoder;

use crate::limits;
use crate::tile::{Compression, Inflated, Kind, inflate};

/// Vector tiles of fewer bytes are sent as they are: packing them saves less than a packet.
const WORTH_PACKING: usize = 150;

/// The body of a tile. What is packed is passed on as it is, vector tiles that are not are packed.
pub(super) fn body(tile: Vec<u8>, kind: Kind, declared: Option<Compression>) -> Body {
    match seen(&tile, kind, declared) {
        Compression::Gzip => encoded(tile, "gzip"),
        Compression::Brotli => encoded(tile, "br"),
        Compression::Zstd => encoded(tile, "zstd"),
        // No client can be trusted to read it under the name that HTTP has for it.
        Compression::Zlib => match inflate(&tile, Compression::Zlib, limits::TILE) {
            Inflated::Whole(unpacked) => unpacked_body(unpacked, kind),
            Inflated::TooMuch | Inflated::Damaged(_) => unpacked_body(tile, kind),
        },
        Compression::None => unpacked_body(tile, kind),
    }
}

/// The name that HTTP has for a compression (RFC 9110, section 8.4.1).
pub(super) fn name(compression: Compression) -> Option<&'static str> {
    match compression {
        Compression::Gzip => Some("gzip"),
        Compression::Brotli => Some("br"),
        Compression::Zstd => Some("zstd"),
        Compression::None | Compression::Zlib => None,
    }
}

/// How a tile is packed. Its own first bytes say it, except for brotli, which has no sign.
fn seen(tile: &[u8], kind: Kind, declared: Option<Compression>) -> Compression {
    match Compression::of(tile) {
        Compression::None if declared == Some(Compression::Brotli) && kind.is_vector() => {
            Compression::Brotli
        }
        seen => seen,
    }
}

fn unpacked_body(tile: Vec<u8>, kind: Kind) -> Body {
    if !kind.is_vector() || tile.len() < WORTH_PACKING {
        return Body::Bytes(tile);
    }
    match gzip(&tile) {
        Ok(packed) if packed.len() < tile.len() => encoded(packed, "gzip"),
        _ => Body::Bytes(tile),
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn encoded(bytes: Vec<u8>, encoding: &str) -> Body {
    Body::Encoded {
        bytes,
        encoding: encoding.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Level::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(body: Body) -> Vec<u8> {
        match body {
            Body::Bytes(bytes) => bytes,
            Body::Encoded { bytes, encoding } if encoding == "gzip" => {
                let mut unpacked = Vec::new();
                GzDecoder::new(bytes.as_slice())
                    .read_to_end(&mut unpacked)
                    .unwrap();
                unpacked
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_packed_is_passed_on() {
        let packed = gzip(&[7; 1000]).unwrap();
        assert_eq!(
            body(packed.clone(), Kind::Mvt, None),
            encoded(packed, "gzip")
        );
        let zstd = b"\x28\xb5\x2f\xfd...".to_vec();
        assert_eq!(body(zstd.clone(), Kind::Mvt, None), encoded(zstd, "zstd"));
        let brotli = vec![0x0b; 9];
        let declared = Some(Compression::Brotli);
        assert_eq!(
            body(brotli.clone(), Kind::Mvt, declared),
            encoded(brotli, "br")
        );
    }

    #[test]
    fn what_is_not_is_packed_where_that_is_worth_it() {
        let large = vec![7; 1000];
        let packed = body(large.clone(), Kind::Mvt, Some(Compression::None));
        assert!(matches!(&packed, Body::Encoded { bytes, .. } if bytes.len() < 100));
        assert_eq!(unpack(packed), large);
        let small = vec![7; 100];
        assert_eq!(body(small.clone(), Kind::Mvt, None), Body::Bytes(small));
        let image = vec![7; 1000];
        assert_eq!(body(image.clone(), Kind::Png, None), Body::Bytes(image));
    }

    #[test]
    fn zlib_is_packed_anew_and_what_only_looks_like_it_is_left_alone() {
        let tile = vec![7; 1000];
        let again = body(zlib(&tile), Kind::Mvt, Some(Compression::Zlib));
        assert!(matches!(again, Body::Encoded { .. }));
        assert_eq!(unpack(again), tile);
        // A MapLibre tile whose first layer has 120 bytes starts as zlib does.
        let lookalike = [&[0x78, 0x01][..], &[9; 120]].concat();
        assert_eq!(
            body(lookalike.clone(), Kind::Mlt, Some(Compression::None)),
            Body::Bytes(lookalike)
        );
    }

    proptest! {
        #[test]
        fn no_tile_is_changed(tile in proptest::collection::vec(any::<u8>(), 0..400), is_vector: bool) {
            prop_assume!(Compression::of(&tile) == Compression::None);
            let kind = if is_vector { Kind::Mvt } else { Kind::Png };
            prop_assert_eq!(unpack(body(tile.clone(), kind, None)), tile);
        }
    }
}
