//! What a format should answer, as it stands in a file.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::difference;
use crate::testkit::answer::Answer;
use crate::{Finding, Inspection, Severity};

/// The file that holds what a format should answer.
///
/// `{"taken": {…}}` with everything that was learnt, `{"invalid": […]}` or `{"notThisFormat": "…"}`. Of findings only
/// weight and code stand there: their words may be improved at any time.
#[derive(Clone, Debug)]
pub(in crate::testkit) struct Golden {
    path: PathBuf,
}

impl Golden {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Compares an answer with the file, or writes the file; then says so.
    pub(in crate::testkit) fn compare(
        &self,
        answer: &Answer,
        bless: bool,
    ) -> Result<Option<String>, String> {
        let found = write(answer);
        let path = self.path.display();
        let expected = match fs::read_to_string(&self.path) {
            Ok(text) => text.replace("\r\n", "\n"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("failed to read {path}: {error}")),
        };
        if expected == found {
            return Ok(None);
        }
        if bless {
            let written = fs::write(&self.path, &found);
            return match written {
                Ok(()) => Ok(Some(format!(
                    "{path} was written: read it before you keep it"
                ))),
                Err(error) => Err(format!("failed to write {path}: {error}")),
            };
        }
        if expected.is_empty() {
            return Err(format!(
                "there is no {path}: set CELLIER_BLESS=1 to have it written, then read it; the answer is\n{found}"
            ));
        }
        // A file that somebody wrote by hand may be spaced in other ways.
        if same_json(&expected, &found) {
            return Ok(None);
        }
        Err(format!(
            "the answer is not the one in {path} (set CELLIER_BLESS=1 to have it written anew):\n{}",
            difference(&expected, &found)
        ))
    }
}

fn same_json(one: &str, other: &str) -> bool {
    let read = |text| serde_json::from_str::<Value>(text).ok();
    read(one).is_some_and(|value| Some(value) == read(other))
}

fn write(answer: &Answer) -> String {
    let value = match answer {
        Answer::Taken(inspection) => json!({ "taken": describe(inspection) }),
        Answer::Invalid(findings) => json!({ "invalid": in_short(findings) }),
        Answer::NotThisFormat(finding) => json!({ "notThisFormat": finding.code }),
        Answer::Unreadable(..) => json!({ "unreadable": true }),
    };
    // A map of text can always be written.
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    format!("{text}\n")
}

/// Everything of an inspection that is there.
fn describe(inspection: &Inspection) -> Value {
    let mut described = serde_json::to_value(inspection).unwrap_or_default();
    described["findings"] = in_short(&inspection.findings);
    if let Value::Object(object) = &mut described {
        object.retain(|_, value| !is_empty(value));
    }
    described
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

fn in_short(findings: &[Finding]) -> Value {
    let line = |finding: &Finding| {
        let severity = match finding.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        format!("{severity} {}", finding.code)
    };
    findings.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn answer(colours: u32) -> Answer {
        let inspection = Inspection::new()
            .media_type("text/plain")
            .metadata("colours", colours)
            .finding(Finding::warning("PAL003", "a colour stands there twice"));
        Answer::Taken(Box::new(inspection))
    }

    #[test]
    fn a_file_is_written_when_asked_and_compared_ever_after() {
        let folder = TempDir::new().unwrap();
        let golden = Golden::new(folder.path().join("expected.json"));
        assert!(
            golden
                .compare(&answer(1), false)
                .unwrap_err()
                .contains("CELLIER_BLESS=1")
        );
        assert!(
            golden
                .compare(&answer(1), true)
                .unwrap()
                .unwrap()
                .contains("was written")
        );
        assert_eq!(golden.compare(&answer(1), false), Ok(None));
        let text = fs::read_to_string(&golden.path).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!({ "taken": {
                "mediaType": "text/plain",
                "metadata": { "colours": 1 },
                "findings": ["warning PAL003"],
            } })
        );
    }

    #[test]
    fn another_answer_fails_with_the_lines_that_differ() {
        let folder = TempDir::new().unwrap();
        let golden = Golden::new(folder.path().join("expected.json"));
        golden.compare(&answer(1), true).unwrap();
        let problem = golden.compare(&answer(2), false).unwrap_err();
        assert!(problem.contains("-       \"colours\": 1"), "{problem}");
        assert!(problem.contains("+       \"colours\": 2"), "{problem}");
    }

    #[test]
    fn spaces_make_no_difference() {
        let folder = TempDir::new().unwrap();
        let golden = Golden::new(folder.path().join("expected.json"));
        fs::write(&golden.path, r#"{"notThisFormat":"PAL001"}"#).unwrap();
        let answer = Answer::NotThisFormat(Finding::error("PAL001", "x"));
        assert_eq!(golden.compare(&answer, false), Ok(None));
    }
}
