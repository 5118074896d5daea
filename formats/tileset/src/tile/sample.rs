//! Which tiles to look into: a few of each zoom, the same every time.

use std::collections::{BTreeMap, HashSet};

use crate::limits;
use crate::place::{Place, ZOOMS};

/// Draws tiles while all of them go by: of each zoom the first, the largest, the smallest, and a few by lot. The lot
/// depends on the place alone, so the same file always has the same sample.
///
/// `T` is whatever finds the tile again.
#[derive(Debug)]
pub(crate) struct Sample<T> {
    zooms: Vec<Option<Drawn<T>>>,
}

/// What was drawn of one zoom.
#[derive(Debug)]
struct Drawn<T> {
    first: Candidate<T>,
    largest: Candidate<T>,
    smallest: Candidate<T>,
    /// The smallest lots so far.
    by_lot: BTreeMap<u64, Candidate<T>>,
}

#[derive(Clone, Copy, Debug)]
struct Candidate<T> {
    place: Place,
    length: u64,
    found: T,
}

impl<T: Copy> Default for Sample<T> {
    fn default() -> Self {
        Self {
            zooms: [const { None }; ZOOMS].into(),
        }
    }
}

impl<T: Copy> Sample<T> {
    /// A tile goes by.
    pub(crate) fn offer(&mut self, place: Place, length: u64, found: T) {
        let candidate = Candidate {
            place,
            length,
            found,
        };
        let Some(slot) = self.zooms.get_mut(usize::from(place.zoom)) else {
            return;
        };
        let drawn = slot.get_or_insert_with(|| Drawn {
            first: candidate,
            largest: candidate,
            smallest: candidate,
            by_lot: BTreeMap::new(),
        });
        if length > drawn.largest.length {
            drawn.largest = candidate;
        }
        if length < drawn.smallest.length {
            drawn.smallest = candidate;
        }
        let lot = place.scatter();
        let last = drawn.by_lot.last_key_value().map(|(lot, _)| *lot);
        if drawn.by_lot.len() < limits::SAMPLE || last.is_some_and(|last| lot < last) {
            drawn.by_lot.insert(lot, candidate);
            if drawn.by_lot.len() > limits::SAMPLE {
                drawn.by_lot.pop_last();
            }
        }
    }

    /// The places that were drawn.
    pub(crate) fn places(&self) -> HashSet<Place> {
        self.drawn().into_iter().map(|(place, _)| place).collect()
    }

    /// The tiles that were drawn, each once and in the order of zooms.
    pub(crate) fn drawn(&self) -> Vec<(Place, T)> {
        let mut all = Vec::new();
        for drawn in self.zooms.iter().flatten() {
            let mut of_zoom = vec![&drawn.first, &drawn.largest, &drawn.smallest];
            of_zoom.extend(drawn.by_lot.values());
            let mut seen = Vec::new();
            for candidate in of_zoom {
                if !seen.contains(&candidate.place) {
                    seen.push(candidate.place);
                    all.push((candidate.place, candidate.found));
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(zoom: u8) -> impl DoubleEndedIterator<Item = Place> {
        let side = 1 << zoom;
        (0..side).flat_map(move |y| (0..side).map(move |x| Place { zoom, x, y }))
    }

    #[test]
    fn the_first_the_largest_and_the_smallest_are_drawn_and_a_few_more() {
        let mut sample = Sample::default();
        for place in places(5) {
            let length = match (place.x, place.y) {
                (7, 7) => 1,
                (9, 9) => 900,
                _ => 100,
            };
            sample.offer(place, length, ());
        }
        let drawn: Vec<_> = sample
            .drawn()
            .into_iter()
            .map(|(place, ())| place)
            .collect();
        for (x, y) in [(0, 0), (7, 7), (9, 9)] {
            assert!(drawn.contains(&Place { zoom: 5, x, y }));
        }
        assert_eq!(drawn.len(), 3 + limits::SAMPLE);
    }

    #[test]
    fn the_lot_does_not_depend_on_the_order() {
        let draw = |places: &mut dyn Iterator<Item = Place>| {
            let mut sample = Sample::default();
            sample.offer(
                Place {
                    zoom: 6,
                    x: 0,
                    y: 0,
                },
                10,
                (),
            );
            for place in places {
                sample.offer(place, 10, ());
            }
            sample.drawn()
        };
        assert_eq!(draw(&mut places(6)), draw(&mut places(6).rev()));
    }

    #[test]
    fn a_zoom_of_one_tile_is_drawn_once() {
        let mut sample = Sample::default();
        sample.offer(
            Place {
                zoom: 0,
                x: 0,
                y: 0,
            },
            5,
            'a',
        );
        assert_eq!(
            sample.drawn(),
            [(
                Place {
                    zoom: 0,
                    x: 0,
                    y: 0
                },
                'a'
            )]
        );
    }
}
