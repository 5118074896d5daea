//! Why nothing was done, for a format to word.

use std::io;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use cellier_sdk::{Failure, Outcome, Refusal};

use crate::http::problem::Problem;

/// An outcome, and the headers that belong to its answer however a format words it.
#[derive(Debug)]
pub(super) struct Unworded {
    /// What became of the request.
    pub(super) outcome: Outcome,
    /// What the answer must have, unless the format has given it something better.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<Outcome> for Unworded {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            headers: Vec::new(),
        }
    }
}

/// A refusal of the core on its way through a format that cannot go on without a file.
#[derive(Debug, thiserror::Error)]
#[error("the caller may not have the bytes of this file")]
pub(super) struct Withheld(Problem);

impl Withheld {
    /// As a format sees it.
    pub(super) fn into_error(problem: Problem) -> io::Error {
        let kind = if problem.status() == StatusCode::NOT_FOUND {
            io::ErrorKind::NotFound
        } else {
            io::ErrorKind::PermissionDenied
        };
        io::Error::new(kind, Self(problem))
    }

    /// The refusal again, or that the host could not be read from.
    fn problem_of(error: io::Error) -> Problem {
        match error.downcast::<Self>() {
            Ok(Self(problem)) => problem,
            Err(error) => Problem::unavailable(&error),
        }
    }
}

/// A refusal of the core.
impl From<Problem> for Unworded {
    fn from(problem: Problem) -> Self {
        let refusal = Refusal {
            status: problem.status().as_u16(),
            code: problem.code().to_owned(),
            detail: problem.detail().to_owned(),
            version: problem.version().map(str::to_owned),
            findings: Vec::new(),
        };
        let headers = problem.headers().to_vec();
        let findings = problem.into_findings();
        Self {
            outcome: Outcome::Refused(Refusal {
                findings,
                ..refusal
            }),
            headers,
        }
    }
}

/// A refusal of the format itself.
impl From<Failure> for Unworded {
    fn from(failure: Failure) -> Self {
        let detail = failure.to_string();
        let mut headers = Vec::new();
        let (status, code, findings) = match failure {
            Failure::NotFound => (404, "not_found", Vec::new()),
            Failure::MethodNotAllowed(allowed) => {
                let allowed = HeaderValue::from_str(&allowed).ok();
                headers.extend(allowed.map(|allowed| (header::ALLOW, allowed)));
                (405, "method_not_allowed", Vec::new())
            }
            Failure::BadRequest(_) => (400, "bad_request", Vec::new()),
            Failure::Invalid(findings) => (422, "refused", findings),
            Failure::CredentialNeeded => return crate::http::problem_from::key_missing().into(),
            Failure::Unreadable(error) => return Withheld::problem_of(error).into(),
        };
        let refusal = Refusal {
            status,
            code: code.to_owned(),
            detail,
            version: None,
            findings,
        };
        Self {
            outcome: Outcome::Refused(refusal),
            headers,
        }
    }
}
