//! AVIF: an ISO media file (ISO/IEC 14496-12) whose brand is `avif`. Its size stands four boxes deep.

use super::image::big_endian;

/// The boxes that lead to the size of the image, each within the one before.
const WAY: [&[u8; 4]; 4] = [b"meta", b"iprp", b"ipco", b"ispe"];

/// Most boxes that are looked at on each level.
const BOXES: usize = 64;

/// Whether bytes begin as an AVIF image does.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") && matches!(bytes.get(8..12), Some(b"avif" | b"avis"))
}

/// Width and height in pixels. An image of several parts has several sizes; the largest is that of the whole.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut level = bytes;
    for name in &WAY[..3] {
        level = Boxes(level)
            .take(BOXES)
            .find(|found| found.name == *name)?
            .content;
        // `meta` is a full box: version and flags stand before its content.
        if *name == b"meta" {
            level = level.get(4..)?;
        }
    }
    Boxes(level)
        .take(BOXES)
        .filter(|found| found.name == WAY[3])
        .filter_map(|found| {
            let width = big_endian(found.content.get(4..8)?)?;
            let height = big_endian(found.content.get(8..12)?)?;
            Some((width, height))
        })
        .max()
}

/// A box: its name and what is in it.
struct Box<'a> {
    name: &'a [u8],
    content: &'a [u8],
}

/// The boxes that stand one behind the other; ends at the first that is malformed.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = Box<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let length = usize::try_from(big_endian(self.0.get(..4)?)?).ok()?;
        // A length of 0 means up to the end; 1 announces one of 64 bits, which no tile needs.
        let length = if length == 0 { self.0.len() } else { length };
        let name = self.0.get(4..8)?;
        let content = self.0.get(8..length)?;
        self.0 = &self.0[length..];
        Some(Box { name, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + content.len()).unwrap();
        [&length.to_be_bytes(), name, content].concat()
    }

    fn avif(properties: &[u8]) -> Vec<u8> {
        let meta = [
            vec![0; 4],
            boxed(b"hdlr", b"pict"),
            boxed(b"iprp", &boxed(b"ipco", properties)),
        ]
        .concat();
        [boxed(b"ftyp", b"avif\0\0\0\0mif1"), boxed(b"meta", &meta)].concat()
    }

    #[test]
    fn the_size_is_that_of_the_whole() {
        let part = boxed(b"ispe", b"\0\0\0\0\0\0\0\x40\0\0\0\x40");
        let whole = boxed(b"ispe", b"\0\0\0\0\0\0\x02\0\0\0\x01\0");
        let image = avif(&[part, boxed(b"pixi", b""), whole].concat());
        assert!(begins(&image));
        assert_eq!(size(&image), Some((512, 256)));
    }

    #[test]
    fn an_image_without_the_box_has_no_size() {
        assert_eq!(size(&avif(b"")), None);
        assert_eq!(size(&avif(&boxed(b"ispe", b"\0\0"))), None);
        let image = avif(&boxed(b"ispe", b"\0\0\0\0\0\0\0\x40\0\0\0\x40"));
        assert_eq!(size(&image[..image.len() - 1]), None, "cut");
    }
}
