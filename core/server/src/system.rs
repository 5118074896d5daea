//! The time and randomness of the real world: the only place that reads them.

use cellier_model::{Clock, Random, Timestamp};
use cellier_store::faults;

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everybody else is given"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let micros = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        faults::shifted(Timestamp::from_micros(micros))
    }
}

/// The randomness of the operating system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness no key may be made; the operating system always has some once it has started.
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}
