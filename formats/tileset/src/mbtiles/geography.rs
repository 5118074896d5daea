//! The rows `bounds`, `center` and `scheme`, held against where the tiles are.

use super::rows::Rows;
use crate::codes::mbtiles::{
    BOUNDS_CROSSED, BOUNDS_DIFFER, BOUNDS_FLAT, BOUNDS_MALFORMED, BOUNDS_OUTSIDE, CENTER, SCHEME,
};
use crate::extent::Extent;
use crate::findings::Findings;
use crate::geo::{Bounds, Center, Wrong};
use crate::text::quote;

/// The bounds: those that are declared, or those of the deepest tiles where they are no bounds.
pub(super) fn bounds(rows: &Rows, deepest: &Extent, findings: &mut Findings) -> Bounds {
    let of_tiles = Bounds::of_tiles(deepest);
    let instead = format!("computed from the tiles instead: {of_tiles}");
    let fix = rows.fix("bounds", &of_tiles.to_string());
    let Some(text) = rows.get("bounds") else {
        let message = format!("metadata row \"bounds\" is missing; {instead}");
        findings.report_with(&BOUNDS_MALFORMED, message, fix);
        return of_tiles;
    };
    let bounds = match Bounds::parse(text) {
        Ok(bounds) => bounds,
        Err(problem) => {
            let message = format!(
                "bounds {} has {problem}, need west,south,east,north; {instead}",
                quote(text)
            );
            findings.report_with(&BOUNDS_MALFORMED, message, fix);
            return of_tiles;
        }
    };
    match bounds.wrong() {
        None => {}
        Some(Wrong::Outside) => {
            let message = format!("bounds {} lie outside the world; {instead}", quote(text));
            findings.report_with(&BOUNDS_OUTSIDE, message, fix);
            return of_tiles;
        }
        Some(Wrong::Crossed) => {
            let message = format!("{}; {instead}", crossed(&bounds));
            findings.report_with(&BOUNDS_CROSSED, message, fix);
            return of_tiles;
        }
        Some(Wrong::Flat) => {
            let message = format!("bounds {} have no area; {instead}", quote(text));
            findings.report_with(&BOUNDS_FLAT, message, fix);
            return of_tiles;
        }
    }
    if !bounds.fit(deepest) {
        let coverage = bounds.coverage(deepest) * 100.0;
        let how = if coverage > 99.9 {
            "reach beyond the tiles".to_owned()
        } else {
            format!("cover {coverage:.1} % of the tiles")
        };
        let message = format!(
            "bounds {} {how} at zoom {}, which reach {of_tiles}",
            quote(text),
            deepest.zoom
        );
        findings.report(&BOUNDS_DIFFER, message);
    }
    bounds
}

fn crossed(bounds: &Bounds) -> String {
    if bounds.west > bounds.east {
        format!(
            "west {} is east of east {}: swapped values, or across the antimeridian, which MBTiles cannot express",
            bounds.west, bounds.east
        )
    } else {
        format!(
            "south {} is north of north {}: swapped values",
            bounds.south, bounds.north
        )
    }
}

/// The center: the one that is declared, or the middle of the bounds where that is no center.
pub(super) fn center(
    rows: &Rows,
    bounds: &Bounds,
    zooms: (u8, u8),
    findings: &mut Findings,
) -> Center {
    let middle = Center::of(bounds, zooms.0);
    let Some(text) = rows.get("center") else {
        return middle;
    };
    let problem = match Center::parse(text) {
        Ok(center) => match center.problem(Some(bounds), zooms) {
            None => return center,
            Some(problem) => problem,
        },
        Err(problem) => format!("it has {problem}, need longitude,latitude,zoom"),
    };
    findings.report(&CENTER, format!("center {}: {problem}", quote(text)));
    middle
}

/// The rows of MBTiles run from south to north. What says otherwise is believed only to be said: the declared bounds tell
/// which way the rows really run.
pub(super) fn check_scheme(rows: &Rows, deepest: &Extent, findings: &mut Findings) {
    let Some(scheme) = rows
        .get("scheme")
        .filter(|scheme| !scheme.eq_ignore_ascii_case("tms"))
    else {
        return;
    };
    let bounds = rows.get("bounds").and_then(|text| Bounds::parse(text).ok());
    let bounds = bounds
        .filter(|bounds| bounds.wrong().is_none())
        .map(Bounds::on_grid);
    let proof = match bounds.map(|bounds| (bounds.fit(deepest), bounds.fit(&deepest.flipped()))) {
        Some((false, true)) => "the tiles fit the bounds only upside down, so the map will be",
        Some((true, false)) => "the tiles fit the bounds as TMS, so only the row is wrong",
        _ => "if the map appears upside down, the rows are numbered from the north",
    };
    let message = format!("scheme={}: rows of MBTiles are TMS; {proof}", quote(scheme));
    findings.report(&SCHEME, message);
}
