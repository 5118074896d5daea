//! Reads of the protocol.

use super::{Exchange, Protocol, requests};
use crate::testkit::exam::Exam;
use crate::testkit::registry::FakeRegistry;
use crate::testkit::rules::{check_failure, check_response};
use crate::{Failure, Response};

/// Most calls to the registry that are made to fail in turn, for one request.
const MOST_FAILING: u64 = 8;

/// What is in the registry is read, and something is answered below the mount.
pub(super) fn reads(exam: &mut Exam, protocol: &Protocol) {
    let mut answered = false;
    let reads = protocol
        .exchanges
        .iter()
        .filter(|exchange| exchange.is_read());
    let cases = reads.map(|exchange| (exchange.label(), exchange));
    exam.check("reads are answered", cases, |exam, exchange| {
        let served = serve(exam, &protocol.registry, exchange)?;
        answered |= !matches!(served, Err(Failure::NotFound));
        Ok(())
    });
    let given = protocol.given().filter(|exchange| exchange.is_read());
    let cases = given.map(|exchange| (exchange.label(), exchange));
    exam.check(
        "reads that the author gave succeed",
        cases,
        |exam, exchange| {
            let served = serve(exam, &protocol.registry, exchange)?;
            let failed = |failure| {
                format!("it is given as a read that succeeds, and the answer is {failure:?}")
            };
            served.map(drop).map_err(failed)
        },
    );
    let only_writes = protocol.given > 0 && protocol.given().all(|exchange| !exchange.is_read());
    let cases = [("any read".to_owned(), ())];
    exam.check("something is answered below the mount", cases, |_, ()| {
        if answered || only_writes {
            return Ok(());
        }
        Err("every read is answered with NotFound: leave the mount out, or give a request that is served with read()".to_owned())
    });
}

/// Reads with hostile paths, queries and headers.
pub(super) fn hostile_reads(exam: &mut Exam, protocol: &Protocol) {
    let reads: Vec<_> = protocol
        .exchanges
        .iter()
        .filter(|exchange| exchange.is_read())
        .cloned()
        .collect();
    let hostile = requests::hostile(&reads);
    let cases = hostile
        .into_iter()
        .map(|exchange| (exchange.label(), exchange));
    exam.check("hostile reads are answered", cases, |exam, exchange| {
        serve(exam, &protocol.registry, &exchange).map(drop)
    });
}

/// Reads while the database of the registry breaks down.
pub(super) fn failing_reads(exam: &mut Exam, protocol: &Protocol) {
    let reads = protocol
        .exchanges
        .iter()
        .filter(|exchange| exchange.is_read());
    let cases = reads.map(|exchange| (exchange.label(), exchange));
    exam.check("a registry that cannot be read is reported as such", cases, |exam, exchange| {
        let (healthy, registry) = serve_once(exam, protocol.registry.clone(), exchange)?;
        for call in 0..registry.calls().min(MOST_FAILING) {
            let failing = protocol.registry.clone().failing_from(call);
            let (served, _) = serve_once(exam, failing, exchange)?;
            let same = format!("{served:?}") == format!("{healthy:?}");
            if !same && !matches!(served, Err(Failure::Unreadable(_))) {
                return Err(format!(
                    "when call {call} to the registry fails, it neither answers as if nothing had happened nor with Failure::Unreadable, but {}",
                    in_short(&served)
                ));
            }
        }
        Ok(())
    });
}

/// Serves twice, and judges what is true of every answer.
fn serve(
    exam: &mut Exam,
    registry: &FakeRegistry,
    exchange: &Exchange,
) -> Result<Result<Response, Failure>, String> {
    let (served, seen) = serve_once(exam, registry.clone(), exchange)?;
    let (again, _) = serve_once(exam, registry.clone(), exchange)?;
    if format!("{served:?}") != format!("{again:?}") {
        return Err(format!(
            "it answers differently to the same request: once {}, once {}",
            in_short(&served),
            in_short(&again)
        ));
    }
    match &served {
        Ok(response) => check_response(response, &|digest| seen.shown(digest))?,
        Err(failure) => check_failure(failure)?,
    }
    Ok(served)
}

fn serve_once(
    exam: &mut Exam,
    registry: FakeRegistry,
    exchange: &Exchange,
) -> Result<(Result<Response, Failure>, FakeRegistry), String> {
    let request = exchange.request.clone();
    exam.call("serve", move |format| {
        let served = format.serve(&request, &registry);
        (served, registry)
    })
}

fn in_short(served: &Result<Response, Failure>) -> String {
    let text = match served {
        Ok(response) => format!("{response:?}"),
        Err(failure) => format!("{failure:?}"),
    };
    text.chars().take(200).collect()
}
