//! Unpacking, never further than a limit.

use std::fmt;
use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::bufread::{GzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use super::Compression;

/// How much packed data brotli looks at at a time.
const BROTLI_BUFFER: usize = 4096;

/// Most memory that zstd may set aside before it unpacks anything; decoders should have 8 MiB, few frames ask for more.
const ZSTD_WINDOW: u64 = 32 << 20;

/// What unpacking came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inflated {
    /// All of it.
    Whole(Vec<u8>),
    /// More than the limit.
    TooMuch,
    /// The packed bytes are damaged or broken off.
    Damaged(Damage),
}

/// How packed bytes are damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    /// How many bytes could be unpacked.
    pub(crate) after: u64,
    is_broken_off: bool,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.is_broken_off {
            "broken off"
        } else {
            "damaged"
        };
        write!(f, "{how} after {} bytes", self.after)
    }
}

/// Unpacks bytes to at most so many.
pub(crate) fn inflate(packed: &[u8], compression: Compression, most: usize) -> Inflated {
    match compression {
        Compression::None if packed.len() > most => Inflated::TooMuch,
        Compression::None => Inflated::Whole(packed.to_vec()),
        Compression::Gzip => read(GzDecoder::new(packed), most),
        Compression::Zlib => read(ZlibDecoder::new(packed), most),
        Compression::Brotli => read(Decompressor::new(packed, BROTLI_BUFFER), most),
        Compression::Zstd if zstd_window(packed) > ZSTD_WINDOW.max(most as u64) => {
            Inflated::TooMuch
        }
        Compression::Zstd => match StreamingDecoder::new(packed) {
            Ok(decoder) => read(decoder, most),
            Err(_) => Inflated::Damaged(Damage {
                after: 0,
                is_broken_off: false,
            }),
        },
    }
}

fn read(unpacking: impl Read, most: usize) -> Inflated {
    let mut unpacked = Vec::new();
    let one_more = most as u64 + 1;
    match unpacking.take(one_more).read_to_end(&mut unpacked) {
        Ok(_) if unpacked.len() > most => Inflated::TooMuch,
        Ok(_) => Inflated::Whole(unpacked),
        Err(error) => Inflated::Damaged(Damage {
            after: unpacked.len() as u64,
            is_broken_off: error.kind() == io::ErrorKind::UnexpectedEof,
        }),
    }
}

/// How many bytes of memory a zstd frame asks for (RFC 8878, section 3.1.1.1.2); they are set aside before anything is
/// unpacked. A frame in a single segment asks for its content's size, which it cannot exceed.
fn zstd_window(packed: &[u8]) -> u64 {
    let (Some(&descriptor), Some(&window)) = (packed.get(4), packed.get(5)) else {
        return 0;
    };
    let in_a_single_segment = descriptor & 0x20 != 0;
    if !in_a_single_segment {
        let base = 1_u64 << (10 + (window >> 3));
        return base + base / 8 * u64::from(window & 7);
    }
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let (size, offset) = [(1, 0), (2, 256), (4, 0), (8, 0)][usize::from(descriptor >> 6)];
    let Some(field) = packed.get(5 + dictionary..5 + dictionary + size) else {
        return 0;
    };
    let mut content = [0; 8];
    content[..size].copy_from_slice(field);
    u64::from_le_bytes(content).saturating_add(offset)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::write::{GzEncoder, ZlibEncoder};
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    /// The brotli stream of "hello": one uncompressed meta-block, then an empty last one (RFC 7932, section 9).
    const BROTLI_HELLO: &[u8] = b"\x0f\x02\x80hello\x03";

    #[test]
    fn what_fits_is_unpacked_and_what_does_not_is_not() {
        for packed in [gzip(b"hello"), zlib(b"hello"), zstd(b"hello")] {
            let compression = Compression::of(&packed);
            assert_ne!(compression, Compression::None);
            assert_eq!(
                inflate(&packed, compression, 5),
                Inflated::Whole(b"hello".to_vec())
            );
            assert_eq!(inflate(&packed, compression, 4), Inflated::TooMuch);
        }
        let brotli = |most| inflate(BROTLI_HELLO, Compression::Brotli, most);
        assert_eq!(brotli(5), Inflated::Whole(b"hello".to_vec()));
        assert_eq!(brotli(4), Inflated::TooMuch);
    }

    #[test]
    fn a_cut_is_noticed_in_every_compression() {
        let text = b"the quick brown fox jumps over the lazy dog".repeat(20);
        for packed in [gzip(&text), zlib(&text), zstd(&text)] {
            let compression = Compression::of(&packed);
            let cut = &packed[..packed.len() / 2];
            assert!(
                matches!(inflate(cut, compression, 9999), Inflated::Damaged(_)),
                "{compression}"
            );
        }
        let cut = &BROTLI_HELLO[..5];
        assert!(matches!(
            inflate(cut, Compression::Brotli, 9999),
            Inflated::Damaged(_)
        ));
    }

    #[test]
    fn a_zstd_frame_that_asks_for_a_lot_of_memory_gets_none() {
        let a_window_of_64_mib = [0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3, 1, 0, 0];
        assert_eq!(
            inflate(&a_window_of_64_mib, Compression::Zstd, 1 << 20),
            Inflated::TooMuch
        );
        let four_gib_in_one_segment = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 255, 255, 255, 255, 1, 0, 0];
        assert_eq!(
            inflate(&four_gib_in_one_segment, Compression::Zstd, 1 << 20),
            Inflated::TooMuch
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            for compression in [Compression::Gzip, Compression::Zlib, Compression::Brotli, Compression::Zstd] {
                let mut with_magic = match compression {
                    Compression::Zstd => vec![0x28, 0xb5, 0x2f, 0xfd],
                    _ => Vec::new(),
                };
                with_magic.extend_from_slice(&bytes);
                if let Inflated::Whole(unpacked) = inflate(&with_magic, compression, 4096) {
                    prop_assert!(unpacked.len() <= 4096);
                }
            }
        }
    }
}
