//! Taking turns in an order that a seed decides.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use cellier_model::Random as _;
use cellier_model::testing::SeededRandom;

thread_local! {
    /// Which participant this thread is.
    static ME: std::cell::Cell<Option<u8>> = const { std::cell::Cell::new(None) };
}

/// Lets one of several threads go on at a time. Who is next is drawn when all of them wait, so that the same seed gives
/// the same order every time.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug)]
struct State {
    random: SeededRandom,
    /// Those that have not ended.
    expected: usize,
    waiting: BTreeSet<u8>,
    /// Who may go on now.
    next: Option<u8>,
}

impl Turns {
    pub(super) fn new(seed: u64) -> Self {
        let state = State {
            random: SeededRandom::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            expected: 0,
            waiting: BTreeSet::new(),
            next: None,
        };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    /// Says how many threads will take part.
    pub(super) fn expect(&self, count: usize) {
        self.lock().expected = count;
    }

    /// Makes this thread one of them, until the guard is dropped.
    pub(super) fn take_part(&self, number: u8) -> Leaving<'_> {
        ME.set(Some(number));
        Leaving(self)
    }

    /// Waits for this thread's turn; one that does not take part need not wait.
    pub(super) fn wait(&self) {
        let Some(me) = ME.get() else {
            return;
        };
        let mut state = self.lock();
        state.waiting.insert(me);
        self.draw(&mut state);
        while state.next != Some(me) {
            state = self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.next = None;
        state.waiting.remove(&me);
    }

    /// Draws who is next, if all wait.
    fn draw(&self, state: &mut State) {
        if state.waiting.is_empty() || state.waiting.len() < state.expected {
            return;
        }
        let mut random = [0; 1];
        state.random.fill(&mut random);
        let index = usize::from(random[0]) % state.waiting.len();
        state.next = state.waiting.iter().nth(index).copied();
        self.0.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When it is dropped, its thread takes part no longer.
pub(super) struct Leaving<'a>(&'a Turns);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.expected -= 1;
        self.0.draw(&mut state);
    }
}
