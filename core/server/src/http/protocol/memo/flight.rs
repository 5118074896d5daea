//! One call of a format for a crowd that asks for the same at the same time.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// How many places are remembered whose answers are not held: nobody waits for those.
const MOST_REMEMBERED: usize = 10_000;

/// Who asks for what at this moment.
#[derive(Debug, Default)]
pub(super) struct Flights(Arc<Mutex<InTheAir>>);

#[derive(Debug, Default)]
struct InTheAir {
    flights: HashMap<u64, Arc<Flight>>,
    never_held: HashSet<u64>,
}

/// Requests for one place. One of them asks the format, and the others wait for what it is told.
#[derive(Debug, Default)]
struct Flight {
    turn: Arc<AsyncMutex<()>>,
    /// The one before could not hold what it was told: whoever waited for that asks the format now, beside the others.
    was_in_vain: AtomicBool,
}

/// A request that may ask the format now.
#[derive(Debug)]
pub(super) struct Boarded {
    flights: Arc<Mutex<InTheAir>>,
    hash: u64,
    flight: Option<Arc<Flight>>,
    turn: Option<OwnedMutexGuard<()>>,
    /// Whether another request was waited for, which may have left an answer.
    pub(super) has_waited: bool,
}

impl Flights {
    /// Waits until nobody else asks the format for the same, unless that would be in vain.
    pub(super) async fn board(&self, hash: u64) -> Boarded {
        let flight = {
            let mut air = lock(&self.0);
            let waits = !air.never_held.contains(&hash);
            waits.then(|| Arc::clone(air.flights.entry(hash).or_default()))
        };
        let mut boarded = Boarded {
            flights: Arc::clone(&self.0),
            hash,
            turn: None,
            has_waited: false,
            flight,
        };
        let Some(flight) = &boarded.flight else {
            return boarded;
        };
        let turn = Arc::clone(&flight.turn);
        if let Ok(turn) = Arc::clone(&turn).try_lock_owned() {
            boarded.turn = Some(turn);
            return boarded;
        }
        let turn = turn.lock_owned().await;
        boarded.has_waited = true;
        if !flight.was_in_vain.load(Ordering::Relaxed) {
            boarded.turn = Some(turn);
        }
        boarded
    }
}

impl Boarded {
    /// Nothing could be held this time: it was an error, or another request changed the artefact.
    pub(super) fn was_in_vain(&self) {
        if let Some(flight) = &self.flight {
            flight.was_in_vain.store(true, Ordering::Relaxed);
        }
    }

    /// What is answered here is never held: nobody needs to wait for it again.
    pub(super) fn is_never_held(&self) {
        let mut air = lock(&self.flights);
        if air.never_held.len() >= MOST_REMEMBERED {
            air.never_held.clear();
        }
        air.never_held.insert(self.hash);
    }
}

impl Drop for Boarded {
    fn drop(&mut self) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        drop(self.turn.take());
        let mut air = lock(&self.flights);
        // This one and the table have it. Who boards now takes it from the table, under this very lock.
        if Arc::strong_count(&flight) <= 2 {
            air.flights.remove(&self.hash);
        }
    }
}

fn lock(air: &Mutex<InTheAir>) -> MutexGuard<'_, InTheAir> {
    air.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_waits_for_the_first_and_a_failure_lets_all_go_on() {
        let flights = Arc::new(Flights::default());
        let first = flights.board(1).await;
        assert!(!first.has_waited);
        let others: Vec<_> = (0..3)
            .map(|_| {
                let flights = Arc::clone(&flights);
                tokio::spawn(async move { flights.board(1).await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(!flights.board(2).await.has_waited, "another place");
        first.was_in_vain();
        drop(first);
        let mut boarded = Vec::new();
        for other in others {
            // All of them at once: none waits until the one before has ended.
            boarded.push(other.await.unwrap());
        }
        assert!(boarded.iter().all(|other| other.has_waited));
        drop(boarded);
        assert!(lock(&flights.0).flights.is_empty());
        assert!(!flights.board(1).await.has_waited, "a new flight");
    }

    #[tokio::test]
    async fn nobody_waits_for_what_is_never_held() {
        let flights = Flights::default();
        let first = flights.board(1).await;
        first.was_in_vain();
        first.is_never_held();
        assert!(!flights.board(1).await.has_waited);
    }
}
