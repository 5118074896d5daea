//! Counts wrong keys by address, so that guessing is slow.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cellier_model::Timestamp;

/// How many wrong keys an address may present within [`WINDOW`].
const MOST: u32 = 20;

/// How long wrong keys are remembered.
const WINDOW: Duration = Duration::from_mins(5);

/// Addresses that are remembered at most. Who has more of them is not stopped by counting.
const ADDRESSES: usize = 20_000;

/// Counts wrong keys by address: an IPv4 address, or the /64 network of an IPv6 one.
#[derive(Debug, Default)]
pub(crate) struct WrongKeys {
    seen: Mutex<Remembered>,
}

/// When half of what may be remembered is new, the rest is forgotten: no address is ever looked for among all.
#[derive(Debug, Default)]
struct Remembered {
    new: HashMap<IpAddr, Seen>,
    old: HashMap<IpAddr, Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    count: u32,
    since: Timestamp,
}

impl WrongKeys {
    /// How long an address must wait before another key of it is looked at; `None` if it need not.
    pub(crate) fn wait(&self, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let seen = self.lock().get(network(address))?;
        let age = now.since(seen.since);
        (seen.count >= MOST && age < WINDOW).then(|| WINDOW.saturating_sub(age))
    }

    /// Counts a wrong key.
    pub(crate) fn count(&self, address: IpAddr, now: Timestamp) {
        let network = network(address);
        let mut remembered = self.lock();
        let seen = remembered.get(network);
        let mut seen = seen
            .filter(|seen| now.since(seen.since) < WINDOW)
            .unwrap_or(Seen {
                count: 0,
                since: now,
            });
        seen.count += 1;
        remembered.put(network, seen);
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembered {
    fn get(&self, network: IpAddr) -> Option<Seen> {
        let seen = self.new.get(&network).or_else(|| self.old.get(&network));
        seen.copied()
    }

    fn put(&mut self, network: IpAddr, seen: Seen) {
        if self.new.len() >= ADDRESSES / 2 && !self.new.contains_key(&network) {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(network, seen);
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twenty_first_wrong_key_of_an_address_has_to_wait() {
        let keys = WrongKeys::default();
        let now = Timestamp::from_micros(0);
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        for _ in 0..MOST {
            assert_eq!(keys.wait(address, now), None);
            keys.count(address, now);
        }
        assert_eq!(keys.wait(neighbour, now), Some(WINDOW));
        assert_eq!(keys.wait("192.0.2.1".parse().unwrap(), now), None);
        assert_eq!(keys.wait(address, now.plus(WINDOW)), None);
    }

    #[test]
    fn whoever_goes_on_guessing_is_remembered_among_very_many_and_memory_is_bounded() {
        let keys = WrongKeys::default();
        let now = Timestamp::from_micros(0);
        let guesser: IpAddr = "192.0.2.1".parse().unwrap();
        for number in 0..5 * u32::try_from(ADDRESSES).unwrap() {
            if number % 1000 == 0 {
                keys.count(guesser, now);
            }
            keys.count(IpAddr::from((0x0a00_0000 + number).to_be_bytes()), now);
        }
        assert_eq!(keys.wait(guesser, now), Some(WINDOW));
        let remembered = keys.lock();
        assert!(remembered.new.len() + remembered.old.len() <= ADDRESSES);
    }
}
