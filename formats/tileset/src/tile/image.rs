//! Images: which kind, and how many pixels. Headers only; nothing is decoded.

use super::{Kind, avif};

/// Which image format the first bytes belong to.
pub(crate) fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(Kind::Webp),
        _ if avif::begins(bytes) => Some(Kind::Avif),
        _ => None,
    }
}

/// Width and height in pixels, as the header of this kind of image says.
pub(crate) fn size(kind: Kind, bytes: &[u8]) -> Option<(u32, u32)> {
    match kind {
        Kind::Png => png(bytes),
        Kind::Jpeg => jpeg(bytes),
        Kind::Gif => gif(bytes),
        Kind::Webp => webp(bytes),
        Kind::Avif => avif::size(bytes),
        Kind::Mvt | Kind::Mlt => None,
    }
}

/// PNG, third edition, section 11.2.1: `IHDR` is the first chunk.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    Some((
        big_endian(bytes.get(16..20)?)?,
        big_endian(bytes.get(20..24)?)?,
    ))
}

/// JPEG (ITU T.81, annex B): segments up to the one that starts the frame.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let (&marker, after) = rest.strip_prefix(&[0xff])?.split_first()?;
        match marker {
            // Fill bytes before a marker.
            0xff => rest = &rest[1..],
            // Markers without a segment.
            0x01 | 0xd0..=0xd7 => rest = after,
            // Frames, but not the tables that have numbers among theirs.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let height = big_endian(after.get(3..5)?)?;
                let width = big_endian(after.get(5..7)?)?;
                return Some((width, height));
            }
            // The scan, or the end, before any frame.
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::try_from(big_endian(after.get(..2)?)?).ok()?;
                rest = after.get(length.max(2)..)?;
            }
        }
    }
}

/// GIF 89a, section 18: the logical screen.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((
        little_endian(bytes.get(6..8)?)?,
        little_endian(bytes.get(8..10)?)?,
    ))
}

/// WebP (RFC 9649): one of three first chunks.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let data = bytes.get(20..)?;
    match bytes.get(12..16)? {
        b"VP8 " => {
            let start_code_fits = data.get(3..6)? == [0x9d, 0x01, 0x2a];
            let side = |range| Some(little_endian(data.get(range)?)? & 0x3fff);
            start_code_fits.then_some((side(6..8)?, side(8..10)?))
        }
        b"VP8L" => {
            let signature_fits = *data.first()? == 0x2f;
            let packed = little_endian(data.get(1..5)?)?;
            signature_fits.then_some((1 + (packed & 0x3fff), 1 + ((packed >> 14) & 0x3fff)))
        }
        b"VP8X" => Some((
            1 + little_endian(data.get(4..7)?)?,
            1 + little_endian(data.get(7..10)?)?,
        )),
        _ => None,
    }
}

/// At most four bytes, the most significant first.
pub(super) fn big_endian(bytes: &[u8]) -> Option<u32> {
    (bytes.len() <= 4).then(|| {
        bytes
            .iter()
            .fold(0, |number, &byte| number << 8 | u32::from(byte))
    })
}

fn little_endian(bytes: &[u8]) -> Option<u32> {
    (bytes.len() <= 4).then(|| {
        bytes
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u32::from(byte))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Kind, Option<(u32, u32)>) {
        let kind = kind(bytes).unwrap();
        (kind, size(kind, bytes))
    }

    #[test]
    fn every_format_tells_its_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x02\0";
        assert_eq!(read(png), (Kind::Png, Some((256, 512))));

        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc4\0\x02\xff\xc2\0\x0b\x08\x02\0\x01\0\x01";
        assert_eq!(read(jpeg), (Kind::Jpeg, Some((256, 512))));

        assert_eq!(read(b"GIF89a\0\x01\0\x02"), (Kind::Gif, Some((256, 512))));

        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\0\x01\0\x42";
        assert_eq!(read(lossy), (Kind::Webp, Some((256, 512))));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\xff\xc0\x7f\0";
        assert_eq!(read(lossless), (Kind::Webp, Some((256, 512))));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\xff\0\0\xff\x01\0";
        assert_eq!(read(extended), (Kind::Webp, Some((256, 512))));
    }

    #[test]
    fn a_header_that_breaks_off_tells_no_size() {
        assert_eq!(
            read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"),
            (Kind::Png, None)
        );
        assert_eq!(read(b"\xff\xd8\xff\xe0\0\x04ab"), (Kind::Jpeg, None));
        assert_eq!(read(b"\xff\xd8\xff\xda\0\x02"), (Kind::Jpeg, None));
        assert_eq!(read(b"RIFF\0\0\0\0WEBPVP8Y"), (Kind::Webp, None));
        assert_eq!(kind(b"neither"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for start in [
                b"\x89PNG\r\n\x1a\n".as_slice(),
                b"\xff\xd8\xff",
                b"GIF87a",
                b"RIFF\0\0\0\0WEBPVP8X",
                b"\0\0\0\x14ftypavif\0\0\0\0mif1\0\0\0\x40meta",
            ] {
                let bytes = [start, &bytes].concat();
                let kind = kind(&bytes).unwrap();
                let _ = size(kind, &bytes);
            }
        }
    }
}
