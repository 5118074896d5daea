//! Why there is no configuration to work with.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use crate::config::problem::ConfigProblem;

/// Why there is no configuration to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("failed to read the configuration file {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML. The line itself is not shown: it may hold a password.
    #[error("{}, line {line}: not TOML: {problem}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        problem: String,
    },
    /// Values are wrong: all of them.
    #[error("{}", tell(.0))]
    Wrong(Vec<ConfigProblem>),
}

fn tell(problems: &[ConfigProblem]) -> String {
    let mut text = match problems.len() {
        1 => "the configuration has a mistake".to_owned(),
        count => format!("the configuration has {count} mistakes"),
    };
    for problem in problems {
        let _ = write!(text, "\n  {problem}");
    }
    text
}
