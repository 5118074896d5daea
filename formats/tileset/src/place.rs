//! Where a tile lies in the grid.

use std::fmt;

/// The deepest zoom that a tileset may have: what every specification of the field allows.
pub(crate) const DEEPEST: u8 = 30;

/// How many zooms there are.
pub(crate) const ZOOMS: usize = DEEPEST as usize + 1;

/// A range of zooms in words: `0 to 6`, or `6 only`.
pub(crate) fn range_in_words((first, last): (u8, u8)) -> String {
    if first == last {
        format!("{first} only")
    } else {
        format!("{first} to {last}")
    }
}

/// A tile's place as clients ask for it: rows are counted from the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The zoom, at most [`DEEPEST`].
    pub(crate) zoom: u8,
    /// The column, counted from the west.
    pub(crate) x: u32,
    /// The row, counted from the north.
    pub(crate) y: u32,
}

impl Place {
    /// How many columns, and how many rows, a zoom has.
    pub(crate) fn side(zoom: u8) -> u64 {
        1 << zoom
    }

    /// How many tiles all zooms before this one have together.
    pub(crate) fn before(zoom: u8) -> u64 {
        ((1 << (2 * u32::from(zoom))) - 1) / 3
    }

    /// The place of a row of MBTiles, where rows are counted from the south; none if it is not in the grid.
    pub(crate) fn of_tms(zoom: i64, column: i64, row: i64) -> Option<Self> {
        let zoom = u8::try_from(zoom).ok().filter(|zoom| *zoom <= DEEPEST)?;
        let last = Self::side(zoom).cast_signed() - 1;
        let is_inside = (0..=last).contains(&column) && (0..=last).contains(&row);
        is_inside.then_some(Self {
            zoom,
            x: u32::try_from(column).ok()?,
            y: u32::try_from(last - row).ok()?,
        })
    }

    /// A number that no other place has.
    pub(crate) fn number(self) -> u64 {
        Self::before(self.zoom) + u64::from(self.y) * Self::side(self.zoom) + u64::from(self.x)
    }

    /// The place that has this [`Place::number`].
    pub(crate) fn of_number(number: u64) -> Option<Self> {
        let zoom = (0..=DEEPEST).rfind(|&zoom| Self::before(zoom) <= number)?;
        let within = number - Self::before(zoom);
        let side = Self::side(zoom);
        Some(Self {
            zoom,
            x: u32::try_from(within % side).ok()?,
            y: u32::try_from(within / side).ok()?,
        })
    }

    /// A number without any pattern, the same for the same place every time: samples are drawn by it.
    pub(crate) fn scatter(self) -> u64 {
        let mut mixed = self.number().wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.zoom, self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_number_of_its_own() {
        let mut expected = 0;
        for zoom in 0..=4 {
            for y in 0..1 << zoom {
                for x in 0..1 << zoom {
                    let place = Place { zoom, x, y };
                    assert_eq!(place.number(), expected);
                    assert_eq!(Place::of_number(expected), Some(place));
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn the_last_place_of_all_has_a_number_too() {
        let last = u32::try_from(Place::side(DEEPEST) - 1).unwrap();
        let place = Place {
            zoom: DEEPEST,
            x: last,
            y: last,
        };
        assert_eq!(place.number(), Place::before(DEEPEST + 1) - 1);
        assert_eq!(Place::of_number(place.number()), Some(place));
    }
}
