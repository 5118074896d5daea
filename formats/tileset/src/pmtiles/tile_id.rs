//! Tile ids: places in the order of a Hilbert curve through each zoom, one zoom behind the other.

use std::ops::{Range, RangeInclusive};

use crate::place::{DEEPEST, Place};

/// The zoom of an id; none past the deepest.
pub(super) fn zoom_of(id: u64) -> Option<u8> {
    (id < Place::before(DEEPEST + 1)).then(|| {
        // The ids of a zoom start at a third of four to its power: the logarithm of three ids and one tells the zoom.
        let zoom = (3 * id + 1).ilog2() / 2;
        u8::try_from(zoom).unwrap_or(DEEPEST)
    })
}

/// The place of an id; none past the deepest zoom.
pub(super) fn place_of(id: u64) -> Option<Place> {
    let zoom = zoom_of(id)?;
    let mut distance = id - Place::before(zoom);
    let (mut x, mut y) = (0_u64, 0_u64);
    for level in 0..zoom {
        let half = 1 << level;
        let right = 1 & (distance >> 1);
        let up = 1 & (distance ^ right);
        if up == 0 {
            if right == 1 {
                x = half - 1 - x;
                y = half - 1 - y;
            }
            (x, y) = (y, x);
        }
        x += half * right;
        y += half * up;
        distance >>= 2;
    }
    Some(Place {
        zoom,
        x: u32::try_from(x).ok()?,
        y: u32::try_from(y).ok()?,
    })
}

/// The id of a place.
pub(super) fn id_of(place: Place) -> u64 {
    let (mut x, mut y) = (u64::from(place.x), u64::from(place.y));
    let mut distance = 0;
    for level in (0..place.zoom).rev() {
        let half = 1 << level;
        let right = u64::from(x & half != 0);
        let up = u64::from(y & half != 0);
        distance = distance << 2 | (3 * right) ^ up;
        (x, y) = (x & (half - 1), y & (half - 1));
        if up == 0 {
            if right == 1 {
                x = half - 1 - x;
                y = half - 1 - y;
            }
            (x, y) = (y, x);
        }
    }
    Place::before(place.zoom) + distance
}

/// Ids by zoom, for those of a run, which may go on into the next zooms.
pub(super) fn zooms_of(
    ids: Range<u64>,
    zooms: RangeInclusive<u8>,
) -> impl Iterator<Item = (u8, Range<u64>)> {
    zooms.map(move |zoom| {
        let first = ids.start.max(Place::before(zoom));
        let next = ids.end.min(Place::before(zoom + 1));
        (zoom, first..next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the specification gives as examples.
    #[test]
    fn ids_follow_the_specification() {
        for (id, zoom, x, y) in [
            (0, 0, 0, 0),
            (1, 1, 0, 0),
            (2, 1, 0, 1),
            (3, 1, 1, 1),
            (4, 1, 1, 0),
            (5, 2, 0, 0),
            (19_078_479, 12, 3423, 1763),
        ] {
            let place = Place { zoom, x, y };
            assert_eq!(place_of(id), Some(place));
            assert_eq!(id_of(place), id);
        }
    }

    #[test]
    fn every_id_is_that_of_its_place() {
        let last = Place::before(DEEPEST + 1) - 1;
        let some = (0..100_000).chain((0..100_000).map(|step| last - step * 7_919));
        for id in some {
            assert_eq!(place_of(id).map(id_of), Some(id));
        }
    }

    #[test]
    fn a_run_is_counted_zoom_by_zoom() {
        let parts: Vec<_> = zooms_of(3..7, 1..=2).collect();
        assert_eq!(parts, [(1, 3..5), (2, 5..7)]);
    }

    #[test]
    fn neighbours_on_the_curve_are_neighbours_on_the_grid() {
        let first = Place::before(5);
        for id in first..Place::before(6) - 1 {
            let (one, next) = (place_of(id).unwrap(), place_of(id + 1).unwrap());
            assert_eq!(one.x.abs_diff(next.x) + one.y.abs_diff(next.y), 1, "{id}");
        }
    }

    #[test]
    fn zooms_start_where_the_one_before_ends() {
        for zoom in 0..=DEEPEST {
            assert_eq!(zoom_of(Place::before(zoom)), Some(zoom));
            assert_eq!(zoom_of(Place::before(zoom + 1) - 1), Some(zoom));
        }
        assert_eq!(zoom_of(Place::before(DEEPEST + 1)), None);
        assert_eq!(zoom_of(u64::MAX), None);
    }
}
