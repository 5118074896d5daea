//! Outcomes in the words of this protocol: lines that start with `ok` or `error`.

use cellier_sdk::{Finding, Outcome, Performed, Refusal, Response};

use crate::lines::one_line;

pub(crate) fn word(outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Performed(performed) => performed_in_words(performed),
        Outcome::Refused(refusal) => refused_in_words(refusal),
    }
}

fn performed_in_words(performed: &[Performed]) -> Response {
    let is_new = |one: &Performed| {
        matches!(
            one,
            Performed::Published {
                already_there: false,
                ..
            }
        )
    };
    let status = if performed.iter().any(is_new) {
        201
    } else {
        200
    };
    let mut text = String::new();
    for one in performed {
        let line = match one {
            Performed::Published {
                name,
                version,
                already_there: true,
            } => format!("ok {name} {version} was there before"),
            Performed::Published { name, version, .. } => format!("ok {name} {version} published"),
            Performed::TokenIssued { token, .. } => format!("ok token {token}"),
            Performed::WebLoginBegun { url, id } => {
                format!("ok sign in at {url}, then ask for {id}")
            }
            _ => "ok done".to_owned(),
        };
        text.push_str(&one_line(&line));
        text.push('\n');
    }
    if text.is_empty() {
        text.push_str("ok nothing to do\n");
    }
    Response::text(status, &text)
}

fn refused_in_words(refusal: &Refusal) -> Response {
    let mut text = one_line(&format!("error {}: {}", refusal.code, refusal.detail));
    if let Some(version) = &refusal.version {
        text.push('\n');
        text.push_str(&one_line(&format!("about version {version}")));
    }
    for Finding { code, message, .. } in &refusal.findings {
        text.push('\n');
        text.push_str(&one_line(&format!("finding {code}: {message}")));
    }
    text.push('\n');
    Response::text(refusal.status, &text)
}
