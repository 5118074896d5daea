//! Hostile uploads that are made of good ones.

use super::Known;
use crate::testkit::exam::Exam;
use crate::testkit::hostile::{blocks, cuts, flips, frames, inner};

/// The upload broken off, with bits flipped, with blocks overwritten, with bytes around it, and changed within.
pub(super) fn mutations(exam: &mut Exam, known: &Known) {
    let bytes = &known.bytes;
    let count = exam.options().mutations_of(bytes.len());
    let mut check = |what: &str, mutants| {
        let name = format!("{}: {what}, it is answered", known.name);
        exam.check_mutants(name, mutants, &known.upload, known.needs_file);
    };
    check("broken off", cuts(bytes, count));
    check("with bits flipped", flips(bytes, count));
    check("with blocks changed", blocks(bytes, count));
    check("with bytes around it", frames(bytes));
    let within = inner(bytes, count);
    if !within.is_empty() {
        check("changed within", within);
    }
}
