//! What was found so far.

use cellier_sdk::{Finding, Inspection, Rejection, Severity};

use crate::{codes, limits};

/// What was found so far, in the order of the archive. A hostile one can earn a finding per entry: only the first are kept.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    left_out: usize,
    refused: bool,
}

impl Findings {
    /// Adds one.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.refused |= finding.severity == Severity::Error;
        if self.list.len() < limits::FINDINGS {
            self.list.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// The inspection with these findings, or a rejection if one of them is an error.
    pub(crate) fn conclude(mut self, inspection: Inspection) -> Result<Inspection, Rejection> {
        if self.left_out > 0 {
            let message = format!("{} more findings are not listed", self.left_out);
            self.list.push(codes::MORE_FINDINGS.info(message));
        }
        if self.refused {
            return Err(Rejection::Invalid(self.list));
        }
        let mut inspection = inspection;
        inspection.findings = self.list;
        Ok(inspection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_refuses_even_where_it_is_no_longer_listed() {
        let mut findings = Findings::default();
        for number in 0..limits::FINDINGS {
            findings.push(codes::FIELD_IGNORED.warning(number.to_string()));
        }
        findings.push(codes::INVALID_PATH.error("too late to be listed"));
        let listed = findings
            .conclude(Inspection::new())
            .unwrap_err()
            .into_findings();
        assert_eq!(listed.len(), limits::FINDINGS + 1);
        assert_eq!(listed.last().unwrap().code, codes::MORE_FINDINGS.id);
    }

    #[test]
    fn warnings_refuse_nothing() {
        let mut findings = Findings::default();
        findings.push(codes::LICENSE_MISSING.warning("none"));
        let inspection = findings.conclude(Inspection::new()).unwrap();
        assert_eq!(inspection.findings.len(), 1);
    }
}
