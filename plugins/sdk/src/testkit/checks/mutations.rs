//! Hostile uploads that are made of good ones.

use super::Known;
use crate::testkit::exam::Exam;
use crate::testkit::hostile::{Mutant, blocks, cuts, flips, frames, inner};

/// The upload broken off, with bits flipped, with blocks overwritten, with bytes around it, and changed within.
pub(super) fn mutations(exam: &mut Exam, known: &Known) {
    let bytes = &known.bytes;
    let count = exam.options().mutations_of(bytes.len());
    let mut check = |what: &str, mutants: &mut dyn Iterator<Item = Mutant>| {
        let name = format!("{}: {what}, it is answered", known.name);
        exam.check_mutants(name, mutants, &known.upload, known.needs_file);
    };
    check("broken off", &mut cuts(bytes, count).into_iter());
    check("with bits flipped", &mut flips(bytes, count).into_iter());
    check("with blocks changed", &mut blocks(bytes, count).into_iter());
    check("with bytes around it", &mut frames(bytes).into_iter());
    let mut within = inner(bytes, count).peekable();
    if within.peek().is_some() {
        check("changed within", &mut within);
    }
}
