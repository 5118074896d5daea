//! What every answer of a format must keep to, whatever it was asked.
//!
//! A rule names everything that is wrong at once, as sentences.

mod finding;
mod inspection;
mod response;
mod text;
mod translation;

use super::answer::Answer;
use crate::{Descriptor, Severity, Upload};

pub(super) use self::response::check_response;
pub(super) use self::translation::{check_failure, check_translation};

/// What an answer was given to.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What the format says of itself.
    pub(super) descriptor: &'a Descriptor,
    /// What the publisher said.
    pub(super) upload: &'a Upload,
    /// The path of the staged file, if there was one. It belongs to the host and to nobody else.
    pub(super) local_path: Option<&'a str>,
    /// Whether the bytes can be had. An answer that they cannot is then wrong.
    pub(super) readable: bool,
}

/// What is wrong with an answer to an upload.
pub(super) fn check_answer(answer: &Answer, asked: Asked<'_>) -> Result<(), String> {
    let mut problems = Vec::new();
    match answer {
        Answer::Taken(inspection) => inspection::check(inspection, asked, &mut problems),
        Answer::NotThisFormat(reason) => {
            finding::check_all(std::slice::from_ref(reason), &mut problems);
            if reason.severity != Severity::Error {
                problems.push(format!(
                    "the reason {} for not being of this format is no error: it refuses the upload where the format was said",
                    reason.code
                ));
            }
        }
        Answer::Invalid(findings) => {
            finding::check_all(findings, &mut problems);
            let is_error = |finding: &crate::Finding| finding.severity == Severity::Error;
            if !findings.iter().any(is_error) {
                problems
                    .push("it refuses the upload without an error among its findings".to_owned());
            }
        }
        Answer::Unreadable(_, error) if asked.readable => problems.push(format!(
            "it says that the content cannot be read, and every read has worked ({error})"
        )),
        Answer::Unreadable(..) => {}
    }
    check_path(answer, asked.local_path, &mut problems);
    all_of(&problems)
}

/// What every finding has to be, wherever it stands.
pub(super) fn check_findings(findings: &[crate::Finding]) -> Result<(), String> {
    let mut problems = Vec::new();
    finding::check_all(findings, &mut problems);
    all_of(&problems)
}

/// A path of the host tells a stranger where its files are.
fn check_path(answer: &Answer, local_path: Option<&str>, problems: &mut Vec<String>) {
    let Some(path) = local_path else {
        return;
    };
    if format!("{answer:?}").contains(path) {
        problems.push("its answer holds the path of the staged file".to_owned());
    }
}

/// One sentence of all that is wrong.
pub(super) fn all_of(problems: &[String]) -> Result<(), String> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("; "))
    }
}
