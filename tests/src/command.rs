//! Commands: what came of one that ran to its end, and one that still runs.

use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};

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

/// A command that was started and may still run.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a command.
    pub(crate) fn start(command: &mut Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().expect("the command starts"))
    }

    /// Kills it as a power cut would, and says whether it was still running.
    pub fn kill9(mut self) -> bool {
        let still_ran = self.0.try_wait().expect("a child").is_none();
        let _ = self.0.kill();
        let _ = self.0.wait();
        still_ran
    }

    /// Waits for its end, while others go on.
    pub async fn finish(self) -> Outcome {
        let output = tokio::task::spawn_blocking(|| self.0.wait_with_output());
        let output = output.await.expect("nobody stops the waiting");
        Outcome::new(&output.expect("the command ends"))
    }

    /// Waits for its end and gives the most memory that it had at any time, in bytes.
    pub async fn peak_memory(mut self) -> u64 {
        let status = format!("/proc/{}/status", self.0.id());
        let mut peak = 0;
        loop {
            if let Ok(status) = std::fs::read_to_string(&status)
                && let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:"))
            {
                let kibibytes = line
                    .split_whitespace()
                    .nth(1)
                    .and_then(|text| text.parse().ok());
                peak = peak.max(kibibytes.unwrap_or(0) * 1024);
            }
            if self.0.try_wait().expect("a child").is_some() {
                self.finish().await.assert_success();
                return peak;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}
