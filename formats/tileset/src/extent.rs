//! What the tiles of one zoom cover.

use crate::place::Place;

/// The columns and rows that the tiles of one zoom reach, and how many tiles there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The zoom.
    pub(crate) zoom: u8,
    /// How many tiles.
    pub(crate) count: u64,
    /// The first column.
    pub(crate) west: u32,
    /// The last column.
    pub(crate) east: u32,
    /// The first row from the north.
    pub(crate) north: u32,
    /// The last row from the north.
    pub(crate) south: u32,
}

impl Extent {
    /// What one tile covers.
    pub(crate) fn of(place: Place) -> Self {
        Self {
            zoom: place.zoom,
            count: 1,
            west: place.x,
            east: place.x,
            north: place.y,
            south: place.y,
        }
    }

    /// With one more tile of the same zoom.
    pub(crate) fn with(self, place: Place) -> Self {
        Self {
            zoom: self.zoom,
            count: self.count + 1,
            west: self.west.min(place.x),
            east: self.east.max(place.x),
            north: self.north.min(place.y),
            south: self.south.max(place.y),
        }
    }

    /// The same with rows counted the other way round.
    pub(crate) fn flipped(self) -> Self {
        let last = u32::try_from(Place::side(self.zoom) - 1).unwrap_or(u32::MAX);
        Self {
            north: last - self.south,
            south: last - self.north,
            ..self
        }
    }
}
