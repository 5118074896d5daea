//! Why a document cannot be read.

use std::io;

use cellier_sdk::{Failure, Finding};

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The bytes could not be read: nobody's fault but the host's.
    #[error("failed to read the body")]
    Unreadable(#[from] io::Error),
    /// It is not JSON.
    #[error("the body is not JSON: {what} at byte {at}")]
    NotJson {
        /// What is wrong.
        what: &'static str,
        /// Where.
        at: u64,
    },
    /// It is JSON and not what npm's clients send.
    #[error("refused: {}", .0.message)]
    Refused(Finding),
}

impl From<Finding> for Trouble {
    fn from(finding: Finding) -> Self {
        Self::Refused(finding)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreadable(error) => Self::Unreadable(error),
            Trouble::Refused(finding) => Self::Invalid(vec![finding]),
            not_json @ Trouble::NotJson { .. } => Self::BadRequest(not_json.to_string()),
        }
    }
}
