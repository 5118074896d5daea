//! gzip: a layer that hides its content behind a checksum, and a small file that unpacks to a huge one.

use std::io::{self, Read as _, Write as _};

use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};

use crate::ReadAt;

/// Most bytes that are unpacked of a good upload to change what lies within.
const MOST_UNPACKED: u64 = 16 << 20;

/// How many zeros are packed at a time.
const ZEROS: usize = 1 << 20;

/// What a gzip file holds, if it is one and holds no more than can be changed here.
pub(in crate::testkit) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let mut decoder = GzDecoder::new(packed).take(MOST_UNPACKED + 1);
    decoder.read_to_end(&mut unpacked).ok()?;
    (unpacked.len() as u64 <= MOST_UNPACKED).then_some(unpacked)
}

/// Packs bytes.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Memory takes whatever is written.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

/// A gzip file that unpacks to far more than anybody can hold. It is not held here either: all but a little of it is one
/// block, again and again.
pub(in crate::testkit) struct Bomb {
    head: Vec<u8>,
    block: Vec<u8>,
    times: u64,
    tail: Vec<u8>,
}

impl Bomb {
    /// These bytes and so many MiB of zeros behind them.
    pub(in crate::testkit) fn new(start: &[u8], mebibytes: u32) -> Self {
        let mut head = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
        let mut deflate = Deflate(Compress::new(Compression::best(), false));
        let zeros = vec![0; ZEROS];
        head.extend(deflate.feed(start, FlushCompress::Full));
        // After a full flush a block refers to nothing before it: it can stand there as often as one likes.
        let block = deflate.feed(&zeros, FlushCompress::Full);
        let mut checksum = Crc::new();
        checksum.update(start);
        let mut checksum_of_block = Crc::new();
        checksum_of_block.update(&zeros);
        checksum.combine(&checksum_of_many(&checksum_of_block, mebibytes));
        let mut tail = deflate.feed(b"", FlushCompress::Finish);
        tail.extend(checksum.sum().to_le_bytes());
        tail.extend(checksum.amount().to_le_bytes());
        Self {
            head,
            block,
            times: u64::from(mebibytes),
            tail,
        }
    }

    /// The whole file.
    pub(super) fn to_vec(&self) -> Vec<u8> {
        let times = usize::try_from(self.times).unwrap_or_default();
        [self.head.as_slice(), &self.block.repeat(times), &self.tail].concat()
    }

    /// The part of the file at an offset, up to where another part begins.
    fn part(&self, offset: u64) -> &[u8] {
        let head = self.head.len() as u64;
        let blocks = self.block.len() as u64 * self.times;
        let from = |bytes: &'_ [u8], offset: u64| {
            usize::try_from(offset).map_or(bytes.len(), |offset| offset.min(bytes.len()))
        };
        match offset.checked_sub(head) {
            None => &self.head[from(&self.head, offset)..],
            Some(behind) if behind < blocks => {
                let within = behind % self.block.len() as u64;
                &self.block[from(&self.block, within)..]
            }
            Some(behind) => &self.tail[from(&self.tail, behind - blocks)..],
        }
    }
}

impl ReadAt for Bomb {
    fn size(&self) -> u64 {
        let ends = self.head.len() + self.tail.len();
        ends as u64 + self.block.len() as u64 * self.times
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let part = self.part(offset);
        let count = part.len().min(buffer.len());
        buffer[..count].copy_from_slice(&part[..count]);
        Ok(count)
    }
}

/// The checksum of the same block so many times, put together from those of twice, four times, eight times as many.
fn checksum_of_many(block: &Crc, times: u32) -> Crc {
    let mut all = Crc::new();
    let mut doubled = Crc::new();
    doubled.combine(block);
    for bit in 0..u32::BITS {
        if times & (1 << bit) != 0 {
            all.combine(&doubled);
        }
        let mut twice = Crc::new();
        twice.combine(&doubled);
        twice.combine(&doubled);
        doubled = twice;
    }
    all
}

/// A raw deflate stream, without what gzip puts around it.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    Deflate(Compress::new(Compression::fast(), false)).feed(bytes, FlushCompress::Finish)
}

struct Deflate(Compress);

impl Deflate {
    fn feed(&mut self, mut input: &[u8], flush: FlushCompress) -> Vec<u8> {
        let mut output = Vec::with_capacity(64 * 1024);
        loop {
            let (read, written) = (self.0.total_in(), output.len());
            output.reserve(64 * 1024);
            if self.0.compress_vec(input, &mut output, flush).is_err() {
                return output;
            }
            let taken = usize::try_from(self.0.total_in() - read).unwrap_or(input.len());
            input = &input[taken..];
            if input.is_empty() && (output.len() == written || output.len() < output.capacity()) {
                return output;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReadAtExt as _;

    #[test]
    fn what_is_packed_is_unpacked_again_and_nothing_else_is() {
        assert_eq!(unpack(&pack(b"hello")).as_deref(), Some(&b"hello"[..]));
        assert_eq!(unpack(b"hello"), None);
        assert_eq!(unpack(&pack(b"hello")[..12]), None);
    }

    #[test]
    fn a_bomb_is_a_sound_gzip_file_of_a_thousandth_of_its_size() {
        let packed = Bomb::new(b"start", 40).to_vec();
        assert!(packed.len() < 100_000, "{}", packed.len());
        let mut unpacked = Vec::new();
        GzDecoder::new(packed.as_slice())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked.len(), 5 + (40 << 20));
        assert!(unpacked.starts_with(b"start\0"));
        assert_eq!(unpack(&packed), None, "more than is unpacked here");
    }

    #[test]
    fn a_bomb_that_is_not_held_has_the_same_bytes() {
        let bomb = Bomb::new(b"start", 3);
        let size = usize::try_from(bomb.size()).unwrap();
        assert_eq!(bomb.read_head(size).unwrap(), bomb.to_vec());
        assert_eq!(bomb.read_range(20, size).unwrap(), bomb.to_vec()[20..]);
        assert_eq!(bomb.read_at(bomb.size(), &mut [0; 9]).unwrap(), 0);
    }
}
