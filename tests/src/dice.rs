//! Chance that can be repeated.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// Chance that can be repeated: the seed is printed when a story fails, and `CELLIER_TEST_SEED` sets it.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice with the seed that the environment says, or another one every time.
    #[expect(
        clippy::disallowed_methods,
        reason = "what happens must differ from run to run, and only that"
    )]
    pub fn new() -> Self {
        let said = std::env::var("CELLIER_TEST_SEED").ok();
        let seed = said.and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.map_or(1, |now| {
                u64::from(now.subsec_nanos()) << 20 | now.as_secs() & 0xf_ffff
            })
        });
        eprintln!("repeat this with CELLIER_TEST_SEED={seed}");
        Self(seed)
    }

    /// Other dice, that these decide.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// A number of a range.
    pub fn number(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// Bytes that nobody else throws.
    pub fn bytes(&mut self, length: u64) -> Vec<u8> {
        let words = (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes());
        words
            .take(usize::try_from(length).unwrap_or(usize::MAX))
            .collect()
    }

    /// The generator `SplitMix64` of Steele, Lea and Flood (2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Default for Dice {
    fn default() -> Self {
        Self::new()
    }
}
