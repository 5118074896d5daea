//! Why a command ended otherwise than well, and with which exit code.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use cellier_store::ProbeError;

use crate::client::{ClientError, KeyError};
use crate::config::ConfigError;
use crate::server_lock::ServerLockError;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The arguments contradict each other or cannot be understood: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The command was understood and refused: the sentence says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store of bytes does not do what is asked of it; it says what, and what to do.
    #[error(transparent)]
    Storage(#[from] ProbeError),
    /// The database is not to be had for a server.
    #[error(transparent)]
    Lock(#[from] ServerLockError),
    /// Something that the command needs failed.
    #[error("failed to {doing}")]
    Failed {
        /// What was tried.
        doing: String,
        /// What went wrong.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl CliError {
    /// Something that the command needs failed.
    pub(crate) fn failed(
        doing: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Failed {
            doing: doing.into(),
            source: source.into(),
        }
    }

    /// 2 for wrong usage, 1 for everything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Refused(_)
            | Self::Config(_)
            | Self::Storage(_)
            | Self::Lock(_)
            | Self::Failed { .. } => ExitCode::FAILURE,
        }
    }
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Local { doing, source } => Self::failed(doing, source),
            told => Self::Refused(told.to_string()),
        }
    }
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Unreadable { .. } => Self::Refused(in_one_line(&error)),
            KeyError::Empty { .. } | KeyError::Malformed { .. } => Self::Usage(error.to_string()),
        }
    }
}

/// An error and all its causes in one line.
///
/// A cause whose text the error before already ends in is left out: some libraries repeat their source.
pub(crate) fn in_one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.ends_with(&text) {
            let _ = write!(line, ": {text}");
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_its_causes_and_without_repetition() {
        let inner = std::io::Error::other("the disk is on fire");
        let error = CliError::failed("open data/cellier.db", inner);
        assert_eq!(
            in_one_line(&error),
            "failed to open data/cellier.db: the disk is on fire"
        );
        assert_eq!(error.exit_code(), ExitCode::FAILURE);
        let usage = CliError::Usage("--expires needs a number".to_owned());
        assert_eq!(usage.exit_code(), ExitCode::from(2));
    }
}
