//! What became of an upload that was answered before: as it is kept, and as it is told.

use cellier_model::publish::Published;
use cellier_model::{FileRecord, FormatId, Id};
use cellier_sdk::Version;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::upload::PublishAnswer;

/// How many bytes of the findings of a refusal are kept.
const MOST_FINDINGS: usize = 8 * 1024;

/// How many characters of what a refusal says.
const LONGEST_DETAIL: usize = 1000;

/// How far an upload is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase", tag = "status")]
#[schema(as = UploadStatus)]
pub(crate) enum JobState {
    /// Its format is still looking at it.
    Pending,
    /// It is published.
    Published {
        /// What the publish would answer now: `artefact` and `version`.
        #[schema(value_type = Object)]
        result: Box<PublishAnswer>,
        /// Whether these bytes were published before: a publish that is answered at once says so with 200 instead of 201.
        #[serde(rename = "alreadyThere")]
        already_there: bool,
    },
    /// It is refused.
    Refused {
        /// What the publish would have answered at once (RFC 9457).
        #[schema(value_type = Object)]
        problem: Value,
    },
}

/// What is kept of an upload: enough to tell what became of it, and not the metadata, of which there may be much.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Pending,
    Published(PublishedFile),
    Refused(Value),
}

/// What was published.
#[derive(Clone, Debug)]
pub(crate) struct PublishedFile {
    pub(crate) format: FormatId,
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) file: Id<FileRecord>,
    pub(crate) already_there: bool,
}

impl Outcome {
    /// What is kept of the end of an upload.
    pub(crate) fn of(end: Result<Published, Problem>) -> Self {
        let problem = match end.map(|published| PublishedFile::of(&published)) {
            Ok(Some(published)) => return Self::Published(published),
            Ok(None) => Problem::not_found("the version was deleted meanwhile"),
            Err(problem) => problem,
        };
        let problem = serde_json::to_value(problem.body()).map(shortened);
        // Texts and numbers can always be written as JSON.
        Self::Refused(problem.unwrap_or_default())
    }
}

impl PublishedFile {
    fn of(published: &Published) -> Option<Self> {
        Some(Self {
            format: published.artefact.format.clone(),
            name: published.artefact.name.as_str().to_owned(),
            version: published.release.version.version.clone(),
            file: published.release.files.first()?.id,
            already_there: published.already_there,
        })
    }
}

/// A problem with as many findings as are kept, and a word about the others.
fn shortened(mut problem: Value) -> Value {
    let mut room = MOST_FINDINGS;
    let mut left_out = 0;
    if let Some(findings) = problem.get_mut("findings").and_then(Value::as_array_mut) {
        let all = findings.len();
        findings.retain(|finding| {
            room = room.saturating_sub(finding.to_string().len());
            room > 0
        });
        left_out = all - findings.len();
    }
    if let Some(Value::String(detail)) = problem.get_mut("detail") {
        let start: String = detail.chars().take(LONGEST_DETAIL).collect();
        *detail = match left_out {
            0 => start,
            more => format!("{start}; {more} more findings are told without Prefer: respond-async"),
        };
    }
    problem
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Finding;

    use super::*;

    #[test]
    fn a_refusal_is_kept_with_some_of_very_many_findings() {
        let few = vec![Finding::error("X1", "it is wrong")];
        let many = vec![Finding::error("X1", "x".repeat(1000)); 500];
        let kept = |findings: Vec<Finding>| {
            let problem = Problem::bad_request("refused", "it cannot be taken").findings(findings);
            let Outcome::Refused(problem) = Outcome::of(Err(problem)) else {
                panic!("it is refused");
            };
            problem
        };
        let refused = kept(few);
        assert_eq!(refused["detail"], "it cannot be taken");
        assert_eq!(refused["findings"][0]["code"], "X1");
        let refused = kept(many);
        assert!(refused.to_string().len() < MOST_FINDINGS + 2000);
        let findings = refused["findings"].as_array().unwrap().len();
        assert!(findings > 0);
        let told = refused["detail"].as_str().unwrap();
        assert!(
            told.contains(&format!("{} more findings", 500 - findings)),
            "{told}"
        );
    }
}
