//! The exam that every format has to pass.

use cellier_format_palette::Palette;
use cellier_sdk::testkit::{Conformance, Sample};

#[test]
fn the_format_keeps_to_the_contract() {
    Conformance::of(Palette)
        .sample(Sample::new("a sunset", "PALETTE\n#ffcc00\n#ff6600\n"))
        .sample(Sample::new("no colour", "PALETTE\n").refused(&["PAL002"]))
        .sample(Sample::new("a letter", "Dear all,\n").of_another_format("PAL001"))
        .check();
}
