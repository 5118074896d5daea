//! The row `format`: what the tiles are declared to be.

use super::rows::Rows;
use crate::codes::mbtiles::{COMPRESSION, FORMAT_MISSING, FORMAT_UNKNOWN};
use crate::findings::Findings;
use crate::text::quote;
use crate::tile::{Compression, Hint, Kind, Survey};

/// The values of MBTiles 1.3, and the media types that it permits beside them.
const KNOWN: [(&str, Kind); 13] = [
    ("pbf", Kind::Mvt),
    ("png", Kind::Png),
    ("jpg", Kind::Jpeg),
    ("webp", Kind::Webp),
    ("application/vnd.mapbox-vector-tile", Kind::Mvt),
    ("application/x-protobuf", Kind::Mvt),
    ("application/vnd.maplibre-tile", Kind::Mlt),
    ("application/vnd.maplibre-vector-tile", Kind::Mlt),
    ("image/png", Kind::Png),
    ("image/jpeg", Kind::Jpeg),
    ("image/webp", Kind::Webp),
    ("image/gif", Kind::Gif),
    ("image/avif", Kind::Avif),
];

/// What programs write instead.
const MISSPELT: [(&str, Kind); 9] = [
    ("mvt", Kind::Mvt),
    ("application/octet-stream+pbf", Kind::Mvt),
    ("mlt", Kind::Mlt),
    ("jpeg", Kind::Jpeg),
    ("image/jpg", Kind::Jpeg),
    ("png8", Kind::Png),
    ("png32", Kind::Png),
    ("gif", Kind::Gif),
    ("avif", Kind::Avif),
];

/// What the row says, as a hint for whoever looks into the tiles.
pub(super) fn declared(rows: &Rows, findings: &mut Findings) -> Hint {
    let kind = rows
        .get("format")
        .and_then(|format| read(rows, format, findings));
    Hint {
        kind,
        compression: None,
    }
}

fn read(rows: &Rows, format: &str, findings: &mut Findings) -> Option<Kind> {
    let written = format.to_ascii_lowercase();
    let find = |list: &[(&str, Kind)]| {
        list.iter()
            .find(|(word, _)| *word == written)
            .map(|(_, kind)| *kind)
    };
    if let Some(kind) = find(&KNOWN) {
        return Some(kind);
    }
    let read = find(&MISSPELT);
    let message = match read {
        Some(kind) => format!(
            "format {} is no value of MBTiles 1.3; read as {kind}",
            quote(format)
        ),
        None => format!("format {} is no value of MBTiles 1.3", quote(format)),
    };
    if let Some(kind) = read {
        let fix = rows.fix("format", value_of(kind));
        findings.report_with(&FORMAT_UNKNOWN, message, fix);
    } else {
        findings.report(&FORMAT_UNKNOWN, message);
    }
    read
}

/// Says what the row lacks, once it is known what the tiles are.
pub(super) fn report_missing(rows: &Rows, survey: &Survey, findings: &mut Findings) {
    if rows.get("format").is_some() {
        return;
    }
    match survey.kind() {
        Some(kind) => {
            let message = format!("metadata row \"format\" is missing; the tiles are {kind}");
            let fix = rows.fix("format", value_of(kind));
            findings.report_with(&FORMAT_MISSING, message, fix);
        }
        None => findings.report(&FORMAT_MISSING, "metadata row \"format\" is missing"),
    }
}

/// Says where the tiles are not packed as MBTiles asks: vector tiles with gzip, images not at all.
pub(super) fn report_compression(survey: &Survey, findings: &mut Findings) {
    let Some(kind) = survey.kind() else {
        return;
    };
    let wanted = match kind {
        // MBTiles knows nothing of them, and both are in use.
        Kind::Mlt => [Compression::Gzip, Compression::None].as_slice(),
        Kind::Mvt => &[Compression::Gzip],
        _ => &[Compression::None],
    };
    if let [(first, one), (second, other), ..] = survey.compressions() {
        let message = format!("tile {one} has {first}, tile {other} has {second}");
        findings.report(&COMPRESSION, message);
    } else if let Some((found, place)) = survey
        .compressions()
        .first()
        .filter(|(found, _)| !wanted.contains(found))
    {
        let message = match (kind.is_vector(), found) {
            (true, Compression::None) => format!(
                "vector tiles such as {place} are not compressed (tippecanoe -pC?); MBTiles asks for gzip"
            ),
            (true, other) => {
                format!("vector tiles such as {place} use {other}; MBTiles asks for gzip")
            }
            (false, other) => format!("{kind} tiles such as {place} are compressed with {other}"),
        };
        findings.report(&COMPRESSION, message);
    }
}

/// The value that MBTiles 1.3 has for a kind.
pub(super) fn value_of(kind: Kind) -> &'static str {
    KNOWN
        .iter()
        .find(|(_, known)| *known == kind)
        .map_or("pbf", |(word, _)| word)
}
