//! What a format answered to an upload, so that two answers can be compared.

use std::io;

use crate::{Finding, Inspection, Rejection};

/// What a format answered to an upload.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// It takes it.
    Taken(Box<Inspection>),
    /// It is of another format.
    NotThisFormat(Finding),
    /// It must not be published.
    Invalid(Vec<Finding>),
    /// It could not be read.
    Unreadable(io::ErrorKind, String),
}

impl Answer {
    pub(super) fn of(answer: Result<Inspection, Rejection>) -> Self {
        match answer {
            Ok(inspection) => Self::Taken(Box::new(inspection)),
            Err(Rejection::NotThisFormat(finding)) => Self::NotThisFormat(finding),
            Err(Rejection::Invalid(findings)) => Self::Invalid(findings),
            Err(Rejection::Unreadable(error)) => Self::Unreadable(error.kind(), error.to_string()),
        }
    }

    pub(super) fn is_taken(&self) -> bool {
        matches!(self, Self::Taken(_))
    }

    /// Whether the format says that it could not read.
    pub(super) fn is_unreadable(&self) -> bool {
        matches!(self, Self::Unreadable(..))
    }

    /// Everything that it found.
    pub(super) fn findings(&self) -> &[Finding] {
        match self {
            Self::Taken(inspection) => &inspection.findings,
            Self::NotThisFormat(finding) => std::slice::from_ref(finding),
            Self::Invalid(findings) => findings,
            Self::Unreadable(..) => &[],
        }
    }

    /// The answer in a few words.
    pub(super) fn in_short(&self) -> String {
        let codes: Vec<_> = self
            .findings()
            .iter()
            .map(|found| found.code.as_str())
            .collect();
        let codes = codes.join(", ");
        match self {
            Self::Taken(_) if codes.is_empty() => "taken".to_owned(),
            Self::Taken(_) => format!("taken ({codes})"),
            Self::NotThisFormat(_) => format!("not this format ({codes})"),
            Self::Invalid(_) => format!("invalid ({codes})"),
            Self::Unreadable(_, error) => format!("unreadable ({error})"),
        }
    }

    /// How another answer to the same question differs, if it does.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        let (one, two) = (self.in_short(), other.in_short());
        if one == two {
            let (one, two) = (format!("{self:#?}"), format!("{other:#?}"));
            return Some(super::golden::difference(&one, &two));
        }
        Some(format!("once {one}, once {two}"))
    }
}
