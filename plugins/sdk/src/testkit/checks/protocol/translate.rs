//! Writes of the protocol.

use std::sync::Arc;

use super::{Exchange, Protocol, requests};
use crate::testkit::content::{Failing, Lasting, Memory, Watched};
use crate::testkit::exam::Exam;
use crate::testkit::hostile::{cuts, flips, inner};
use crate::testkit::rules::{check_failure, check_translation};
use crate::{Failure, ReadAt as _, Translation};

/// Most reads of a body that are made to fail in turn.
const MOST_FAILING: u64 = 8;

/// Most changes of each kind that are made to a body.
const MOST_CHANGES: usize = 32;

/// The writes that the author gave mean something, also when their bodies cannot be read to the end.
pub(super) fn writes(exam: &mut Exam, protocol: &Protocol) {
    let writes = || {
        let given = protocol.given().filter(|exchange| !exchange.is_read());
        given.map(|exchange| (exchange.label(), exchange))
    };
    exam.check("writes are translated", writes(), |exam, exchange| {
        let translated = translate(exam, protocol, exchange)?;
        let failed = |failure| {
            format!("it is given as a write that means something, and the answer is {failure:?}")
        };
        translated.map(drop).map_err(failed)
    });
    exam.check("a body that cannot be read is reported as such", writes(), |exam, exchange| {
        let (healthy, reads) = translate_once(exam, protocol, exchange, None)?;
        for at in 0..reads.min(MOST_FAILING) {
            let (translated, _) = translate_once(exam, protocol, exchange, Some(at))?;
            let same = format!("{translated:?}") == format!("{healthy:?}");
            if !same && !matches!(translated, Err(Failure::Unreadable(_))) {
                return Err(format!(
                    "when read {at} of the body fails, it neither answers as if nothing had happened nor with Failure::Unreadable"
                ));
            }
        }
        Ok(())
    });
}

/// Writes with hostile paths and bodies.
pub(super) fn hostile_writes(exam: &mut Exam, protocol: &Protocol) {
    let given: Vec<_> = protocol
        .given()
        .filter(|exchange| !exchange.is_read())
        .cloned()
        .collect();
    let count = exam.options().mutations.min(MOST_CHANGES);
    let hostile = requests::hostile(&given).into_iter();
    let with_hostile_bodies = given.iter().flat_map(|exchange| {
        let body = &exchange.body;
        let mutants = cuts(body, count).into_iter().chain(flips(body, count));
        mutants.chain(inner(body, count)).map(|mutant| Exchange {
            request: exchange.request.clone(),
            body: mutant.bytes,
        })
    });
    let senseless = requests::senseless_writes(&protocol.exchanges);
    let cases = hostile.chain(with_hostile_bodies).chain(senseless);
    let cases = cases.map(|exchange| (exchange.label(), exchange));
    exam.check("hostile writes are answered", cases, |exam, exchange| {
        translate(exam, protocol, &exchange).map(drop)
    });
}

/// Translates twice, and judges what is true of every answer.
fn translate(
    exam: &mut Exam,
    protocol: &Protocol,
    exchange: &Exchange,
) -> Result<Result<Translation, Failure>, String> {
    let (translated, _) = translate_once(exam, protocol, exchange, None)?;
    let (again, _) = translate_once(exam, protocol, exchange, None)?;
    if format!("{translated:?}") != format!("{again:?}") {
        return Err("it makes different things of the same request".to_owned());
    }
    Ok(translated)
}

/// Translates, with a body whose n-th read fails if that is said; also says how often the body was read.
fn translate_once(
    exam: &mut Exam,
    protocol: &Protocol,
    exchange: &Exchange,
    failing_at: Option<u64>,
) -> Result<(Result<Translation, Failure>, u64), String> {
    let registry = protocol.registry.clone();
    let request = exchange.request.clone();
    let body = Memory(Arc::clone(&exchange.body));
    let size = body.size();
    let lent: Arc<dyn crate::ReadAt> = match failing_at {
        Some(at) => Arc::new(Failing::new(Arc::new(body), at, Lasting::Once)),
        None => Arc::new(body),
    };
    let (watched, meter) = Watched::new(lent, exam.options().budget.allowance(size));
    let (translated, registry) = exam.call("translate", move |format| {
        let translated = format.translate(&request, &watched, &registry);
        (translated, registry)
    })?;
    if let Some(excess) = meter.excess() {
        return Err(excess);
    }
    if failing_at.is_none() {
        match &translated {
            Ok(translation) => {
                check_translation(translation, size, &|digest| registry.shown(digest))?;
            }
            Err(failure) => check_failure(failure)?,
        }
    }
    Ok((translated, meter.spent().reads))
}
