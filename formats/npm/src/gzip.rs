//! One gzip member, inflated as a stream and never further than the limits allow.

use std::io::{self, BufRead, BufReader, Read};

use cellier_sdk::{ContentReader, Finding, ReadAt, ReadAtExt};
use flate2::bufread::GzDecoder;

use crate::limits::{self, Limits};
use crate::stop::Stop;
use crate::{codes, text};

/// The first two bytes of every gzip file (RFC 1952).
pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// How much packed data is fetched at a time.
const BUFFER: usize = 64 * 1024;

/// Inflates the one gzip member that a tarball is.
pub(crate) struct Inflate<'a> {
    decoder: GzDecoder<BufReader<Source<'a>>>,
    packed: u64,
    inflated: u64,
    most: u64,
}

impl<'a> Inflate<'a> {
    /// Looks at the magic bytes; nothing is inflated yet.
    pub(crate) fn new(content: &'a dyn ReadAt, limits: Limits) -> Result<Self, Stop> {
        let magic = content.read_head(MAGIC.len()).map_err(Stop::Unreadable)?;
        if magic != MAGIC {
            let message = format!(
                "the content is not gzip: it starts with {}, not with 1f 8b",
                text::hex(&magic)
            );
            return Err(Stop::NotATarball(codes::NOT_A_TARBALL.error(message)));
        }
        let source = Source {
            reader: content.reader(),
            failed: false,
        };
        Ok(Self {
            decoder: GzDecoder::new(BufReader::with_capacity(BUFFER, source)),
            packed: content.size(),
            inflated: 0,
            most: limits.unpacked,
        })
    }

    /// How many bytes were inflated so far.
    pub(crate) fn inflated(&self) -> u64 {
        self.inflated
    }

    /// Fills the buffer; fewer bytes only where the member ends.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Stop> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// Reads some bytes; none only where the member ends and its checksum is right.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Stop> {
        let count = match self.decoder.read(buffer) {
            Ok(count) => count,
            Err(error) => return Err(self.explain(error)),
        };
        self.inflated += count as u64;
        self.check_size(0)?;
        Ok(count)
    }

    /// Refuses what would, with so many more bytes, be too much.
    pub(crate) fn check_size(&self, more: u64) -> Result<(), Stop> {
        let size = self.inflated.saturating_add(more);
        if size > self.most {
            let message = format!(
                "the archive unpacks to more than the {} bytes that are allowed",
                self.most
            );
            return Err(Stop::Refused(codes::UNPACKED_TOO_LARGE.error(message)));
        }
        if size > limits::RATIO_FROM && size > self.packed.saturating_mul(limits::RATIO) {
            let message = format!(
                "the archive has {} bytes and unpacks to more than {} times as many",
                self.packed,
                limits::RATIO
            );
            return Err(Stop::Refused(codes::UNPACKED_TOO_LARGE.error(message)));
        }
        Ok(())
    }

    /// What follows the member, once it was read to its end. Some clients would unpack it, others not.
    pub(crate) fn trailing(&mut self) -> Result<Option<Finding>, Stop> {
        let rest = match self.decoder.get_mut().fill_buf() {
            Ok(rest) => rest,
            Err(error) => return Err(Stop::Unreadable(error)),
        };
        let message = if rest.is_empty() {
            return Ok(None);
        } else if rest.starts_with(&MAGIC) {
            "a second gzip member follows the first"
        } else {
            "more bytes follow the end of the gzip member"
        };
        Ok(Some(codes::TRAILING_DATA.error(message)))
    }

    /// Tells a host that cannot read from an archive that cannot be inflated.
    fn explain(&self, error: io::Error) -> Stop {
        if self.decoder.get_ref().get_ref().failed {
            return Stop::Unreadable(error);
        }
        let message = if error.kind() == io::ErrorKind::UnexpectedEof {
            format!(
                "the gzip data breaks off after {} unpacked bytes",
                self.inflated
            )
        } else {
            format!(
                "the gzip data is damaged after {} unpacked bytes: {error}",
                self.inflated
            )
        };
        if self.inflated == 0 {
            return Stop::NotATarball(codes::NOT_A_TARBALL.error(message));
        }
        Stop::Refused(codes::DAMAGED.error(message))
    }
}

/// The packed bytes. Remembers whether an error was the host's, which the decoder's own errors look just like.
struct Source<'a> {
    reader: ContentReader<'a, dyn ReadAt + 'a>,
    failed: bool,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
                Ok(count) => return Ok(count),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(packed: &dyn ReadAt, limits: Limits) -> Result<(u64, Option<Finding>), Stop> {
        let mut inflate = Inflate::new(packed, limits)?;
        let mut buffer = vec![0; 64 * 1024];
        while inflate.read(&mut buffer)? > 0 {}
        let trailing = inflate.trailing()?;
        Ok((inflate.inflated(), trailing))
    }

    fn refused_code(result: Result<(u64, Option<Finding>), Stop>) -> String {
        match result {
            Err(Stop::Refused(finding)) => finding.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn one_member_is_inflated_to_its_end() {
        let (inflated, trailing) = inflate(&gzip(b"hello"), Limits::default()).unwrap();
        assert_eq!((inflated, trailing), (5, None));
    }

    #[test]
    fn a_second_member_and_stray_bytes_are_found() {
        for rest in [gzip(b"again"), vec![0], b"x".to_vec()] {
            let packed = [gzip(b"hello"), rest].concat();
            let (inflated, trailing) = inflate(&packed, Limits::default()).unwrap();
            assert_eq!(inflated, 5);
            assert_eq!(trailing.unwrap().code, codes::TRAILING_DATA.id);
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        let packed = gzip(&b"hello, hello, hello".repeat(50));
        for length in 2..packed.len() {
            assert!(
                inflate(&packed[..length].to_vec(), Limits::default()).is_err(),
                "cut after {length} of {} bytes",
                packed.len()
            );
        }
    }

    #[test]
    fn a_wrong_checksum_is_damage() {
        let mut packed = gzip(b"hello");
        let checksum = packed.len() - 8;
        packed[checksum] ^= 1;
        assert_eq!(
            refused_code(inflate(&packed, Limits::default())),
            codes::DAMAGED.id
        );
    }

    #[test]
    fn inflating_stops_at_the_size_that_is_allowed() {
        let limits = Limits {
            unpacked: 1000,
            ..Limits::default()
        };
        assert!(inflate(&gzip(&[b'x'; 1000]), limits).is_ok());
        assert_eq!(
            refused_code(inflate(&gzip(&[b'x'; 1001]), limits)),
            codes::UNPACKED_TOO_LARGE.id
        );
    }

    #[test]
    fn a_bomb_goes_off_at_the_ratio_long_before_the_size() {
        let bomb = gzip(&vec![0; 70 << 20]);
        let mut inflate = Inflate::new(&bomb, Limits::default()).unwrap();
        let mut buffer = vec![0; 64 * 1024];
        let stop = loop {
            match inflate.read(&mut buffer) {
                Ok(0) => panic!("the bomb was inflated to its end"),
                Ok(_) => {}
                Err(stop) => break stop,
            }
        };
        assert!(matches!(stop, Stop::Refused(_)));
        assert!(inflate.inflated() <= limits::RATIO_FROM + 64 * 1024);
    }
}
