//! The exam that every format has to pass.
#![cfg(test)]

use cellier_format_file::AnyFile;
use cellier_sdk::testkit::Conformance;

#[test]
fn the_format_keeps_to_the_contract() {
    Conformance::of(AnyFile).golden("tests/golden").check();
}
