//! What came of an exam.

use std::fmt;

use serde::Serialize;

/// Most problems of one check that are shown; the rest are counted.
const SHOWN: usize = 5;

/// What came of an exam: every check with its name, and what is wrong where one failed.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a report that nobody looks at has examined nothing"]
pub struct Report {
    format: String,
    checks: Vec<Check>,
}

/// One check of an exam: a rule of the contract, applied to a number of cases.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    name: String,
    cases: usize,
    problems: Vec<String>,
    notes: Vec<String>,
}

impl Report {
    pub(super) fn new(format: &str) -> Self {
        Self {
            format: format.to_owned(),
            checks: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// The id of the format that was examined.
    pub fn format(&self) -> &str {
        &self.format
    }

    /// All checks, in their order.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.has_passed())
    }

    /// Whether every check passed.
    pub fn has_passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// Panics with the readable report unless every check passed.
    ///
    /// # Panics
    ///
    /// If a check failed: that is how a test fails.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.has_passed(), "{self}");
    }
}

/// The failures with what is wrong, or one line if there are none.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.checks.len() - self.failures().count();
        let cases: usize = self.checks.iter().map(Check::cases).sum();
        write!(
            f,
            "the format {}: {passed} of {} checks passed, in {cases} cases",
            self.format,
            self.checks.len()
        )?;
        for check in &self.checks {
            for note in &check.notes {
                write!(f, "\n  note    {}: {note}", check.name)?;
            }
        }
        for check in self.failures() {
            write!(f, "\n  FAILED  {} ({} cases)", check.name, check.cases)?;
            for problem in check.problems.iter().take(SHOWN) {
                write!(f, "\n          {}", problem.replace('\n', "\n          "))?;
            }
            if check.problems.len() > SHOWN {
                write!(
                    f,
                    "\n          … and {} more cases",
                    check.problems.len() - SHOWN
                )?;
            }
        }
        Ok(())
    }
}

impl Check {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            cases: 0,
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Counts a case, and keeps what is wrong with it.
    pub(super) fn case(&mut self, label: &str, outcome: Result<(), String>) {
        self.cases += 1;
        if let Err(problem) = outcome {
            self.problems.push(format!("{label}: {problem}"));
        }
    }

    /// Fails the check as a whole.
    pub(super) fn fail(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// Keeps something that is worth knowing and wrong in no way.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// What was checked, in words.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many cases there were.
    pub fn cases(&self) -> usize {
        self.cases
    }

    /// What is wrong, a sentence for each case.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// What is worth knowing and wrong in no way.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether nothing is wrong.
    pub fn has_passed(&self) -> bool {
        self.problems.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_failed_and_why_and_not_without_end() {
        let mut good = Check::new("the descriptor");
        good.case("checked", Ok(()));
        let mut bad = Check::new("cut short");
        for length in 0..9 {
            bad.case(
                &format!("after {length} bytes"),
                Err("it panics\nbadly".to_owned()),
            );
        }
        let mut report = Report::new("toy");
        report.add(good);
        report.add(bad);
        assert!(!report.has_passed());
        let text = report.to_string();
        assert!(text.starts_with("the format toy: 1 of 2 checks passed, in 10 cases\n"));
        assert!(text.contains("FAILED  cut short (9 cases)\n          after 0 bytes: it panics\n"));
        assert!(text.ends_with("… and 4 more cases"), "{text}");
    }

    #[test]
    #[should_panic(expected = "0 of 1 checks passed")]
    fn asserting_a_failure_panics_with_the_report() {
        let mut bad = Check::new("x");
        bad.fail("it does not work");
        let mut report = Report::new("toy");
        report.add(bad);
        report.assert();
    }
}
