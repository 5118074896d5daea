//! What came of a command that ran to its end.

use std::process::Command;

/// What came of a command that ran to its end.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Outcome {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the command starts");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Expects that it ended well, and gives its standard output without the last line break.
    #[track_caller]
    pub fn assert_success(&self) -> &str {
        assert_eq!(
            self.code,
            Some(0),
            "the command failed: {}\n{}",
            self.stdout,
            self.stderr
        );
        self.stdout.trim_end_matches('\n')
    }

    /// Expects that it ended with this code, and gives its standard error.
    #[track_caller]
    pub fn assert_failure(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        &self.stderr
    }
}
