//! What is inside a tile, whatever container it lies in.
//!
//! `look` recognises one tile by its bytes; [`Survey`] collects what was seen in a sample of them.

mod avif;
mod geometry;
mod image;
mod inflate;
mod look;
mod mvt;
mod proto;
mod sample;
mod survey;

use std::fmt;

pub(crate) use self::inflate::{Inflated, inflate};
pub(crate) use self::look::Hint;
pub(crate) use self::sample::Sample;
pub(crate) use self::survey::Survey;

/// A kind of tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Mapbox vector tiles.
    Mvt,
    /// MapLibre tiles. Nothing in their bytes tells them from noise, so they are believed to be what is declared.
    Mlt,
    Png,
    Jpeg,
    Webp,
    Gif,
    Avif,
}

impl Kind {
    /// The word for it in metadata.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Mvt => "mvt",
            Self::Mlt => "mlt",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
        }
    }

    /// Whether tiles of this kind have layers.
    pub(crate) fn is_vector(self) -> bool {
        matches!(self, Self::Mvt | Self::Mlt)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a tile, a directory or metadata is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Not at all.
    None,
    Gzip,
    Zlib,
    Brotli,
    Zstd,
}

impl Compression {
    /// The word for it in metadata.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Brotli => "brotli",
            Self::Zstd => "zstd",
        }
    }

    /// What the first bytes say. Brotli says nothing.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // Deflate with a window of 32 KiB, and a header whose two bytes are a multiple of 31.
            [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) => Self::Zlib,
            _ => Self::None,
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no compression",
            other => other.as_str(),
        })
    }
}
