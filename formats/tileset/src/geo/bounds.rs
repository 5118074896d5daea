//! Bounds in degrees, and how they lie on the grid of tiles.

use std::f64::consts::PI;
use std::fmt;

use serde_json::{Value, json};

use super::numbers;
use crate::extent::Extent;
use crate::place::Place;

/// The latitude where the grid ends, north and south.
pub(crate) const GRID_LATITUDE: f64 = 85.051_128_779_806_6;

/// West, south, east and north in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
}

/// What is wrong with bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// A side lies outside the world.
    Outside,
    /// West is east of east, or south is north of north.
    Crossed,
    /// West is east, or south is north.
    Flat,
}

impl Bounds {
    /// Four numbers with commas between them; one more comma is forgiven.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let numbers = numbers(text)?;
        let [west, south, east, north] = numbers[..] else {
            return Err(format!("{} values", numbers.len()));
        };
        Ok(Self {
            west,
            south,
            east,
            north,
        })
    }

    /// What is wrong with them.
    pub(crate) fn wrong(&self) -> Option<Wrong> {
        let longitude = |degrees: f64| (-180.0..=180.0).contains(&degrees);
        let latitude = |degrees: f64| (-90.0..=90.0).contains(&degrees);
        if !(longitude(self.west)
            && longitude(self.east)
            && latitude(self.south)
            && latitude(self.north))
        {
            return Some(Wrong::Outside);
        }
        if self.west > self.east || self.south > self.north {
            return Some(Wrong::Crossed);
        }
        if self.west < self.east && self.south < self.north {
            None
        } else {
            Some(Wrong::Flat)
        }
    }

    /// What tiles cover.
    pub(crate) fn of_tiles(extent: &Extent) -> Self {
        let (west, north) = corner(extent.zoom, extent.west, extent.north);
        let (east, south) = corner(extent.zoom, extent.east + 1, extent.south + 1);
        Self {
            west,
            south,
            east,
            north,
        }
    }

    /// Cut to where there are tiles at all.
    pub(crate) fn on_grid(self) -> Self {
        Self {
            south: self.south.clamp(-GRID_LATITUDE, GRID_LATITUDE),
            north: self.north.clamp(-GRID_LATITUDE, GRID_LATITUDE),
            ..self
        }
    }

    /// Whether each side is within a tile of where the tiles end.
    pub(crate) fn fit(&self, extent: &Extent) -> bool {
        let (own, tiles) = (self.in_tiles(extent.zoom), Self::tiles(extent));
        own.iter()
            .zip(tiles)
            .all(|(own, tiles)| (own - tiles).abs() <= 1.000_001)
    }

    /// Which part of what the tiles cover lies within, from 0 to 1.
    pub(crate) fn coverage(&self, extent: &Extent) -> f64 {
        let ([west, north, east, south], tiles) = (self.in_tiles(extent.zoom), Self::tiles(extent));
        let width = (east.min(tiles[2]) - west.max(tiles[0])).max(0.0);
        let height = (south.min(tiles[3]) - north.max(tiles[1])).max(0.0);
        width * height / ((tiles[2] - tiles[0]) * (tiles[3] - tiles[1]))
    }

    /// West, north, east and south, counted in tiles of a zoom.
    fn in_tiles(&self, zoom: u8) -> [f64; 4] {
        let side = side(zoom);
        let x = |longitude: f64| (longitude + 180.0) / 360.0 * side;
        let y = |latitude: f64| {
            let of_latitude = latitude
                .clamp(-GRID_LATITUDE, GRID_LATITUDE)
                .to_radians()
                .sin();
            (0.5 - ((1.0 + of_latitude) / (1.0 - of_latitude)).ln() / (4.0 * PI)) * side
        };
        [x(self.west), y(self.north), x(self.east), y(self.south)]
    }

    fn tiles(extent: &Extent) -> [f64; 4] {
        [
            f64::from(extent.west),
            f64::from(extent.north),
            f64::from(extent.east) + 1.0,
            f64::from(extent.south) + 1.0,
        ]
    }

    /// The middle.
    pub(crate) fn center(&self) -> (f64, f64) {
        (
            f64::midpoint(self.west, self.east),
            f64::midpoint(self.south, self.north),
        )
    }

    /// Whether a point lies within, a hair's breadth of rounding forgiven.
    pub(crate) fn contain(&self, longitude: f64, latitude: f64) -> bool {
        let hair = 1e-6;
        (self.west - hair..=self.east + hair).contains(&longitude)
            && (self.south - hair..=self.north + hair).contains(&latitude)
    }

    /// As TileJSON has them.
    pub(crate) fn to_json(self) -> Value {
        json!([self.west, self.south, self.east, self.north])
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            west,
            south,
            east,
            north,
        } = self;
        write!(f, "{west:.5},{south:.5},{east:.5},{north:.5}")
    }
}

/// How many tiles a zoom has each way.
fn side(zoom: u8) -> f64 {
    f64::from(zoom).exp2()
}

/// Longitude and latitude of the north-western corner of a tile.
fn corner(zoom: u8, x: u32, y: u32) -> (f64, f64) {
    debug_assert!(u64::from(x.max(y)) <= Place::side(zoom));
    let longitude = f64::from(x) / side(zoom) * 360.0 - 180.0;
    let latitude = (PI * (1.0 - 2.0 * f64::from(y) / side(zoom)))
        .sinh()
        .atan()
        .to_degrees();
    (longitude, latitude)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn extent(zoom: u8, west: u32, north: u32, east: u32, south: u32) -> Extent {
        Extent {
            zoom,
            count: 1,
            west,
            east,
            north,
            south,
        }
    }

    #[test]
    fn the_world_is_one_tile() {
        let world = Bounds::of_tiles(&extent(0, 0, 0, 0, 0));
        assert_eq!((world.west, world.east), (-180.0, 180.0));
        assert!((world.north - GRID_LATITUDE).abs() < 1e-9);
        assert!((world.south + GRID_LATITUDE).abs() < 1e-9);
    }

    #[test]
    fn bounds_are_four_numbers() {
        assert!(Bounds::parse("-180, -85,180,85,").is_ok());
        for (text, problem) in [
            ("1,2,3", "3 values"),
            ("", "\"\" among its values"),
            ("1,2,nan,4", "\"nan\" among its values"),
            ("1e999,0,0,0", "\"1e999\" among its values"),
            ("1,2,3,4,5,6", "6 values"),
        ] {
            assert_eq!(Bounds::parse(text).unwrap_err(), problem);
        }
    }

    #[test]
    fn what_is_wrong_with_bounds_is_told_apart() {
        let wrong = |text| Bounds::parse(text).unwrap().wrong();
        assert_eq!(wrong("-180,-90,180,90"), None);
        assert_eq!(wrong("2147483647,0,1,1"), Some(Wrong::Outside));
        assert_eq!(wrong("174.8,-40,-123.1,40"), Some(Wrong::Crossed));
        assert_eq!(wrong("5,5,5,6"), Some(Wrong::Flat));
    }

    #[test]
    fn bounds_fit_the_tiles_that_hold_them() {
        let tiles = extent(6, 31, 21, 34, 24);
        assert!(Bounds::of_tiles(&tiles).fit(&tiles));
        let france = Bounds::parse("-4.49,37.43,13.48,50.31").unwrap();
        assert!(france.fit(&tiles));
        assert!(!france.fit(&tiles.flipped()));
        let a_village = Bounds::parse("2.1,48.1,2.2,48.2").unwrap();
        assert!(!a_village.fit(&tiles));
        assert!(a_village.coverage(&tiles) < 0.01);
        assert!((Bounds::of_tiles(&tiles).coverage(&tiles) - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[0-9,.e -]{0,40}") {
            if let Ok(bounds) = Bounds::parse(&text) {
                let tiles = extent(3, 1, 1, 6, 6);
                let _ = (bounds.wrong(), bounds.fit(&tiles), bounds.coverage(&tiles));
            }
        }
    }
}
