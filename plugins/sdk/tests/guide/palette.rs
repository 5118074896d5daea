//! Colour palettes: a line `PALETTE`, then one `#rrggbb` on each line.

use cellier_sdk::{
    Claim, Descriptor, Finding, Format, Inspection, ReadAt, ReadAtExt, Rejection, Upload,
    Versioning,
};

/// The largest palette that is read, in bytes.
const LARGEST: usize = 64 * 1024;

/// The format.
#[derive(Debug)]
pub struct Palette;

impl Format for Palette {
    fn describe(&self) -> Descriptor {
        Descriptor::new("palette", "1.0.0")
            .title("en", "Colour palette")
            .versioning(Versioning::Revisions)
            .category("palette")
            .claim(Claim::extension("palette"))
            .claim(Claim::magic(0, b"PALETTE\n"))
    }

    fn inspect(&self, _upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
        let head = content.read_head(LARGEST)?;
        let Some(colours) = head.strip_prefix(b"PALETTE\n") else {
            let reason = Finding::error("PAL001", "the file does not start with the line PALETTE");
            return Err(Rejection::not_this_format(
                reason.fix("write PALETTE as the first line"),
            ));
        };
        let lines = colours.split(|byte| *byte == b'\n');
        let count = lines.filter(|line| line.starts_with(b"#")).count();
        if count == 0 {
            let empty = Finding::error("PAL002", "the palette has no colour");
            return Err(Rejection::invalid([
                empty.fix("add at least one line like #ffcc00")
            ]));
        }
        Ok(Inspection::new()
            .media_type("text/plain")
            .metadata("colours", count))
    }
}

cellier_sdk::export_format!(Palette);
