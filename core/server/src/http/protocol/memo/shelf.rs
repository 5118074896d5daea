//! All that is held, bounded by its bytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::protocol::memo::place::Place;
use crate::http::protocol::memo::slot::{HeldAnswer, Slot};
use crate::http::protocol::memo::trace::Seen;

/// What is held, in two halves: what was used since the last turn, and what was not. When the first is full, the second is
/// forgotten and the first takes its place. So what is asked for again and again stays, whatever else is asked for once.
#[derive(Debug)]
pub(super) struct Shelf {
    half: usize,
    halves: Mutex<Halves>,
}

#[derive(Debug, Default)]
struct Halves {
    used: Half,
    unused: Half,
}

#[derive(Debug, Default)]
struct Half {
    slots: HashMap<u64, (Arc<Slot>, usize)>,
    bytes: usize,
}

impl Half {
    fn put(&mut self, hash: u64, slot: Arc<Slot>, weight: usize) {
        self.take(hash);
        self.bytes += weight;
        self.slots.insert(hash, (slot, weight));
    }

    fn take(&mut self, hash: u64) -> Option<(Arc<Slot>, usize)> {
        let taken = self.slots.remove(&hash)?;
        self.bytes -= taken.1;
        Some(taken)
    }
}

impl Halves {
    /// A slot, which now counts as used.
    fn get(&mut self, hash: u64, half: usize) -> Option<Arc<Slot>> {
        if let Some((slot, _)) = self.used.slots.get(&hash) {
            return Some(Arc::clone(slot));
        }
        let (slot, weight) = self.unused.take(hash)?;
        self.put(hash, Arc::clone(&slot), weight, half);
        Some(slot)
    }

    fn put(&mut self, hash: u64, slot: Arc<Slot>, weight: usize, half: usize) {
        self.used.take(hash);
        self.unused.take(hash);
        if self.used.bytes + weight > half {
            self.unused = std::mem::take(&mut self.used);
        }
        self.used.put(hash, slot, weight);
    }
}

impl Shelf {
    /// Holds at most so many bytes.
    pub(super) fn up_to(most: usize) -> Self {
        Self {
            half: most / 2,
            halves: Mutex::default(),
        }
    }

    /// How many bytes are held.
    pub(super) fn bytes(&self) -> usize {
        let halves = self.lock();
        halves.used.bytes + halves.unused.bytes
    }

    /// The answers of a place.
    pub(super) fn get(&self, place: &Place<'_>, hash: u64) -> Option<Arc<Slot>> {
        let slot = self.lock().get(hash, self.half)?;
        slot.is_of(place).then_some(slot)
    }

    /// Holds one more answer of a place; whether it does, which it does not if the answer is too large.
    pub(super) fn put(
        &self,
        place: &Place<'_>,
        hash: u64,
        seen: &Seen,
        answer: HeldAnswer,
    ) -> bool {
        let mut halves = self.lock();
        let known = halves
            .get(hash, self.half)
            .filter(|slot| slot.is_of(place) && slot.about() == seen.name);
        let slot = match known {
            Some(slot) => slot.with(seen, answer),
            None => Slot::new(place, &seen.name, answer),
        };
        let weight = slot.weight();
        let fits = self.fits(weight);
        if fits {
            halves.put(hash, Arc::new(slot), weight, self.half);
        }
        fits
    }

    /// Weighs a slot again, because an answer of it has got another coding, or bytes of a file.
    pub(super) fn weigh(&self, hash: u64) {
        let mut halves = self.lock();
        let Some(slot) = halves.get(hash, self.half) else {
            return;
        };
        let weight = slot.weight();
        if self.fits(weight) {
            halves.put(hash, slot, weight, self.half);
        } else {
            halves.used.take(hash);
        }
    }

    /// One place takes no more than a quarter of all.
    fn fits(&self, weight: usize) -> bool {
        weight <= self.half / 2
    }

    fn lock(&self) -> MutexGuard<'_, Halves> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use cellier_model::access::Decision;
    use cellier_model::{FormatId, Id};
    use cellier_sdk::{Hold, Response};

    use super::*;
    use crate::http::protocol::memo::Entrance;
    use crate::http::protocol::memo::sight::Sight;
    use crate::http::protocol::memo::trace::AsItWas;
    use crate::http::protocol::ready::Ready;
    use crate::http::protocol::shown::Shown;

    fn place<'a>(format: &'a FormatId, path: &'a str) -> Place<'a> {
        Place {
            format,
            entrance: Entrance::Mount,
            path,
            query: None,
        }
    }

    fn seen(revision: u64) -> Seen {
        Seen {
            name: "a".to_owned(),
            as_it_was: AsItWas {
                id: Id::nil(),
                revision,
                sight: Sight::for_tests(Decision::Allowed),
            },
        }
    }

    fn hold(shelf: &Shelf, format: &FormatId, path: &str, size: usize, revision: u64) -> bool {
        let answer = Response::text(200, &"x".repeat(size)).hold(Hold::UntilArtefactChanges);
        let ready = Ready::of(format, &Shown::default(), answer).unwrap();
        let seen = seen(revision);
        let answer = HeldAnswer::new(Arc::new(ready), &HeaderMap::new(), seen.as_it_was).unwrap();
        let place = place(format, path);
        shelf.put(&place, place.hash(), &seen, answer)
    }

    fn has(shelf: &Shelf, format: &FormatId, path: &str, revision: u64) -> bool {
        let place = place(format, path);
        let slot = shelf.get(&place, place.hash());
        let now = seen(revision).as_it_was;
        slot.is_some_and(|slot| slot.find(&HeaderMap::new(), now).is_some())
    }

    #[test]
    fn what_is_asked_for_again_stays_and_the_rest_goes() {
        let shelf = Shelf::up_to(100_000);
        let format = FormatId::new("echo");
        assert!(hold(&shelf, &format, "hot", 1000, 1));
        for number in 0..1000 {
            assert!(hold(&shelf, &format, &number.to_string(), 1000, 1));
            assert!(has(&shelf, &format, "hot", 1), "{number}");
            assert!(shelf.bytes() <= 100_000);
        }
        assert!(!has(&shelf, &format, "0", 1));
        assert!(has(&shelf, &format, "999", 1));
    }

    #[test]
    fn an_answer_of_another_revision_takes_the_place_of_the_one_before() {
        let shelf = Shelf::up_to(1 << 20);
        let format = FormatId::new("echo");
        hold(&shelf, &format, "a", 1000, 1);
        let bytes = shelf.bytes();
        hold(&shelf, &format, "a", 1000, 2);
        assert_eq!(shelf.bytes(), bytes);
        assert!(has(&shelf, &format, "a", 2) && !has(&shelf, &format, "a", 1));
    }

    #[test]
    fn what_is_too_large_is_not_held_and_pushes_nothing_out() {
        let shelf = Shelf::up_to(100_000);
        let format = FormatId::new("echo");
        hold(&shelf, &format, "small", 1000, 1);
        assert!(!hold(&shelf, &format, "large", 30_000, 1));
        assert!(has(&shelf, &format, "small", 1));
        let nothing = Shelf::up_to(0);
        assert!(!hold(&nothing, &format, "small", 1, 1));
        assert_eq!(nothing.bytes(), 0);
    }
}
