//! Why the client did not get what it wanted.

use std::io;
use std::time::Duration;

use crate::client::Refusal;

/// Why the client did not get what it wanted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// Nobody answered, or the connection broke.
    #[error("{server} cannot be reached: {problem}")]
    Unreachable {
        /// Who was asked.
        server: String,
        /// What went wrong.
        problem: String,
    },
    /// The server answered and said no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// What was answered is not what a registry answers, or contradicts itself. Trying again would not help.
    #[error("{0}")]
    Unsound(String),
    /// This machine cannot do what was asked: the sentence says why, and what to do.
    #[error("{0}")]
    Unable(String),
    /// Something on this machine failed.
    #[error("failed to {doing}")]
    Local {
        /// What was tried.
        doing: String,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

impl ClientError {
    /// Something on this machine failed: made for `map_err`.
    pub(crate) fn local(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Local { doing, source }
    }

    /// Whether the registry as such is out of reach: the connection, or whoever stands before the server, says so.
    ///
    /// A registry that answers 401, 403 or 404 is well within reach, and its word counts.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused(refusal) => matches!(refusal.status, 502..=504),
            Self::Unsound(_) | Self::Unable(_) | Self::Local { .. } => false,
        }
    }

    /// Whether the same request may go through a little later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_passing(),
            other => other.is_out_of_reach(),
        }
    }

    /// How long the server asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }
}
