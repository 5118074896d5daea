//! What a header's type flag says that follows.

use std::fmt;

/// What follows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A PAX header for the next entry.
    Pax,
    /// A PAX header for all entries that follow.
    PaxGlobal,
    /// The name of the next entry, as GNU tar writes long ones.
    LongName,
    /// Anything else, by its type flag.
    Other(u8),
}

impl Kind {
    /// Reads a type flag.
    pub(crate) fn from_flag(flag: u8) -> Self {
        match flag {
            b'0' | 0 => Self::File,
            b'5' => Self::Folder,
            b'x' => Self::Pax,
            b'g' => Self::PaxGlobal,
            b'L' => Self::LongName,
            other => Self::Other(other),
        }
    }

    /// Whether programs agree on where the next header is.
    ///
    /// They do not for folders, links and devices that claim to have a size: some skip so many bytes, others none. And a
    /// sparse file goes on in blocks of its own.
    pub(crate) fn can_be_skipped(self, size: u64) -> bool {
        match self {
            Self::Folder | Self::Other(b'1'..=b'4' | b'6') => size == 0,
            Self::Other(b'S') => false,
            _ => true,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Pax => "a PAX header",
            Self::PaxGlobal => "a global PAX header",
            Self::LongName => "a GNU long name",
            Self::Other(b'1') => "a hard link",
            Self::Other(b'2') => "a symbolic link",
            Self::Other(b'3') => "a character device",
            Self::Other(b'4') => "a block device",
            Self::Other(b'6') => "a named pipe",
            Self::Other(b'7') => "a contiguous file",
            Self::Other(b'D') => "a GNU folder listing",
            Self::Other(b'K') => "a GNU long link name",
            Self::Other(b'M') => "the rest of a file from another volume",
            Self::Other(b'S') => "a GNU sparse file",
            Self::Other(b'V') => "a volume label",
            Self::Other(b'X') => "a Solaris extended header",
            Self::Other(flag) => {
                return write!(f, "of the unknown type {:?}", char::from(*flag));
            }
        })
    }
}
