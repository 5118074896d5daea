//! Makes guessing passwords slow, without ever locking anybody out for good.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Timestamp;

/// Wrong passwords that cost nothing yet.
const FREE: u32 = 5;

/// After so long without a wrong password all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(30);

/// The longest wait for an address.
const LONGEST_FOR_ADDRESS: Duration = Duration::from_mins(15);

/// The longest wait for an account. Short, because anybody can bring it about for anybody: it must annoy who is guessed
/// at less than it hinders who guesses.
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_secs(30);

/// Addresses, and accounts, that are remembered at most.
const REMEMBERED: usize = 10_000;

/// Counts wrong passwords by address (an IPv6 address counts with its /64 network) and by the account they were meant for;
/// each further one doubles the wait. Kept in this process: of several servers each counts for itself.
#[derive(Debug, Default)]
pub struct Throttle {
    addresses: Counters<IpAddr>,
    accounts: Counters<String>,
}

impl Throttle {
    /// Lets an attempt through, or says how long to wait.
    ///
    /// An attempt counts as a wrong one from the start, so that many at once are no way round; [`Throttle::forgive`]
    /// takes that back.
    pub fn admit(
        &self,
        address: Option<IpAddr>,
        account: &str,
        now: Timestamp,
    ) -> Result<(), Duration> {
        let network = address.map(network);
        let for_address = network.and_then(|network| self.addresses.wait(&network, now));
        let for_account = self.accounts.wait(&key(account), now);
        if let Some(wait) = for_address.max(for_account) {
            return Err(wait);
        }
        if let Some(network) = network {
            self.addresses.count(network, LONGEST_FOR_ADDRESS, now);
        }
        self.accounts.count(key(account), LONGEST_FOR_ACCOUNT, now);
        Ok(())
    }

    /// Takes back an attempt that was right, or that was never looked at.
    ///
    /// Of an address only this one attempt is forgotten: somebody with an account of their own could otherwise guess at
    /// others for ever.
    pub fn forgive(&self, address: Option<IpAddr>, account: &str, now: Timestamp) {
        if let Some(address) = address {
            self.addresses.take_back(&network(address), now);
        }
        self.accounts.take_back(&key(account), now);
    }

    /// Forgets what was tried at an account: its owner is there.
    pub fn welcome(&self, account: &str) {
        self.accounts.forget(&key(account));
    }
}

/// The text may be as long as a client likes; the names of accounts are not.
fn key(account: &str) -> String {
    account.chars().take(64).collect()
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[derive(Debug)]
struct Counters<Key>(Mutex<HashMap<Key, Counter>>);

#[derive(Clone, Copy, Debug)]
struct Counter {
    wrong: u32,
    last: Timestamp,
    until: Timestamp,
}

impl<Key> Default for Counters<Key> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<Key: Clone + Eq + Hash> Counters<Key> {
    fn wait(&self, key: &Key, now: Timestamp) -> Option<Duration> {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = counters.get(key)?.until.since(now);
        (!wait.is_zero()).then_some(wait)
    }

    fn count(&self, key: Key, longest: Duration, now: Timestamp) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= REMEMBERED && !counters.contains_key(&key) {
            make_room(&mut counters, now);
        }
        let counter = counters.entry(key).or_insert(Counter {
            wrong: 0,
            last: now,
            until: now,
        });
        if now.since(counter.last) >= FORGOTTEN_AFTER {
            counter.wrong = 0;
        }
        counter.wrong = counter.wrong.saturating_add(1);
        counter.last = now;
        counter.until = now.plus(delay(counter.wrong).min(longest));
    }

    fn take_back(&self, key: &Key, now: Timestamp) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = counters.get_mut(key) {
            counter.wrong = counter.wrong.saturating_sub(1);
            counter.until = now;
        }
    }

    fn forget(&self, key: &Key) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters.remove(key);
    }
}

/// Nothing for the first few, then 1 s, 2 s, 4 s …
fn delay(wrong: u32) -> Duration {
    match wrong.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(beyond) => Duration::from_secs(1 << beyond.min(20)),
    }
}

/// Drops what is forgotten by now; if that is nothing, the one that was heard of the longest time ago.
fn make_room<Key: Clone + Eq + Hash>(counters: &mut HashMap<Key, Counter>, now: Timestamp) {
    counters.retain(|_, counter| now.since(counter.last) < FORGOTTEN_AFTER);
    if counters.len() < REMEMBERED {
        return;
    }
    let oldest = counters
        .iter()
        .min_by_key(|(_, counter)| counter.last)
        .map(|(key, _)| key.clone());
    if let Some(oldest) = oldest {
        counters.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    /// How often somebody who never waits in vain gets to guess within a period.
    fn guesses_within(seconds: i64, address: impl Fn(i64) -> IpAddr) -> u32 {
        let throttle = Throttle::default();
        let mut guesses = 0;
        for second in 0..seconds {
            if throttle
                .admit(Some(address(second)), "anna", at(second))
                .is_ok()
            {
                guesses += 1;
            }
        }
        guesses
    }

    #[test]
    fn a_few_wrong_passwords_cost_nothing_and_each_further_one_doubles_the_wait() {
        let throttle = Throttle::default();
        for _ in 0..FREE {
            assert_eq!(throttle.admit(Some(ip(1)), "anna", at(0)), Ok(()));
        }
        let waits: Vec<_> = [0, 1, 3, 7]
            .map(|second| {
                let wait = throttle.admit(Some(ip(1)), "anna", at(second)).unwrap_err();
                let then = at(second).plus(wait);
                assert_eq!(throttle.admit(Some(ip(1)), "anna", then), Ok(()));
                wait.as_secs()
            })
            .into();
        assert_eq!(waits, [1, 2, 4, 8]);
    }

    #[test]
    fn an_hour_of_guessing_from_one_address_is_a_handful_of_guesses() {
        assert!(guesses_within(3600, |_| ip(1)) < 20);
    }

    #[test]
    fn an_account_is_never_locked_but_guessed_at_twice_a_minute_at_most_from_everywhere() {
        let from_everywhere = |second: i64| ip(u8::try_from(second % 250).unwrap());
        let guesses = guesses_within(3600, from_everywhere);
        assert!((100..140).contains(&guesses), "{guesses}");
    }

    #[test]
    fn a_wrong_password_for_one_account_hinders_nobody_elsewhere() {
        let throttle = Throttle::default();
        for _ in 0..=FREE {
            let _ = throttle.admit(Some(ip(1)), "anna", at(0));
        }
        assert!(throttle.admit(Some(ip(2)), "anna", at(0)).is_err());
        assert!(throttle.admit(Some(ip(1)), "bert", at(0)).is_err());
        assert_eq!(throttle.admit(Some(ip(2)), "bert", at(0)), Ok(()));
        let forgotten = i64::from(u32::try_from(FORGOTTEN_AFTER.as_secs()).unwrap());
        assert_eq!(throttle.admit(Some(ip(1)), "anna", at(forgotten)), Ok(()));
    }

    #[test]
    fn who_signs_in_well_is_not_held_up_and_clears_no_address() {
        let throttle = Throttle::default();
        for second in 0..100 {
            assert_eq!(throttle.admit(Some(ip(1)), "anna", at(second)), Ok(()));
            throttle.forgive(Some(ip(1)), "anna", at(second));
            throttle.welcome("anna");
        }
        for _ in 0..FREE {
            assert_eq!(throttle.admit(Some(ip(1)), "bert", at(200)), Ok(()));
        }
        assert!(throttle.admit(Some(ip(1)), "anna", at(200)).is_err());
    }

    #[test]
    fn the_networks_of_a_million_addresses_fit_into_bounded_memory() {
        let counters = Counters::default();
        for number in 0..20_000_u32 {
            counters.count(number, LONGEST_FOR_ADDRESS, at(0));
        }
        assert_eq!(counters.0.lock().unwrap().len(), REMEMBERED);
        let neighbours = ["2001:db8::1", "2001:db8::ffff:2"].map(|text| text.parse().unwrap());
        assert_eq!(network(neighbours[0]), network(neighbours[1]));
    }
}
