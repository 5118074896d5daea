//! One tile, recognised by its bytes.

use super::{Compression, Inflated, Kind, image, inflate, mvt};
use crate::limits;

/// What a container says about its tiles. It breaks ties where the bytes say nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hint {
    /// What the tiles are declared to be.
    pub(crate) kind: Option<Kind>,
    /// How they are declared to be packed.
    pub(crate) compression: Option<Compression>,
}

/// What a tile turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// How it is packed.
    pub(crate) compression: Compression,
    /// What it is.
    pub(crate) content: Content,
    /// How many bytes were unpacked to know that.
    pub(crate) unpacked: u64,
}

/// What is inside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A vector tile, with the names of its layers.
    Vector(Vec<String>),
    /// A tile of which only the declaration is known.
    Declared(Kind),
    /// An image and its size in pixels.
    Image(Kind, (u32, u32)),
    /// A tile that is damaged, and of which kind it seems to be.
    Damaged(Option<Kind>, String),
    /// More bytes than a tile may have.
    TooLarge,
    /// Packed bytes within packed bytes.
    Doubled(Compression),
    /// Nothing known: how it starts.
    Unknown(Vec<u8>),
}

impl Content {
    /// The kind, as far as it is known.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Vector(_) => Some(Kind::Mvt),
            Self::Declared(kind) | Self::Image(kind, _) => Some(*kind),
            Self::Damaged(kind, _) => *kind,
            Self::TooLarge | Self::Doubled(_) | Self::Unknown(_) => None,
        }
    }
}

/// How many of its first bytes show what an unknown tile may be.
const START: usize = 8;

/// Recognises a tile.
pub(crate) fn look(bytes: &[u8], hint: Hint) -> Look {
    let compression = match Compression::of(bytes) {
        // Nothing tells brotli from noise, so it is believed where it is declared and nothing else is seen.
        Compression::None
            if hint.compression == Some(Compression::Brotli) && image::kind(bytes).is_none() =>
        {
            Compression::Brotli
        }
        seen => seen,
    };
    if compression == Compression::None {
        return Look {
            compression,
            content: if bytes.len() > limits::TILE {
                Content::TooLarge
            } else {
                content(bytes, hint)
            },
            unpacked: bytes.len() as u64,
        };
    }
    let (content, unpacked) = match inflate(bytes, compression, limits::TILE) {
        Inflated::Whole(unpacked) => (within(&unpacked, hint), unpacked.len() as u64),
        Inflated::TooMuch => (Content::TooLarge, limits::TILE as u64),
        Inflated::Damaged(damage) => {
            let problem = format!("{compression} data that is {damage}");
            (Content::Damaged(None, problem), damage.after)
        }
    };
    Look {
        compression,
        content,
        unpacked,
    }
}

/// What was packed.
fn within(bytes: &[u8], hint: Hint) -> Content {
    match Compression::of(bytes) {
        Compression::None => content(bytes, hint),
        inner => Content::Doubled(inner),
    }
}

fn content(bytes: &[u8], hint: Hint) -> Content {
    if let Some(kind) = image::kind(bytes) {
        return match image::size(kind, bytes) {
            Some(size) => Content::Image(kind, size),
            None => Content::Damaged(Some(kind), format!("a {kind} header that breaks off")),
        };
    }
    if hint.kind == Some(Kind::Mlt) {
        return Content::Declared(Kind::Mlt);
    }
    match mvt::layers(bytes) {
        Ok(layers) => Content::Vector(layers),
        Err(malformed) if mvt::begins(bytes) => {
            let problem = format!("bad protobuf at byte {}: {}", malformed.at, malformed.what);
            Content::Damaged(Some(Kind::Mvt), problem)
        }
        Err(_) => Content::Unknown(bytes[..bytes.len().min(START)].to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn seen(bytes: &[u8], hint: Hint) -> (Compression, Content) {
        let look = look(bytes, hint);
        (look.compression, look.content)
    }

    const NO_HINT: Hint = Hint {
        kind: None,
        compression: None,
    };
    const TILE: &[u8] = b"\x1a\x03\x0a\x01a";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0";

    #[test]
    fn vector_tiles_are_found_packed_and_unpacked() {
        let layers = Content::Vector(vec!["a".to_owned()]);
        assert_eq!(seen(TILE, NO_HINT), (Compression::None, layers));
        let (compression, content) = seen(&gzip(TILE), NO_HINT);
        assert_eq!(compression, Compression::Gzip);
        assert_eq!(content.kind(), Some(Kind::Mvt));
        assert_eq!(seen(&gzip(b""), NO_HINT).1, Content::Vector(Vec::new()));
    }

    #[test]
    fn an_image_is_one_whatever_is_declared() {
        let hint = Hint {
            kind: Some(Kind::Mlt),
            compression: Some(Compression::Brotli),
        };
        let image = Content::Image(Kind::Png, (256, 256));
        assert_eq!(seen(PNG, hint), (Compression::None, image));
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let damaged = seen(b"\x1a\x7f", NO_HINT).1;
        assert!(matches!(damaged, Content::Damaged(Some(Kind::Mvt), _)));
        let packed = gzip(TILE);
        let cut = seen(&packed[..packed.len() - 9], NO_HINT).1;
        assert!(matches!(cut, Content::Damaged(None, _)));
        let doubled = seen(&gzip(&gzip(TILE)), NO_HINT).1;
        assert_eq!(doubled, Content::Doubled(Compression::Gzip));
        let unknown = seen(b"GARBAGE, long", NO_HINT).1;
        assert_eq!(unknown, Content::Unknown(b"GARBAGE,".to_vec()));
        let bomb = seen(&gzip(&vec![0; limits::TILE + 1]), NO_HINT).1;
        assert_eq!(bomb, Content::TooLarge);
    }

    #[test]
    fn what_has_no_signature_is_what_is_declared() {
        let mlt = Hint {
            kind: Some(Kind::Mlt),
            compression: None,
        };
        assert_eq!(seen(b"\x05\x01abc", mlt).1, Content::Declared(Kind::Mlt));
        let brotli = Hint {
            kind: None,
            compression: Some(Compression::Brotli),
        };
        let packed = b"\x0b\x02\x80\x1a\x03\x0a\x01a\x03";
        assert_eq!(seen(packed, brotli).0, Compression::Brotli);
        assert_eq!(seen(packed, brotli).1.kind(), Some(Kind::Mvt));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = look(&bytes, NO_HINT);
            let _ = look(&gzip(&bytes), NO_HINT);
        }
    }
}
