//! The generic file format: anything, kept as it is, with revisions 1, 2, 3 …
//!
//! This crate is the pattern for a built-in format: a struct, its [`Format`] implementation, the line that registers it,
//! and tests.

mod sniff;

use cellier_sdk::{
    Claim, Descriptor, Finding, Format, Inspection, ReadAt, ReadAtExt as _, Rejection, Retention,
    Upload, Versioning,
};

/// The generic file format.
#[derive(Debug)]
pub struct AnyFile;

cellier_sdk::export_format!(AnyFile);

/// How many of the first bytes tell the media type.
const HEAD: usize = 4096;

impl Format for AnyFile {
    fn describe(&self) -> Descriptor {
        Descriptor::new("file", env!("CARGO_PKG_VERSION"))
            .title("en", "File")
            .title("fr", "Fichier")
            .versioning(Versioning::Revisions)
            .category("maplibre-style")
            .category("other")
            .default_category("other")
            .claim(Claim::anything())
            .retention(Retention::Newest(5))
    }

    fn inspect(&self, upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
        let head = content.read_head(HEAD)?;
        let media_type = sniff::media_type(&head, upload.file_name.as_deref());
        let inspection = Inspection::new().media_type(media_type);
        if content.size() == 0 {
            let empty = Finding::warning("FILE001", "the file is empty (0 bytes)")
                .fix("check the step of the build that writes it, unless an empty file is meant");
            return Ok(inspection.finding(empty));
        }
        Ok(inspection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspect(name: &str, bytes: &[u8]) -> Inspection {
        AnyFile
            .inspect(&Upload::new("x").file_name(name), &bytes.to_vec())
            .unwrap()
    }

    #[test]
    fn the_content_tells_the_media_type_before_the_name_does() {
        assert_eq!(
            inspect("picture.txt", b"\x89PNG\r\n\x1a\n")
                .media_type
                .as_deref(),
            Some("image/png")
        );
        assert_eq!(
            inspect("style.json", b"{\"version\":8}")
                .media_type
                .as_deref(),
            Some("application/json")
        );
        assert_eq!(
            inspect("data.bin", &[0, 1, 2, 3]).media_type.as_deref(),
            Some("application/octet-stream")
        );
        assert_eq!(
            inspect("README", b"plain words").media_type.as_deref(),
            Some("text/plain; charset=utf-8")
        );
    }

    #[test]
    fn an_empty_file_is_kept_and_warned_about() {
        assert_eq!(inspect("empty", b"").findings[0].code, "FILE001");
    }
}
