//! What an answer depends on beside its path, which a host that gives it again must know.

use super::{Exchange, Protocol};
use crate::testkit::exam::Exam;
use crate::testkit::registry::FakeRegistry;
use crate::{Failure, Hold, Response};

/// Headers by which clients differ, with what some of them send.
const NEGOTIATED: [(&str, &[&str]); 3] = [
    (
        "accept",
        &[
            "application/json",
            "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
            "text/html",
        ],
    ),
    ("accept-language", &["fr", "de-CH, de;q=0.5"]),
    (
        "user-agent",
        &["npm/11.0.0 node/v24.0.0 linux x64", "curl/8"],
    ),
];

/// Answers that are held are the same for every client, but for the headers that they name in `vary`.
pub(super) fn held_answers(exam: &mut Exam, protocol: &Protocol) {
    let reads = protocol
        .exchanges
        .iter()
        .filter(|exchange| exchange.is_read());
    let cases = reads.map(|exchange| (exchange.label(), exchange));
    exam.check(
        "answers that are held name what they depend on",
        cases,
        |exam, exchange| {
            let silent = served(exam, &protocol.registry, exchange)?;
            for (name, values) in NEGOTIATED {
                for value in values {
                    let mut asked = exchange.clone();
                    asked.request.headers.retain(|(known, _)| known != name);
                    let header = (name.to_owned(), (*value).to_owned());
                    asked.request.headers.push(header);
                    let answer = served(exam, &protocol.registry, &asked)?;
                    if differ_unsaid(name, silent.as_ref(), answer.as_ref()) {
                        return Err(format!(
                            "it is held, and with {name}: {value} it is another than without, but its vary does not name \
                             {name}: other clients would be given it too"
                        ));
                    }
                }
            }
            Ok(())
        },
    );
}

/// The answer, if it is one that is held.
fn served(
    exam: &mut Exam,
    registry: &FakeRegistry,
    exchange: &Exchange,
) -> Result<Option<Response>, String> {
    let (request, registry) = (exchange.request.clone(), registry.clone());
    let served: Result<Response, Failure> =
        exam.call("serve", move |format| format.serve(&request, &registry))?;
    Ok(served.ok().filter(|answer| answer.hold != Hold::No))
}

fn differ_unsaid(name: &str, one: Option<&Response>, other: Option<&Response>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    let says = |answer: &Response| {
        let mut vary = answer.headers.iter().filter(|(key, _)| key == "vary");
        vary.any(|(_, value)| {
            value
                .split(',')
                .map(str::trim)
                .any(|said| said == "*" || said.eq_ignore_ascii_case(name))
        })
    };
    one != other && !(says(one) && says(other))
}
