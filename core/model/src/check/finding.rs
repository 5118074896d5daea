//! What a check finds, in words that an operator can act on.

use std::fmt;

use cellier_sdk::Sha256;

use crate::BlobKey;
use crate::ports::BlobUse;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// The first files that are hit by it.
    pub uses: Vec<BlobUse>,
    /// How many more files are hit.
    pub more_uses: u64,
    /// What was done about it; nothing if it is still wrong.
    pub repair: Option<Repair>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A file uses a blob that is not there.
    BlobMissing {
        /// The blob.
        key: BlobKey,
    },
    /// A file uses a blob that was cut, or grew.
    BlobOfWrongSize {
        /// The blob.
        key: BlobKey,
        /// How large it should be.
        expected: u64,
        /// How large it is.
        found: u64,
    },
    /// A file uses a blob whose bytes have changed.
    BlobOfWrongBytes {
        /// The blob.
        key: BlobKey,
        /// The digest that its bytes have.
        found: Sha256,
    },
    /// A file uses a blob that cannot be read.
    BlobUnreadable {
        /// The blob.
        key: BlobKey,
        /// What the storage says.
        problem: String,
    },
    /// The bytes of a blob are right, but its row or that of a file says another size.
    SizeWrong {
        /// The blob.
        key: BlobKey,
        /// How large it is.
        actual: u64,
    },
    /// A blob is marked as unused though a file uses it, or the other way round.
    MarkWrong {
        /// The blob.
        key: BlobKey,
        /// Whether a file uses it.
        used: bool,
    },
    /// What is derived of an artefact does not follow from it and its versions.
    ArtefactOutdated {
        /// The artefact, as `format/name`.
        artefact: String,
        /// What is outdated: its latest version, its size, what finds it.
        what: Vec<&'static str>,
    },
}

impl Fault {
    /// A stable code for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BlobMissing { .. } => "blob_missing",
            Self::BlobOfWrongSize { .. } => "blob_wrong_size",
            Self::BlobOfWrongBytes { .. } => "blob_wrong_bytes",
            Self::BlobUnreadable { .. } => "blob_unreadable",
            Self::SizeWrong { .. } => "size_wrong",
            Self::MarkWrong { .. } => "mark_wrong",
            Self::ArtefactOutdated { .. } => "artefact_outdated",
        }
    }

    /// The blob that it is about.
    pub fn blob(&self) -> Option<&BlobKey> {
        match self {
            Self::BlobMissing { key }
            | Self::BlobOfWrongSize { key, .. }
            | Self::BlobOfWrongBytes { key, .. }
            | Self::BlobUnreadable { key, .. }
            | Self::SizeWrong { key, .. }
            | Self::MarkWrong { key, .. } => Some(key),
            Self::ArtefactOutdated { .. } => None,
        }
    }

    /// The artefact that it is about, if it is not about a blob.
    pub fn artefact(&self) -> Option<&str> {
        match self {
            Self::ArtefactOutdated { artefact, .. } => Some(artefact),
            _ => None,
        }
    }

    /// Whether downloads fail because of it, or give wrong bytes.
    pub fn loses_bytes(&self) -> bool {
        matches!(
            self,
            Self::BlobMissing { .. }
                | Self::BlobOfWrongSize { .. }
                | Self::BlobOfWrongBytes { .. }
                | Self::BlobUnreadable { .. }
        )
    }

    /// What an operator should do.
    pub fn fix(&self) -> &'static str {
        if self.loses_bytes() {
            "run cellier fsck --repair --from BACKUP, or publish the same bytes again; if nobody has them, delete these \
             versions and publish them under new numbers"
        } else {
            "run cellier fsck --repair"
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlobMissing { key } => write!(f, "the blob {key} is not in storage"),
            Self::BlobOfWrongSize {
                key,
                expected,
                found,
            } => write!(
                f,
                "the blob {key} has {found} bytes where {expected} are expected"
            ),
            Self::BlobOfWrongBytes { key, found } => write!(
                f,
                "the blob {key} has other bytes than were published: their SHA-256 is {found}"
            ),
            Self::BlobUnreadable { key, problem } => {
                write!(f, "the blob {key} cannot be read: {problem}")
            }
            Self::SizeWrong { key, actual } => write!(
                f,
                "the blob {key} has {actual} bytes, as it should, but the database says otherwise"
            ),
            Self::MarkWrong { key, used: true } => {
                write!(
                    f,
                    "the blob {key} is marked as unused though a file uses it"
                )
            }
            Self::MarkWrong { key, used: false } => write!(
                f,
                "nothing uses the blob {key}, which is not marked so: it would never be freed"
            ),
            Self::ArtefactOutdated { artefact, what } => write!(
                f,
                "what is derived of {artefact} is outdated: {}",
                what.join(", ")
            ),
        }
    }
}

/// What was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The files use another blob of the same bytes, which was there.
    Shares(BlobKey),
    /// The bytes were copied from elsewhere, and the files use the copy.
    Copied(BlobKey),
    /// What follows from something else was worked out anew.
    Corrected,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shares(key) => write!(f, "its files use the blob {key} now, which has the bytes"),
            Self::Copied(key) => write!(f, "the bytes were copied back, to the blob {key}"),
            Self::Corrected => f.write_str("corrected"),
        }
    }
}
