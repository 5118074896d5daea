//! How numbers are spread, in little memory whatever their count.

/// Numbers below this are counted each; larger ones together with those that differ by less than a 64th.
const EXACT: u64 = 128;

/// How many counters there are for each doubling.
const PER_DOUBLING: u64 = 64;

/// How numbers are spread.
#[derive(Debug, Default)]
pub(super) struct Spread {
    count: u64,
    sum: u64,
    least: Option<u64>,
    most: u64,
    counters: Vec<u64>,
}

impl Spread {
    /// Adds a number, so many times.
    pub(super) fn add(&mut self, number: u64, times: u64) {
        self.count = self.count.saturating_add(times);
        self.sum = self.sum.saturating_add(number.saturating_mul(times));
        self.least = Some(self.least.map_or(number, |least| least.min(number)));
        self.most = self.most.max(number);
        let counter = counter_of(number);
        if self.counters.len() <= counter {
            self.counters.resize(counter + 1, 0);
        }
        self.counters[counter] = self.counters[counter].saturating_add(times);
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// All together.
    pub(super) fn sum(&self) -> u64 {
        self.sum
    }

    /// The least, and the most.
    pub(super) fn ends(&self) -> (u64, u64) {
        (self.least.unwrap_or_default(), self.most)
    }

    /// A number that so many of a hundred do not exceed: the least such number, or up to a 64th more.
    pub(super) fn percentile(&self, percent: u64) -> u64 {
        let wanted = u128::from(self.count) * u128::from(percent);
        let mut passed = 0_u128;
        for (counter, count) in self.counters.iter().enumerate() {
            passed += u128::from(*count) * 100;
            if *count > 0 && passed >= wanted {
                return last_of(counter).min(self.most);
            }
        }
        self.most
    }
}

/// The counter of a number.
fn counter_of(number: u64) -> usize {
    let index = if number < EXACT {
        number
    } else {
        let doublings = u64::from(number.ilog2()) - 6;
        // From 64 to 127: the first seven binary digits.
        let within = number >> doublings;
        doublings * PER_DOUBLING + within
    };
    // At most some thousands.
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// The last number of a counter.
fn last_of(counter: usize) -> u64 {
    let index = counter as u64;
    if index < EXACT {
        return index;
    }
    let doublings = index / PER_DOUBLING - 1;
    let within = index - doublings * PER_DOUBLING;
    let next = u128::from(within + 1) << doublings;
    u64::try_from(next - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counters_follow_each_other_without_a_gap() {
        let mut next = 0;
        for counter in 0..2000 {
            assert_eq!(counter_of(next), counter);
            assert_eq!(counter_of(last_of(counter)), counter);
            next = last_of(counter) + 1;
        }
        assert_eq!(last_of(counter_of(u64::MAX)), u64::MAX);
    }

    #[test]
    fn what_is_spread_is_summed_up() {
        let mut spread = Spread::default();
        for number in 1..=100 {
            spread.add(number, 1);
        }
        spread.add(1000, 0);
        assert_eq!((spread.count(), spread.sum()), (100, 5050));
        assert_eq!(spread.percentile(95), 95);
        assert_eq!(spread.percentile(100), 100);
        assert_eq!(Spread::default().percentile(95), 0);
    }

    proptest! {
        #[test]
        fn a_percentile_is_exact_to_a_64th(mut numbers in proptest::collection::vec(0..1_u64 << 40, 1..300)) {
            let mut spread = Spread::default();
            for number in &numbers {
                spread.add(*number, 1);
            }
            numbers.sort_unstable();
            let exact = numbers[(numbers.len() * 95).div_ceil(100) - 1];
            let told = spread.percentile(95);
            prop_assert!(exact <= told && told - exact <= exact / 64, "{exact} {told}");
        }
    }
}
