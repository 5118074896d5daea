//! One block of 512 bytes that announces what follows.

use super::Kind;
use super::field::{self, FieldError};

/// Everything in a tar archive stands on multiples of this.
pub(super) const BLOCK: usize = 512;

/// A block.
pub(super) type Block = [u8; BLOCK];

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The path, prefix included.
    pub(super) path: Vec<u8>,
    /// What follows.
    pub(super) kind: Kind,
    /// How many bytes follow, padding not counted.
    pub(super) size: u64,
    /// The mode bits.
    pub(super) mode: u64,
}

/// Why a block is not a header that all programs read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeaderError {
    /// Not a header at all.
    #[error("does not have the checksum of a tar header")]
    Checksum,
    /// Of a dialect that nobody knows.
    #[error("does not have the magic bytes of a tar header")]
    Magic,
    /// Some programs take the prefix for a part of the path, others for times or for nothing.
    #[error("has a path prefix, which only POSIX headers have")]
    Prefix,
    /// A field that is malformed.
    #[error("has a field {0} that {1}")]
    Field(&'static str, FieldError),
}

impl HeaderError {
    /// Whether the block is no header at all, rather than an odd one.
    pub(super) fn is_alien(self) -> bool {
        matches!(self, Self::Checksum | Self::Magic)
    }
}

impl Header {
    /// Reads a block that is not all zeros.
    pub(super) fn parse(block: &Block) -> Result<Self, HeaderError> {
        let named = |name| move |error| HeaderError::Field(name, error);
        let claimed = field::octal(&block[148..156]);
        if claimed != Ok(checksum(block)) {
            return Err(HeaderError::Checksum);
        }
        let name = field::text(&block[..100]).map_err(named("name"))?;
        let prefix = prefix(block)?;
        let path = match prefix {
            b"" => name.to_vec(),
            prefix => [prefix, b"/", name].concat(),
        };
        Ok(Self {
            path,
            kind: Kind::from_flag(block[156]),
            size: field::octal(&block[124..136]).map_err(named("size"))?,
            mode: field::octal(&block[100..108]).map_err(named("mode"))?,
        })
    }
}

/// The sum of all bytes, those of the checksum itself taken for spaces.
fn checksum(block: &Block) -> u64 {
    let sum = |bytes: &[u8]| bytes.iter().copied().map(u64::from).sum::<u64>();
    sum(&block[..148]) + 8 * u64::from(b' ') + sum(&block[156..])
}

/// The first part of a long path. Only in POSIX headers are these bytes a prefix for every program.
fn prefix(block: &Block) -> Result<&[u8], HeaderError> {
    const POSIX: &[u8] = b"ustar\x0000";
    const GNU: &[u8] = b"ustar  \0";
    const OLD: &[u8] = &[0; 8];

    // Some writers keep two times in the last 25 bytes of a prefix that is short enough; the byte before tells.
    let field = if block[475] == 0 {
        &block[345..475]
    } else {
        &block[345..500]
    };
    match &block[257..265] {
        POSIX => field::text(field).map_err(|error| HeaderError::Field("prefix", error)),
        GNU | OLD if block[345..500].iter().all(|&byte| byte == 0) => Ok(b""),
        GNU | OLD => Err(HeaderError::Prefix),
        _ => Err(HeaderError::Magic),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A POSIX header with a right checksum.
    pub(in crate::tar) fn block(path: &str, flag: u8, size: u64) -> Block {
        let mut block = [0; BLOCK];
        block[..path.len()].copy_from_slice(path.as_bytes());
        block[100..107].copy_from_slice(b"0000644");
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        block[156] = flag;
        block[257..265].copy_from_slice(b"ustar\x0000");
        sign(&mut block);
        block
    }

    pub(in crate::tar) fn sign(block: &mut Block) {
        let sum = format!("{:06o}\0 ", checksum(block));
        block[148..156].copy_from_slice(sum.as_bytes());
    }

    fn changed(change: impl FnOnce(&mut Block)) -> Result<Header, HeaderError> {
        let mut block = block("package/a", b'0', 5);
        change(&mut block);
        sign(&mut block);
        Header::parse(&block)
    }

    #[test]
    fn a_posix_header_is_read() {
        let header = Header::parse(&block("package/a", b'0', 5)).unwrap();
        assert_eq!(header.path, b"package/a");
        assert_eq!(
            (header.kind, header.size, header.mode),
            (Kind::File, 5, 0o644)
        );
    }

    #[test]
    fn a_prefix_is_put_before_the_name() {
        let with_prefix = changed(|block| block[345..352].copy_from_slice(b"package"));
        assert_eq!(with_prefix.unwrap().path, b"package/package/a");
        let with_times = changed(|block| {
            block[345..352].copy_from_slice(b"package");
            block[476..487].copy_from_slice(b"14000000000");
        });
        assert_eq!(with_times.unwrap().path, b"package/package/a");
        let full = changed(|block| block[345..500].fill(b'p'));
        assert_eq!(full.unwrap().path.len(), 155 + 1 + 9);
    }

    #[test]
    fn a_prefix_in_a_dialect_without_prefixes_is_ambiguous() {
        for magic in [b"ustar  \0", &[0; 8]] {
            let plain = changed(|block| block[257..265].copy_from_slice(magic));
            assert_eq!(plain.unwrap().path, b"package/a");
            let odd = changed(|block| {
                block[257..265].copy_from_slice(magic);
                block[345] = b'x';
            });
            assert_eq!(odd, Err(HeaderError::Prefix));
        }
    }

    #[test]
    fn a_header_with_a_wrong_checksum_or_magic_is_none() {
        let mut block = block("package/a", b'0', 5);
        block[0] ^= 1;
        assert_eq!(Header::parse(&block), Err(HeaderError::Checksum));
        let strange = changed(|block| block[257..265].copy_from_slice(b"utsar\x0000"));
        assert_eq!(strange, Err(HeaderError::Magic));
    }

    #[test]
    fn a_negative_size_is_refused() {
        let negative = changed(|block| block[124..136].fill(0xff));
        assert_eq!(
            negative,
            Err(HeaderError::Field("size", FieldError::Binary))
        );
    }

    #[test]
    fn a_name_with_something_behind_its_end_is_refused() {
        let hidden = changed(|block| block[50] = b'x');
        assert_eq!(
            hidden,
            Err(HeaderError::Field("name", FieldError::AfterEnd))
        );
    }

    proptest! {
        #[test]
        fn no_block_upsets_the_parser(bytes in proptest::collection::vec(any::<u8>(), BLOCK), signed: bool) {
            let mut block: Block = bytes.try_into().unwrap();
            if signed {
                block[257..265].copy_from_slice(b"ustar\x0000");
                sign(&mut block);
            }
            let _ = Header::parse(&block);
        }
    }
}
