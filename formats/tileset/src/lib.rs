//! The tileset format: MBTiles 1.3 and PMTiles 3.
//!
//! A tileset is checked against its specification and against what it really holds, and all findings are told at once,
//! each with what to do about it. What real programs get wrong is warned about; what no program can read is refused. With
//! the setting `strict`, what departs from the specification is refused as well. The bytes are never changed: what is
//! wrong in a file is put right in the metadata that is extracted from it.
//!
//! * [`codes`] lists everything that may be found, [`limits`] how much is looked at;
//! * `container` tells the two containers apart, and both from other files;
//! * `mbtiles` and `pmtiles` read them, `tile` looks into the tiles, whatever they lie in;
//! * `text`, `about` and `layers` make what a stranger wrote safe to show, `geo` and `place` know the grid;
//! * `learnt` words what is kept.

mod about;
pub mod codes;
mod container;
mod extent;
mod findings;
mod geo;
mod layers;
mod learnt;
pub mod limits;
mod mbtiles;
mod place;
mod pmtiles;
mod stop;
mod tally;
mod text;
mod tile;

use cellier_sdk::{
    Claim, Descriptor, Format, Inspection, ReadAt, Rejection, Retention, Setting, Upload,
    Versioning,
};

use crate::container::Container;
use crate::findings::Findings;
use crate::learnt::Learnt;
use crate::stop::Stop;

/// The category that tilesets have.
pub(crate) const CATEGORY: &str = "tileset";

/// The setting that turns departures from the specification into errors.
const STRICT: &str = "strict";

/// The tileset format.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tileset;

cellier_sdk::export_format!(Tileset);

impl Format for Tileset {
    fn describe(&self) -> Descriptor {
        Descriptor::new("tileset", env!("CARGO_PKG_VERSION"))
            .title("en", "Tileset")
            .title("fr", "Jeu de tuiles")
            .versioning(Versioning::Revisions)
            .category(CATEGORY)
            .claim(Claim::extension("mbtiles"))
            .claim(Claim::extension("pmtiles"))
            .claim(Claim::media_type("application/vnd.pmtiles"))
            .claim(Claim::media_type("application/vnd.sqlite3"))
            .claim(Claim::media_type("application/x-sqlite3"))
            .claim(Claim::magic(0, container::SQLITE_MAGIC))
            .claim(Claim::magic(0, container::PMTILES_MAGIC))
            .setting(Setting::boolean(
                STRICT,
                false,
                "Refuse what departs from the specification, and look into every tile.",
            ))
            .retention(Retention::Newest(5))
    }

    fn inspect(&self, upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
        let mut findings = Findings::new(upload.settings.is_on(STRICT));
        let learnt = match learn(upload, content, &mut findings) {
            Ok(learnt) => learnt,
            Err(Stop::Unreadable(error)) => return Err(Rejection::Unreadable(error)),
            Err(Stop::NotATileset(finding)) => return Err(Rejection::not_this_format(finding)),
            Err(Stop::Refused(finding)) => {
                findings.push(finding);
                Learnt::default()
            }
        };
        let inspection = learnt.into_inspection(&mut findings);
        findings.conclude(inspection)
    }
}

fn learn(upload: &Upload, content: &dyn ReadAt, findings: &mut Findings) -> Result<Learnt, Stop> {
    match container::recognise(upload, content)? {
        Container::MbTiles => mbtiles::inspect(upload, content, findings),
        Container::PmTiles => pmtiles::inspect(content, findings),
    }
}
