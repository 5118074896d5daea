//! What a format makes of a write, and why it has no answer.

use std::ops::Range;

use super::all_of;
use super::finding;
use super::response::check_response;
use super::text::{problem_with_line, start_of};
use crate::{Change, Failure, NewFile, Payload, Severity, Sha256, Translation, is_safe_file_name};

/// Most changes of one request.
const MOST_CHANGES: usize = 1000;

/// Most bytes of the sentence of a failure.
const LONGEST_SENTENCE: usize = 4096;

/// What is wrong with what a format makes of a write whose body has so many bytes.
pub(in crate::testkit) fn check_translation(
    translation: &Translation,
    body: u64,
    shown: &dyn Fn(Sha256) -> Option<u64>,
) -> Result<(), String> {
    let changes = match translation {
        Translation::Answer(response) => return check_response(response, shown),
        Translation::Changes(changes) => changes,
    };
    let mut problems = Vec::new();
    if changes.len() > MOST_CHANGES {
        problems.push(format!(
            "it makes {} changes of one request, at most {MOST_CHANGES} are performed",
            changes.len()
        ));
    }
    for change in changes.iter().take(MOST_CHANGES) {
        if let Change::Publish { name, files, .. } = change {
            if files.is_empty() {
                problems.push(format!("it publishes {:?} without a file", start_of(name)));
            }
            for file in files {
                check_file(file, body, &mut problems);
            }
        }
    }
    all_of(&problems)
}

fn check_file(file: &NewFile, body: u64, problems: &mut Vec<String>) {
    let (Payload::Raw(range) | Payload::Base64(range)) = &file.payload;
    let Range { start, end } = *range;
    if start > end || end > body {
        problems.push(format!(
            "it takes the bytes {start} to {end} of a body of {body} bytes for the file {:?}",
            start_of(&file.name)
        ));
    }
    if !is_safe_file_name(&file.name) {
        problems.push(format!("{:?} is not a file name", start_of(&file.name)));
    }
}

/// What is wrong with a failure.
pub(in crate::testkit) fn check_failure(failure: &Failure) -> Result<(), String> {
    let mut problems = Vec::new();
    match failure {
        Failure::MethodNotAllowed(allowed) => {
            let is_method = |word: &str| {
                let word = word.trim();
                !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
            };
            if !allowed.split(',').all(is_method) {
                problems.push(format!(
                    "{:?} is not a list of methods as in an Allow header",
                    start_of(allowed)
                ));
            }
        }
        Failure::BadRequest(sentence) => {
            if let Some(problem) = problem_with_line(sentence, LONGEST_SENTENCE) {
                problems.push(format!("the sentence of its failure {problem}"));
            }
        }
        Failure::Invalid(findings) => {
            finding::check_all(findings, &mut problems);
            if !findings
                .iter()
                .any(|found| found.severity == Severity::Error)
            {
                problems
                    .push("it refuses the request without an error among its findings".to_owned());
            }
        }
        Failure::Unreadable(error) => problems.push(format!(
            "it says that the registry cannot be read, and every read has worked ({error})"
        )),
        Failure::NotFound | Failure::CredentialNeeded => {}
    }
    all_of(&problems)
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::{Finding, Response};

    fn publish(name: &str, payload: Payload) -> Translation {
        Translation::Changes(vec![Change::Publish {
            name: "widget".to_owned(),
            version: None,
            files: vec![NewFile {
                claims: serde_json::Map::new(),
                name: name.to_owned(),
                variant: None,
                payload,
                expected: Vec::new(),
                metadata: Map::new(),
            }],
            tags: Vec::new(),
        }])
    }

    fn check(translation: &Translation) -> Result<(), String> {
        check_translation(translation, 100, &|_digest| None)
    }

    #[test]
    fn a_file_lies_within_the_body() {
        assert_eq!(check(&publish("a.tgz", Payload::Raw(0..100))), Ok(()));
        assert_eq!(check(&Translation::Changes(Vec::new())), Ok(()));
        assert_eq!(
            check(&Translation::Answer(Box::new(Response::new(200)))),
            Ok(())
        );
        for bad in [
            publish("a.tgz", Payload::Raw(0..101)),
            publish("a.tgz", Payload::Base64(Range { start: 70, end: 60 })),
            publish("../a.tgz", Payload::Raw(0..1)),
            Translation::Answer(Box::new(Response::new(20))),
        ] {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_failure_is_worded_so_that_it_can_be_sent() {
        assert_eq!(check_failure(&Failure::NotFound), Ok(()));
        assert_eq!(
            check_failure(&Failure::MethodNotAllowed("GET, PUT".to_owned())),
            Ok(())
        );
        for bad in [
            Failure::MethodNotAllowed("GET\r\nx: y".to_owned()),
            Failure::MethodNotAllowed(String::new()),
            Failure::BadRequest("a\r\nb".to_owned()),
            Failure::Invalid(Vec::new()),
            Failure::Invalid(vec![Finding::warning("A1", "hm")]),
            Failure::Unreadable(std::io::Error::other("no")),
        ] {
            assert!(check_failure(&bad).is_err(), "{bad:?}");
        }
    }
}
