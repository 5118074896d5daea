//! Unpacking, for clients that cannot.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use crate::http::protocol::coding::Coding;

/// What came of unpacking.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http::protocol) enum Unpacked {
    /// All of it.
    Whole(Bytes),
    /// It would have been more than may be held.
    TooMuch,
    /// It is not packed so.
    Damaged,
}

/// Unpacks bytes of which at most `most` may come.
pub(in crate::http::protocol) fn unpack(bytes: &[u8], coding: Coding, most: usize) -> Unpacked {
    let unpacked = match coding {
        Coding::Gzip => read(MultiGzDecoder::new(bytes), most),
        Coding::Brotli => read(brotli::Decompressor::new(bytes, 4096), most),
        Coding::Zstd => zstd::stream::read::Decoder::new(bytes).and_then(|it| read(it, most)),
    };
    match unpacked {
        Ok(bytes) if bytes.len() > most => Unpacked::TooMuch,
        Ok(bytes) => Unpacked::Whole(bytes.into()),
        Err(_damaged) => Unpacked::Damaged,
    }
}

fn read(decoder: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    decoder.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::protocol::coding::pack;

    #[test]
    fn what_is_packed_is_unpacked_to_the_same() {
        for bytes in [&b""[..], b"a", &b"abc ".repeat(10_000)] {
            for coding in Coding::ALL {
                let packed = pack(bytes, coding).unwrap();
                let unpacked = unpack(&packed, coding, 40_000);
                let whole = Unpacked::Whole(bytes.to_vec().into());
                assert_eq!(unpacked, whole, "{coding:?} {}", bytes.len());
            }
        }
    }

    #[test]
    fn a_bomb_and_what_is_not_packed_are_told_apart() {
        for coding in Coding::ALL {
            let bomb = pack(&vec![0; 1 << 20], coding).unwrap();
            assert_eq!(unpack(&bomb, coding, 1000), Unpacked::TooMuch);
            let broken_off = &bomb[..bomb.len() / 2];
            assert_eq!(
                unpack(broken_off, coding, 2 << 20),
                Unpacked::Damaged,
                "{coding:?}"
            );
        }
        assert_eq!(unpack(b"plain text", Coding::Gzip, 1000), Unpacked::Damaged);
    }
}
