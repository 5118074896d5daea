//! What was found so far.

use cellier_sdk::{Finding, Inspection, Rejection, Severity};

use crate::codes::{Code, MORE_FINDINGS};
use crate::limits;

/// What was found so far. A hostile file can earn a finding for everything it holds: only the first are kept.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    strict: bool,
    list: Vec<Finding>,
    left_out: usize,
    refused: bool,
}

impl Findings {
    /// Nothing yet; `strict` is what weighs the findings.
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            strict,
            ..Self::default()
        }
    }

    /// Whether the operator wants the strict weights, and the checks that take longer.
    pub(crate) fn strict(&self) -> bool {
        self.strict
    }

    /// Adds what was found.
    pub(crate) fn report(&mut self, code: &Code, message: impl Into<String>) {
        self.push(code.finding(self.strict, message));
    }

    /// Adds what was found, with a remedy that fits better than the usual one.
    pub(crate) fn report_with(
        &mut self,
        code: &Code,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(code.finding(self.strict, message).fix(fix));
    }

    /// Adds a finding that is weighed already.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.refused |= finding.severity == Severity::Error;
        if self.list.len() < limits::FINDINGS {
            self.list.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// The inspection with these findings, or a rejection if one of them is an error.
    pub(crate) fn conclude(mut self, mut inspection: Inspection) -> Result<Inspection, Rejection> {
        if self.left_out > 0 {
            let message = format!("{} more findings are not listed", self.left_out);
            self.list.push(MORE_FINDINGS.finding(self.strict, message));
        }
        if self.refused {
            return Err(Rejection::Invalid(self.list));
        }
        inspection.findings = self.list;
        Ok(inspection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::mbtiles::{NOT_UNIQUE, OUTSIDE_GRID, ZOOM_GAP};

    #[test]
    fn strict_is_what_makes_an_error_of_a_warning() {
        let mut lenient = Findings::new(false);
        lenient.report(&NOT_UNIQUE, "no index");
        let taken = lenient.conclude(Inspection::new()).unwrap();
        assert_eq!(taken.findings[0].severity, Severity::Warning);

        let mut strict = Findings::new(true);
        strict.report(&NOT_UNIQUE, "no index");
        let refused = strict.conclude(Inspection::new()).unwrap_err();
        assert_eq!(refused.into_findings()[0].severity, Severity::Error);
    }

    #[test]
    fn an_error_refuses_even_where_it_is_no_longer_listed() {
        let mut findings = Findings::new(false);
        for zoom in 0..limits::FINDINGS {
            findings.report(&ZOOM_GAP, zoom.to_string());
        }
        findings.report(&OUTSIDE_GRID, "too late to be listed");
        let refused = findings.conclude(Inspection::new()).unwrap_err();
        let listed = refused.into_findings();
        assert_eq!(listed.len(), limits::FINDINGS + 1);
        assert_eq!(listed.last().unwrap().code, MORE_FINDINGS.id);
    }
}
