//! Hosts that give few bytes at a time, and hosts that cannot read any more.

use std::io;
use std::sync::Arc;

use super::Known;
use crate::testkit::answer::Answer;
use crate::testkit::content::{Allowance, Ends, Failing, Lasting, Lent, Short, stage};
use crate::testkit::exam::{Exam, Question};

/// Most reads of an upload that are made to fail in turn.
const MOST_FAILING: u64 = 48;

/// From this size on an upload is not read byte by byte: it would take too long.
const LARGE: usize = 1 << 20;

/// Fewer bytes than were asked for make no difference.
pub(super) fn crumbs(exam: &mut Exam, known: &Known) {
    let fewest = if known.bytes.len() > LARGE { 1000 } else { 1 };
    let cases = [fewest, 7 * fewest, 1000 * fewest]
        .map(|most| (format!("at most {most} bytes at a time"), most));
    let name = format!(
        "{}: the answer is the same however few bytes a read gives",
        known.name
    );
    exam.check(name, cases, |exam, most| {
        let answer = ask(exam, known, &|content| {
            Arc::new(Short::crumbs(content, most))
        })?;
        known.answer.difference(&answer).map_or(Ok(()), Err)
    });

    let name = format!(
        "{}: an interrupted read is tried again, or reported",
        known.name
    );
    let cases = [("every other read".to_owned(), ())];
    exam.check(name, cases, |exam, ()| {
        let answer = ask(exam, known, &|content| {
            Arc::new(Short::interrupted(content))
        })?;
        same_or_unreadable(known, &answer)
    });
}

/// A host that cannot read is not the publisher's fault: the upload may be as good as ever.
pub(super) fn errors(exam: &mut Exam, known: &Known) {
    let places = spread(known.reads, MOST_FAILING);
    let lasting = |at: u64| {
        [
            (format!("read {at} fails"), (at, Lasting::Once)),
            (
                format!("every read fails from {at} on"),
                (at, Lasting::ForGood),
            ),
        ]
    };
    let name = format!("{}: a read error is reported as such", known.name);
    let cases = places.into_iter().flat_map(lasting);
    exam.check(name, cases, |exam, (at, lasting)| {
        let answer = ask(exam, known, &|content| {
            Arc::new(Failing::new(content, at, lasting))
        })?;
        same_or_unreadable(known, &answer)
    });
}

/// A content that ends before its size says so must not let a format wait for the rest for ever.
pub(super) fn lost_bytes(exam: &mut Exam, known: &Known) {
    let size = known.bytes.len();
    let places = [0, 1, size / 3, size / 2, size.saturating_sub(1)];
    let cases = places.map(|after| (format!("after {after} of {size} bytes"), after));
    let name = format!(
        "{}: a content that ends before its size says so is answered",
        known.name
    );
    exam.check(name, cases, |exam, after| {
        let lend = || -> io::Result<Lent> { Ok(Arc::new(Ends::after(&known.bytes, after))) };
        exam.ask(&question(
            exam.options().budget.allowance(size as u64),
            known,
            &lend,
        ))
        .map(drop)
    });
}

fn ask(exam: &mut Exam, known: &Known, wrap: &dyn Fn(Lent) -> Lent) -> Result<Answer, String> {
    let lend = || Ok(wrap(stage(&known.bytes, known.needs_file)?));
    let allowance = exam.options().budget.allowance(known.bytes.len() as u64);
    exam.ask(&question(allowance, known, &lend))
}

/// However often it is read: where reads give little or nothing there are more of them.
fn question<'a>(
    allowance: Allowance,
    known: &'a Known,
    content: &'a dyn Fn() -> io::Result<Lent>,
) -> Question<'a> {
    Question {
        upload: &known.upload,
        content,
        allowance: Allowance {
            reads: u64::MAX,
            ..allowance
        },
        readable: false,
    }
}

fn same_or_unreadable(known: &Known, answer: &Answer) -> Result<(), String> {
    if answer.is_unreadable() {
        return Ok(());
    }
    known.answer.difference(answer).map_or(Ok(()), |difference| {
        Err(format!(
            "it neither answers as if nothing had happened nor with Rejection::Unreadable: {difference}"
        ))
    })
}

/// So many of the numbers below `end`, the first and the last among them.
fn spread(end: u64, most: u64) -> Vec<u64> {
    if end <= most {
        return (0..end).collect();
    }
    (0..most)
        .map(|number| number * (end - 1) / (most - 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spread_from_the_first_to_the_last() {
        assert_eq!(spread(3, 48), [0, 1, 2]);
        assert_eq!(spread(0, 48), [0; 0]);
        let many = spread(10_000, 48);
        assert_eq!((many.len(), many[0], many[47]), (48, 0, 9999));
    }
}
