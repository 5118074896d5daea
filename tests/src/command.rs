//! What came of a command that ran to its end.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

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
        Self::new(&command.output().expect("the command starts"))
    }

    /// Runs a command to its end, with something on its standard input.
    pub(crate) fn with_input(command: &mut Command, input: &str) -> Self {
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the command starts");
        let stdin = child.stdin.take();
        // A command that refuses its arguments ends without reading.
        let _ = stdin.map(|mut stdin| stdin.write_all(input.as_bytes()));
        Self::new(&child.wait_with_output().expect("the command ends"))
    }

    fn new(output: &Output) -> Self {
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
