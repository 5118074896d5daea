//! PMTiles: an archive of tiles that is read by range, by the specification 3.
//!
//! `header` reads the first bytes and `check` what they say by themselves; `walk` goes through all directories, one in
//! memory at a time; `metadata` is one JSON object. A sample of the tiles is looked into, as with MBTiles.

mod check;
mod directory;
mod header;
mod metadata;
mod tile_id;
mod walk;

use cellier_sdk::{ReadAt, ReadAtExt as _};

use self::directory::Entry;
use self::header::Header;
use self::walk::{Walked, walk};
use crate::about::About;
use crate::codes::mbtiles::TILE_LARGE;
use crate::codes::pmtiles::{COMPRESSION, COUNTS, DIRECTORY_DEEP, NO_TILE, NOT_CLUSTERED, ZOOMS};
use crate::container::Container;
use crate::findings::Findings;
use crate::learnt::Learnt;
use crate::limits;
use crate::place::{Place, range_in_words};
use crate::stop::Stop;
use crate::text::grouped;
use crate::tile::{Compression, Hint, Sample, Survey};

/// Inspects an archive. What was learnt is worth something only if nothing refuses the tileset.
pub(crate) fn inspect(content: &dyn ReadAt, findings: &mut Findings) -> Result<Learnt, Stop> {
    let header = Header::read(content, findings)?;
    check::sections(&header, content.size(), findings)?;
    let internal = check::fields(&header, findings)?;
    let bounds = check::bounds(&header, findings);
    let json = metadata::read(content, &header, internal, findings)?;
    let texts = metadata::texts(&json);
    let texts: Vec<_> = texts
        .iter()
        .map(|(key, text)| (*key, text.as_str()))
        .collect();
    let about = About::read(&texts, findings);

    let mut sample = Sample::default();
    let mut largest: Option<(Place, u64)> = None;
    let walked = walk(content, &header, internal, |place, entry| {
        sample.offer(place, entry.length, entry);
        if largest.is_none_or(|(_, length)| entry.length > length) {
            largest = Some((place, entry.length));
        }
        Ok(())
    })?;
    let Some(zooms) = walked.zooms else {
        findings.report(&NO_TILE, "the directories hold no tile");
        return Ok(Learnt::default());
    };
    report_walk(&header, &walked, zooms, findings);
    if let Some((place, length)) = largest.filter(|(_, length)| *length > limits::LARGE_TILE) {
        let message = format!("tile {place} has {} bytes: slow on phones", grouped(length));
        findings.report(&TILE_LARGE, message);
    }
    let center = check::center(&header, bounds.as_ref(), zooms, findings);

    let survey = survey(content, &header, internal, &sample, findings)?;
    survey.report(|kind| format!("declare {kind} in the header"), findings);
    report_compression(&header, &survey, findings);
    let layers = metadata::layers(&json, &survey, zooms, findings);

    Ok(Learnt {
        container: Some(Container::PmTiles),
        zooms: Some(zooms),
        bounds,
        center,
        tile_count: Some(walked.addressed()),
        per_zoom: (0..)
            .zip(walked.per_zoom)
            .filter(|(_, count)| *count > 0)
            .collect(),
        entry_count: Some(walked.entries),
        content_count: walked.contents,
        layers,
        ..Learnt::new(about, &survey)
    })
}

/// Holds the header against what the directories hold.
fn report_walk(header: &Header, walked: &Walked, zooms: (u8, u8), findings: &mut Findings) {
    if walked.depth > 1 {
        let message = format!("leaf directories are nested {} levels deep", walked.depth);
        findings.report(&DIRECTORY_DEEP, message);
    }
    for (what, declared, found) in [
        (
            "addressed tiles",
            header.addressed,
            Some(walked.addressed()),
        ),
        ("entries", header.entries, Some(walked.entries)),
        ("contents", header.contents, walked.contents),
    ] {
        if let Some(found) = found.filter(|found| declared != 0 && *found != declared) {
            let message = format!(
                "the header counts {} {what}, the directories have {}",
                grouped(declared),
                grouped(found)
            );
            findings.report(&COUNTS, message);
        }
    }
    if (header.min_zoom, header.max_zoom) != zooms {
        let message = format!(
            "the header has zooms {}, tiles exist at {}",
            range_in_words((header.min_zoom, header.max_zoom)),
            range_in_words(zooms)
        );
        findings.report(&ZOOMS, message);
    }
    if header.clustered && walked.contents.is_none() {
        let message = "the header says that the archive is clustered, but its tiles are not in the order of their ids";
        findings.report(&NOT_CLUSTERED, message);
    }
}

/// Looks into the tiles of the sample; then into all others when strict.
fn survey(
    content: &dyn ReadAt,
    header: &Header,
    internal: Compression,
    sample: &Sample<Entry>,
    findings: &Findings,
) -> Result<Survey, Stop> {
    let hint = Hint {
        kind: header.kind(),
        compression: header.tiles(),
    };
    let most = if findings.strict() {
        limits::ALL_TILES
    } else {
        limits::SAMPLED
    };
    let mut survey = Survey::new(hint, most);
    for (place, entry) in sample.drawn() {
        see(content, header, place, entry, &mut survey)?;
    }
    if findings.strict() {
        let sample = sample.places();
        walk(content, header, internal, |place, entry| {
            if sample.contains(&place) {
                return Ok(());
            }
            see(content, header, place, entry, &mut survey)
        })?;
    }
    Ok(survey)
}

fn see(
    content: &dyn ReadAt,
    header: &Header,
    place: Place,
    entry: Entry,
    survey: &mut Survey,
) -> Result<(), Stop> {
    match usize::try_from(entry.length) {
        Ok(length) if length <= limits::TILE => {
            if survey.has_room() {
                let tile = content.read_range(header.data.offset + entry.offset, length)?;
                survey.see(place, &tile);
            }
        }
        _ => survey.see_too_large(place, entry.length),
    }
    Ok(())
}

/// Says where the tiles are not packed as the header says.
fn report_compression(header: &Header, survey: &Survey, findings: &mut Findings) {
    let found = survey.compressions();
    let Some(declared) = header.tiles() else {
        let seen = found.first().map_or(Compression::None, |(seen, _)| *seen);
        let message = format!(
            "the header does not know how the tiles are packed ({}); they have {seen}",
            header.tile_compression
        );
        findings.report(&COMPRESSION, message);
        return;
    };
    if let Some((seen, place)) = found.iter().find(|(seen, _)| *seen != declared) {
        let message = format!("the header says {declared}, but tile {place} has {seen}");
        findings.report(&COMPRESSION, message);
    }
}
