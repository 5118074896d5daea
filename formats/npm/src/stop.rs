//! Why a walk cannot go on.

use std::io;

use cellier_sdk::Finding;

/// Why the walk through a tarball cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The bytes could not be read: nobody's fault but the host's.
    #[error("failed to read the content")]
    Unreadable(#[source] io::Error),
    /// The content does not even begin like a tarball.
    #[error("not a tarball: {}", .0.message)]
    NotATarball(Finding),
    /// What follows cannot be found, or must not be looked for.
    #[error("refused: {}", .0.message)]
    Refused(Finding),
}
