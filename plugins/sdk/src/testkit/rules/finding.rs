//! Findings: few, coded, and fit to be shown.

use super::text::{problem_with_line, start_of};
use crate::Finding;

/// Most findings of one answer.
const MOST: usize = 200;

/// Most bytes of a message or of a fix.
const LONGEST: usize = 4096;

/// Most characters of a code.
const LONGEST_CODE: usize = 32;

pub(super) fn check_all(findings: &[Finding], problems: &mut Vec<String>) {
    if findings.len() > MOST {
        problems.push(format!(
            "it gives {} findings: list at most {MOST} and count the rest",
            findings.len()
        ));
    }
    for finding in findings.iter().take(MOST) {
        check(finding, problems);
    }
}

fn check(finding: &Finding, problems: &mut Vec<String>) {
    let code = &finding.code;
    if !is_code(code) {
        problems.push(format!(
            "the code {:?} is not 1 to {LONGEST_CODE} capital letters and digits, starting with a letter",
            start_of(code)
        ));
    }
    if finding.message.trim().is_empty() {
        problems.push(format!("the message of {code} is empty"));
    }
    let texts = [
        ("message", Some(&finding.message)),
        ("fix", finding.fix.as_ref()),
    ];
    for (what, text) in texts {
        if let Some(problem) = text.and_then(|text| problem_with_line(text, LONGEST)) {
            problems.push(format!("the {what} of {code} {problem}"));
        }
    }
}

fn is_code(code: &str) -> bool {
    let starts_with_letter = code.starts_with(|first: char| first.is_ascii_uppercase());
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    starts_with_letter && code.len() <= LONGEST_CODE && code.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_with(finding: Finding) -> Vec<String> {
        let mut problems = Vec::new();
        check_all(&[finding], &mut problems);
        problems
    }

    #[test]
    fn a_code_is_a_word_that_programs_match_on() {
        for good in ["PAL001", "E1", "MB002"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "pal001", "PAL-001", "1PAL", "PAL 1", &"P".repeat(33)] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn message_and_fix_are_short_single_lines() {
        assert_eq!(
            problems_with(Finding::error("A1", "fine").fix("do it")),
            [""; 0]
        );
        assert_eq!(problems_with(Finding::error("A1", " ")).len(), 1);
        assert_eq!(problems_with(Finding::error("A1", "two\nlines")).len(), 1);
        assert_eq!(
            problems_with(Finding::error("A1", "x").fix("\u{1b}")).len(),
            1
        );
        assert_eq!(
            problems_with(Finding::error("A1", "x".repeat(5000))).len(),
            1
        );
    }

    #[test]
    fn findings_without_end_are_not_listed() {
        let mut problems = Vec::new();
        check_all(&vec![Finding::info("A1", "x"); MOST + 1], &mut problems);
        assert_eq!(problems.len(), 1);
    }
}
