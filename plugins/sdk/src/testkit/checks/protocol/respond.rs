//! Outcomes in the words of the protocol.

use super::{Exchange, Protocol, requests};
use crate::testkit::exam::Exam;
use crate::testkit::rules::check_response;
use crate::{Finding, Outcome, Performed, Refusal, TokenView, Version};

/// Every status that a refusal of the core may have.
const STATUSES: [u16; 11] = [400, 401, 403, 404, 405, 409, 413, 422, 429, 503, 507];

/// Most requests for which every outcome is worded.
const MOST_REQUESTS: usize = 40;

/// What the core may have to say of a refusal: its sentences may repeat what the client wrote.
const DETAILS: [&str; 3] = [
    "the key's scope does not cover this name",
    "\"a\r\nset-cookie: b\u{0}\" cannot be a name",
    "",
];

/// Every outcome of a write (and every refusal of a read) is worded, with a status of the same class.
pub(super) fn outcomes(exam: &mut Exam, protocol: &Protocol) {
    let hostile = requests::hostile(&protocol.exchanges);
    let writes = requests::senseless_writes(&protocol.exchanges);
    // Of each kind some: what an answer depends on is the shape of the request, not its number.
    let step = (hostile.len() / MOST_REQUESTS).max(1);
    let some_hostile = hostile.into_iter().step_by(step);
    let requests: Vec<Exchange> = protocol
        .exchanges
        .iter()
        .cloned()
        .chain(writes.into_iter().step_by(6))
        .take(MOST_REQUESTS)
        .chain(some_hostile)
        .collect();
    let cases = requests
        .into_iter()
        .map(|exchange| (exchange.label(), exchange));
    exam.check("every outcome is worded", cases, |exam, exchange| {
        for (label, class, outcome) in all_outcomes() {
            word(exam, &exchange, class, outcome)
                .map_err(|problem| format!("{label}: {problem}"))?;
        }
        Ok(())
    });
}

fn word(exam: &mut Exam, exchange: &Exchange, class: u16, outcome: Outcome) -> Result<(), String> {
    let request = exchange.request.clone();
    let (response, again) = exam.call("respond", move |format| {
        (
            format.respond(&request, &outcome),
            format.respond(&request, &outcome),
        )
    })?;
    if response != again {
        return Err("it words the same outcome in different ways".to_owned());
    }
    // An outcome comes without a registry, so no blob can have been shown for it.
    check_response(&response, &|_digest| None)?;
    if response.status / 100 != class {
        return Err(format!(
            "it is worded with the status {}, which says something else",
            response.status
        ));
    }
    Ok(())
}

/// Every outcome, with the class that the status of its answer must have.
fn all_outcomes() -> Vec<(String, u16, Outcome)> {
    let mut outcomes = Vec::new();
    for status in STATUSES {
        for detail in DETAILS {
            let findings = match status {
                422 => vec![Finding::error("A1", detail).fix(detail)],
                _ => Vec::new(),
            };
            let refusal = Refusal {
                status,
                code: "some_code".to_owned(),
                detail: detail.to_owned(),
                version: (status == 404 || status == 409).then(|| detail.to_owned()),
                findings,
            };
            outcomes.push((
                format!("a refusal with {status}"),
                status / 100,
                Outcome::Refused(refusal),
            ));
        }
    }
    let published = |already_there| Performed::Published {
        name: "widget".to_owned(),
        version: Version::revision(1),
        already_there,
    };
    let token = || Performed::TokenIssued {
        token: "cel_00000000_secret".to_owned(),
        view: TokenView {
            id: "0197a5c0-0000-7000-8000-000000000000".to_owned(),
            name: "laptop".to_owned(),
            short: "00000000".to_owned(),
            read_only: false,
            only: Some("@acme/*".to_owned()),
            created_at: "2026-01-02T03:04:05Z".to_owned(),
            expires_at: None,
        },
    };
    let web_login = Performed::WebLoginBegun {
        url: "https://registry.example.com/login/abc".to_owned(),
        id: "abc".to_owned(),
    };
    for (label, performed) in [
        ("no change", Vec::new()),
        ("a change", vec![Performed::Done]),
        ("a version published", vec![published(false)]),
        ("a version that was there before", vec![published(true)]),
        ("a token", vec![token()]),
        ("a sign-in in a browser", vec![web_login]),
        (
            "several changes",
            vec![published(false), Performed::Done, token()],
        ),
    ] {
        outcomes.push((label.to_owned(), 2, Outcome::Performed(performed)));
    }
    outcomes
}
