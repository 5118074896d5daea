//! What a format has to say about an upload.

use std::io;

use serde::{Deserialize, Serialize};

/// How much a [`Finding`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Published, but some client will stumble over it.
    Warning,
    /// Refused.
    Error,
}

/// A coded observation of a format about an upload.
///
/// The code is stable: programs may match on it. The message says what was found and where; the fix says what the
/// publisher can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable code, unique within the format, such as `MB002`.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found, and where.
    pub message: String,
    /// What the publisher can do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Finding {
    /// A finding of any severity.
    pub fn new(severity: Severity, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            fix: None,
        }
    }

    /// A finding that refuses the upload.
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A finding that is stored with the version and shown.
    pub fn warning(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A finding that is merely worth knowing.
    pub fn info(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, message)
    }

    /// Adds what the publisher can do about it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// Why a format does not take an upload.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// The content is not of this format at all, for the one reason given.
    ///
    /// The host then asks the next format that claims the upload; where the publisher named this format, or claimed
    /// it by category, it becomes a 422 with that one finding.
    #[error("not of this format: {}", .0.message)]
    NotThisFormat(Finding),
    /// The content is of this format and must not be published: **all** findings, warnings included.
    #[error("refused with {} findings", .0.len())]
    Invalid(Vec<Finding>),
    /// The content could not be read. Says nothing about the upload; the host answers that it should be tried again.
    #[error("failed to read the content")]
    Unreadable(#[from] io::Error),
}

impl Rejection {
    /// Not of this format, for this one reason.
    pub fn not_this_format(reason: Finding) -> Self {
        Self::NotThisFormat(reason)
    }

    /// Of this format, and refused for these findings.
    pub fn invalid(findings: impl IntoIterator<Item = Finding>) -> Self {
        Self::Invalid(findings.into_iter().collect())
    }

    /// The findings that a publisher should see, however the rejection came about.
    pub fn into_findings(self) -> Vec<Finding> {
        match self {
            Self::NotThisFormat(finding) => vec![finding],
            Self::Invalid(findings) => findings,
            Self::Unreadable(_) => Vec::new(),
        }
    }
}
