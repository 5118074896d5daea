//! Counts wrong keys by address, so that guessing is slow.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cellier_model::Timestamp;

/// How many wrong keys an address may present within [`WINDOW`].
const MOST: u32 = 20;

/// How long wrong keys are remembered.
const WINDOW: Duration = Duration::from_mins(5);

/// Addresses that are remembered at most; beyond it the forgotten ones are swept.
const ADDRESSES: usize = 10_000;

/// Counts wrong keys by address: an IPv4 address, or the /64 network of an IPv6 one.
#[derive(Debug, Default)]
pub(crate) struct WrongKeys {
    seen: Mutex<HashMap<IpAddr, Seen>>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    count: u32,
    since: Timestamp,
}

impl WrongKeys {
    /// How long an address must wait before another key of it is looked at; `None` if it need not.
    pub(crate) fn wait(&self, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.get(&network(address))?;
        let age = now.since(seen.since);
        (seen.count >= MOST && age < WINDOW).then(|| WINDOW.saturating_sub(age))
    }

    /// Counts a wrong key.
    pub(crate) fn count(&self, address: IpAddr, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES {
            seen.retain(|_, entry| now.since(entry.since) < WINDOW);
        }
        let entry = seen.entry(network(address)).or_insert(Seen {
            count: 0,
            since: now,
        });
        if now.since(entry.since) >= WINDOW {
            *entry = Seen {
                count: 0,
                since: now,
            };
        }
        entry.count += 1;
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
}
