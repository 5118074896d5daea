//! Why an inspection cannot go on.

use std::io;

use cellier_sdk::Finding;

/// Why the inspection of a tileset cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The bytes could not be read: nobody's fault but the host's.
    #[error("failed to read the content")]
    Unreadable(#[from] io::Error),
    /// The content is no tileset at all, and another format may want it.
    #[error("not a tileset: {}", .0.message)]
    NotATileset(Finding),
    /// What follows cannot be found, or must not be looked for.
    #[error("refused: {}", .0.message)]
    Refused(Finding),
}

impl Stop {
    /// The same for content of which nothing said that it is a tileset: damage alone proves nothing.
    pub(crate) fn of_unknown_content(self) -> Self {
        match self {
            Self::Refused(finding) => Self::NotATileset(finding),
            other => other,
        }
    }
}
