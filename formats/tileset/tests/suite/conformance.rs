//! The exam that every format has to pass.

use cellier_format_tileset::Tileset;
use cellier_sdk::testkit::Conformance;

#[test]
fn the_format_keeps_to_the_contract() {
    Conformance::of(Tileset).golden("tests/golden").check();
}
