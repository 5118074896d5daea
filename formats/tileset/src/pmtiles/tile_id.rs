//! Tile ids: places in the order of a Hilbert curve through each zoom, one zoom behind the other.

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
            assert_eq!(place_of(id), Some(Place { zoom, x, y }));
        }
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
