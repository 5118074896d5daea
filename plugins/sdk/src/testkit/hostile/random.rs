//! Numbers that look random and are the same in every run.

/// `SplitMix64`: small, fast, and good enough to pick places in a file.
#[derive(Clone, Debug)]
pub(in crate::testkit) struct Random(u64);

impl Random {
    pub(in crate::testkit) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(in crate::testkit) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// Any byte.
    pub(in crate::testkit) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// So many bytes.
    pub(in crate::testkit) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
        assert_eq!(Random::new(1).bytes(64), Random::new(1).bytes(64));
        assert_ne!(Random::new(1).bytes(64), Random::new(2).bytes(64));
        assert!((0..1000).all(|seed| Random::new(seed).below(7) < 7));
    }
}
