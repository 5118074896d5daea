//! Which of the two containers an upload is, or what else it looks like.

use cellier_sdk::{ReadAt, ReadAtExt as _, Upload};

use crate::codes::{Code, mbtiles, pmtiles};
use crate::stop::Stop;
use crate::text::quote;

/// The first bytes of every SQLite database.
pub(crate) const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// The first bytes of every PMTiles archive of version 3.
pub(crate) const PMTILES_MAGIC: &[u8] = b"PMTiles";

/// How many of the first bytes are looked at.
const HEAD: usize = 64;

/// A container of tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// An SQLite database.
    MbTiles,
    /// An archive that is read by range.
    PmTiles,
}

impl Container {
    /// The word for it in metadata.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::MbTiles => "mbtiles",
            Self::PmTiles => "pmtiles",
        }
    }

    /// The media type of such a file.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::MbTiles => "application/vnd.sqlite3",
            Self::PmTiles => "application/vnd.pmtiles",
        }
    }

    /// What the file's name says.
    fn of_name(upload: &Upload) -> Option<Self> {
        let (_, extension) = upload.file_name.as_deref()?.rsplit_once('.')?;
        [Self::MbTiles, Self::PmTiles]
            .into_iter()
            .find(|container| extension.eq_ignore_ascii_case(container.as_str()))
    }
}

/// Whether the publisher said that this is a tileset, by category or by the name of the file.
pub(crate) fn is_said_to_be_a_tileset(upload: &Upload) -> bool {
    upload.category.as_deref() == Some(crate::CATEGORY) || Container::of_name(upload).is_some()
}

/// Recognises the container by its first bytes. A name that says the other one is refused: whoever downloads the file
/// would open it with the wrong program.
pub(crate) fn recognise(upload: &Upload, content: &dyn ReadAt) -> Result<Container, Stop> {
    let head = content.read_head(HEAD)?;
    let named = Container::of_name(upload);
    if head.starts_with(SQLITE_MAGIC) {
        if named == Some(Container::PmTiles) {
            let message = "not a PMTiles archive: it is an SQLite database (MBTiles?)";
            let finding = pmtiles::NOT_PMTILES.error(message);
            return Err(Stop::Refused(finding.fix("name the file .mbtiles")));
        }
        return Ok(Container::MbTiles);
    }
    if head.starts_with(PMTILES_MAGIC) {
        if named == Some(Container::MbTiles) {
            let message = "not an MBTiles file: it starts with \"PMTiles\" (a PMTiles archive)";
            let finding = mbtiles::NOT_SQLITE.error(message);
            return Err(Stop::Refused(finding.fix("name the file .pmtiles")));
        }
        return Ok(Container::PmTiles);
    }
    if let [b'P', b'M', version @ 1..=2, 0, ..] = head.as_slice() {
        let message = format!("PMTiles version {version} is not supported, only version 3");
        return Err(Stop::Refused(pmtiles::NOT_PMTILES.error(message)));
    }
    let (code, wanted): (&Code, _) = match named {
        Some(Container::PmTiles) => (&pmtiles::NOT_PMTILES, "a PMTiles archive"),
        Some(Container::MbTiles) => (&mbtiles::NOT_SQLITE, "an MBTiles file"),
        None => (&mbtiles::NOT_SQLITE, "an MBTiles file or a PMTiles archive"),
    };
    let message = format!("not {wanted}: {}", appearance(&head));
    Err(Stop::NotATileset(code.error(message)))
}

/// Starts of other files, and what to call those.
const OTHERS: [(&[u8], &str); 12] = [
    (b"\x1f\x8b", "gzip data; is the tileset inside?"),
    (b"PK\x03\x04", "a zip archive; is the tileset inside?"),
    (b"\x28\xb5\x2f\xfd", "zstd data; is the tileset inside?"),
    (
        b"7z\xbc\xaf\x27\x1c",
        "a 7z archive; is the tileset inside?",
    ),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"II*\0", "a TIFF image (a GeoTIFF?)"),
    (b"MM\0*", "a TIFF image (a GeoTIFF?)"),
    (b"%PDF", "a PDF document"),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS, not the file itself",
    ),
    (b"{", "JSON"),
    (b"PM", "a damaged or unknown PMTiles header"),
];

/// What the content looks like, as the end of a sentence.
fn appearance(head: &[u8]) -> String {
    if head.is_empty() {
        return "the file is empty (0 bytes)".to_owned();
    }
    let text = head.trim_ascii_start();
    if text.starts_with(b"<") {
        let start = String::from_utf8_lossy(&text[..text.len().min(16)]);
        return format!("it starts with {} (an error page?)", quote(&start));
    }
    if let Some((_, name)) = OTHERS.iter().find(|(start, _)| head.starts_with(start)) {
        return format!("it looks like {name}");
    }
    format!(
        "it starts with \"{}\"",
        head[..head.len().min(16)].escape_ascii()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, content: &[u8]) -> (bool, String, String) {
        let upload = Upload::new("terrain").file_name(name);
        match recognise(&upload, &content.to_vec()) {
            Ok(container) => panic!("taken as {container:?}"),
            Err(Stop::NotATileset(finding)) => (false, finding.code, finding.message),
            Err(Stop::Refused(finding)) => (true, finding.code, finding.message),
            Err(Stop::Unreadable(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn whatever_is_neither_is_told_by_its_looks() {
        for (content, expected) in [
            (b"".as_slice(), "the file is empty (0 bytes)"),
            (
                b"\r\n<html><body>502",
                "it starts with \"<html><body>502\" (an error page?)",
            ),
            (b"\x1f\x8b\x08", "it looks like gzip data"),
            (b"PK\x03\x04", "it looks like a zip archive"),
            (b"this is not", "it starts with \"this is not\""),
            (b"SQLite format 2", "it starts with \"SQLite format 2\""),
        ] {
            let (is_invalid, code, message) = refusal("terrain", content);
            assert!(!is_invalid && code == "MB001", "{code}");
            assert!(message.contains(expected), "{message}");
        }
        assert_eq!(refusal("terrain.PMTiles", b"<svg").1, "PM01");
    }

    #[test]
    fn a_name_that_says_the_other_container_is_refused() {
        let (is_invalid, code, message) = refusal("a.mbtiles", b"PMTiles\x03");
        assert!(is_invalid && code == "MB001", "{message}");
        let (is_invalid, code, message) = refusal("a.pmtiles", SQLITE_MAGIC);
        assert!(is_invalid && code == "PM01", "{message}");
    }

    #[test]
    fn older_archives_are_named() {
        for version in [1, 2] {
            let (is_invalid, code, message) = refusal("a.pmtiles", &[b'P', b'M', version, 0, 9]);
            assert!(is_invalid && code == "PM01", "{message}");
        }
    }
}
