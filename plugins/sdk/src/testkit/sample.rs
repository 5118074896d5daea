//! Uploads that an author gives, with what should come of them.

use std::sync::Arc;

use super::answer::Answer;
use super::golden::Golden;
use crate::Upload;

/// An upload that the author of a format gives, and what should come of it: without further words, that it is taken.
///
/// ```
/// use cellier_sdk::Upload;
/// use cellier_sdk::testkit::Sample;
///
/// let good = Sample::new("one colour", b"PALETTE\n#ffcc00\n").said(Upload::new("sunset"));
/// let bad = Sample::new("no colour", b"PALETTE\n").refused(&["PAL002"]);
/// let other = Sample::new("a letter", b"Dear all,\n").of_another_format("PAL001");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Sample {
    name: String,
    bytes: Arc<[u8]>,
    upload: Upload,
    expected: Expected,
}

/// What should come of a sample.
#[derive(Clone, Debug)]
pub(super) enum Expected {
    /// It is taken.
    Taken,
    /// It is refused with errors and warnings of these codes, in this order.
    Refused(Vec<String>),
    /// It is of another format, for the reason of this code.
    OfAnotherFormat(String),
    /// What stands in a file.
    AsIn(Box<Golden>),
}

impl Sample {
    /// An upload of these bytes under the name `sample`, that should be taken.
    pub fn new(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.as_ref().into(),
            upload: Upload::new("sample"),
            expected: Expected::Taken,
        }
    }

    /// With what the publisher said. Settings that are not set have their defaults.
    pub fn said(mut self, upload: Upload) -> Self {
        self.upload = upload;
        self
    }

    /// Should be refused with findings of exactly these codes, in this order.
    pub fn refused(mut self, codes: &[&str]) -> Self {
        self.expected = Expected::Refused(codes.iter().map(|&code| code.to_owned()).collect());
        self
    }

    /// Should be called a file of another format, for the reason of this code.
    pub fn of_another_format(mut self, code: &str) -> Self {
        self.expected = Expected::OfAnotherFormat(code.to_owned());
        self
    }

    pub(super) fn with_golden(mut self, golden: Golden) -> Self {
        self.expected = Expected::AsIn(Box::new(golden));
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    pub(super) fn upload(&self) -> &Upload {
        &self.upload
    }

    pub(super) fn expected(&self) -> &Expected {
        &self.expected
    }
}

impl Expected {
    /// What is wrong with an answer, if it is not the expected one. A file may be written instead of compared.
    pub(super) fn compare(&self, answer: &Answer, bless: bool) -> Result<Option<String>, String> {
        let expected = match (self, answer) {
            (Self::AsIn(golden), _) => return golden.compare(answer, bless),
            (Self::Taken, Answer::Taken(_)) => return Ok(None),
            (Self::OfAnotherFormat(code), Answer::NotThisFormat(found)) if *code == found.code => {
                return Ok(None);
            }
            (Self::Refused(codes), Answer::Invalid(findings))
                if findings.iter().map(|found| &found.code).eq(codes) =>
            {
                return Ok(None);
            }
            (Self::Taken, _) => "taken".to_owned(),
            (Self::OfAnotherFormat(code), _) => format!("not this format ({code})"),
            (Self::Refused(codes), _) => format!("invalid ({})", codes.join(", ")),
        };
        let messages = answer
            .findings()
            .iter()
            .map(|found| format!("\n{}: {}", found.code, found.message));
        Err(format!(
            "expected is {expected}, the answer is {}{}",
            answer.in_short(),
            messages.collect::<String>()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Finding, Inspection};

    #[test]
    fn an_answer_is_the_expected_one_or_it_is_said_how_it_differs() {
        let taken = Answer::Taken(Box::new(Inspection::new()));
        let invalid = Answer::Invalid(vec![
            Finding::error("A1", "bad"),
            Finding::warning("A2", "hm"),
        ]);
        let compare = |sample: Sample, answer| sample.expected().compare(answer, false);
        let sample = || Sample::new("x", b"x");
        assert_eq!(compare(sample(), &taken), Ok(None));
        assert_eq!(compare(sample().refused(&["A1", "A2"]), &invalid), Ok(None));
        assert_eq!(
            compare(sample().refused(&["A1"]), &invalid).unwrap_err(),
            "expected is invalid (A1), the answer is invalid (A1, A2)\nA1: bad\nA2: hm"
        );
        assert!(compare(sample(), &invalid).is_err());
        assert!(compare(sample().of_another_format("A1"), &taken).is_err());
    }
}
