//! The protocol that a format speaks below its mount.

mod exchange;
mod library;
mod requests;
mod respond;
mod serve;
mod translate;
mod vary;

use crate::testkit::checks::Known;
use crate::testkit::exam::Exam;
use crate::testkit::registry::FakeRegistry;
use crate::testkit::report::Check;

pub(in crate::testkit) use self::exchange::Exchange;

/// What is asked below the mount, and of what.
struct Protocol {
    registry: FakeRegistry,
    /// Requests that the author gave, then those that the kit made of what is in the registry.
    exchanges: Vec<Exchange>,
    /// How many of them the author gave.
    given: usize,
}

impl Protocol {
    /// The requests that the author gave.
    fn given(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter().take(self.given)
    }
}

/// Reads, writes and outcomes, ordinary and hostile ones. A format without a mount is never asked.
pub(in crate::testkit) fn protocol(
    exam: &mut Exam,
    known: &[Known],
    registry: Option<FakeRegistry>,
    given: &[Exchange],
) {
    if exam.descriptor().mount_segment().is_none() {
        if !given.is_empty() || registry.is_some() {
            let mut check = Check::new("the protocol");
            check.fail("requests or a registry are given, and the descriptor has no mount: they would never reach the format");
            exam.add(check);
        }
        return;
    }
    let registry = registry.unwrap_or_else(|| library::of(exam, known));
    let registry = library::complete(exam, registry);
    let made = requests::for_registry(&registry);
    let protocol = Protocol {
        exchanges: given
            .iter()
            .cloned()
            .chain(made)
            .map(|exchange| exchange.below(exam))
            .collect(),
        registry,
        given: given.len(),
    };
    serve::reads(exam, &protocol);
    vary::held_answers(exam, &protocol);
    serve::hostile_reads(exam, &protocol);
    serve::failing_reads(exam, &protocol);
    translate::writes(exam, &protocol);
    translate::hostile_writes(exam, &protocol);
    respond::outcomes(exam, &protocol);
}
