//! The sizes of all tiles, summed up.

use serde_json::{Value, json};

use super::spread::Spread;
use crate::place::{Place, ZOOMS};

/// How many of the largest tiles are named.
const LARGEST: usize = 10;

/// The sizes of the tiles seen so far.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    zooms: [Spread; ZOOMS],
    largest: Vec<(Place, u64)>,
}

/// The sizes of all tiles of a tileset.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::serve) struct Summary {
    /// Of each zoom that has tiles.
    pub(super) zooms: Vec<Zoom>,
    /// The largest tiles, the largest first.
    pub(super) largest: Vec<(Place, u64)>,
}

/// The sizes of the tiles of one zoom, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Zoom {
    level: u8,
    pub(super) count: u64,
    pub(super) bytes: u64,
    least: u64,
    p95: u64,
    most: u64,
}

impl Sizes {
    /// Adds tiles of this length, so many, of which one lies here.
    pub(super) fn add(&mut self, place: Place, length: u64, count: u64) {
        self.zooms[usize::from(place.zoom)].add(length, count);
        let is_large = self.largest.len() < LARGEST
            || self
                .largest
                .last()
                .is_some_and(|last| rank(last) > rank(&(place, length)));
        if is_large {
            let tile = (place, length);
            let index = self
                .largest
                .partition_point(|other| rank(other) < rank(&tile));
            self.largest.insert(index, tile);
            self.largest.truncate(LARGEST);
        }
    }

    /// Sums up.
    pub(super) fn into_summary(self) -> Summary {
        let zooms = (0..).zip(&self.zooms);
        Summary {
            zooms: zooms
                .filter(|(_, spread)| spread.count() > 0)
                .map(|(zoom, spread)| Zoom::of(zoom, spread))
                .collect(),
            largest: self.largest,
        }
    }
}

/// The largest first; of those that are equal, the first in the grid.
fn rank(tile: &(Place, u64)) -> (std::cmp::Reverse<u64>, Place) {
    (std::cmp::Reverse(tile.1), tile.0)
}

impl Zoom {
    fn of(level: u8, spread: &Spread) -> Self {
        let (least, most) = spread.ends();
        Self {
            level,
            count: spread.count(),
            bytes: spread.sum(),
            least,
            p95: spread.percentile(95),
            most,
        }
    }

    /// As it is answered.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "zoom": self.level,
            "count": self.count,
            "bytes": self.bytes,
            "min": self.least,
            "mean": self.bytes / self.count.max(1),
            "p95": self.p95,
            "max": self.most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: u32) -> Place {
        Place { zoom: 9, x, y: 0 }
    }

    #[test]
    fn the_largest_are_named_and_all_are_counted() {
        let mut sizes = Sizes::default();
        for x in 0..100 {
            sizes.add(place(x), u64::from(x) / 2, 1);
        }
        let summary = sizes.into_summary();
        let largest: Vec<_> = summary
            .largest
            .iter()
            .map(|(place, length)| (place.x, *length))
            .collect();
        assert_eq!(largest[..4], [(98, 49), (99, 49), (96, 48), (97, 48)]);
        assert_eq!(largest.len(), LARGEST);
        assert_eq!(
            summary.zooms[0].to_json(),
            json!({"zoom": 9, "count": 100, "bytes": 2450, "min": 0, "mean": 24, "p95": 47, "max": 49})
        );
    }
}
