//! The rows `minzoom` and `maxzoom`, held against the zooms that have tiles.

use super::rows::Rows;
use super::scan::Zooms;
use crate::codes::mbtiles::{ZOOM_DIFFERS, ZOOM_GAP, ZOOM_MALFORMED};
use crate::extent::Extent;
use crate::findings::Findings;
use crate::place::{DEEPEST, range_in_words};
use crate::text::quote;

/// The first and the last zoom that has tiles; none if there is no tile.
pub(super) fn of_tiles(zooms: &Zooms) -> Option<(&Extent, &Extent)> {
    let mut having = zooms.iter().flatten();
    let first = having.next()?;
    Some((first, having.next_back().unwrap_or(first)))
}

/// Says where the declaration and the tiles disagree. What holds is what the tiles say: a client that asks for zooms
/// without tiles gets nothing, one that does not know of zooms with tiles never sees them.
pub(super) fn check(rows: &Rows, found: (u8, u8), zooms: &Zooms, findings: &mut Findings) {
    let (first, last) = found;
    let declared = [
        declared(rows, "minzoom", first, findings),
        declared(rows, "maxzoom", last, findings),
    ];
    if let [Some(min), Some(max)] = declared
        && (min, max) != found
    {
        let message = format!(
            "metadata declares zooms {}, tiles exist at {}",
            range_in_words((min, max)),
            range_in_words(found)
        );
        findings.report(&ZOOM_DIFFERS, message);
    }
    for zoom in first..=last {
        if zooms[usize::from(zoom)].is_none() {
            findings.report(&ZOOM_GAP, format!("no tile at zoom {zoom}"));
        }
    }
}

fn declared(rows: &Rows, name: &str, computed: u8, findings: &mut Findings) -> Option<u8> {
    let fix = rows.fix(name, &computed.to_string());
    let Some(text) = rows.get(name) else {
        let message =
            format!("metadata row \"{name}\" is missing; computed from the tiles: {computed}");
        findings.report_with(&ZOOM_MALFORMED, message, fix);
        return None;
    };
    let zoom = text.parse().ok().filter(|zoom: &u8| *zoom <= DEEPEST);
    if zoom.is_none() {
        let message = format!(
            "{name} {} is not a whole number from 0 to {DEEPEST}; computed from the tiles: {computed}",
            quote(text)
        );
        findings.report_with(&ZOOM_MALFORMED, message, fix);
    }
    zoom
}
