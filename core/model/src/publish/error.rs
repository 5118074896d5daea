//! Why an upload is not published.

use cellier_sdk::{Finding, InvalidName, InvalidVersion, Version};

use crate::access::Denial;
use crate::change::ChangeError;
use crate::ports::{BlobError, CatalogError};
use crate::{ArtefactName, FormatId, InvalidText};

/// Why an upload is not published. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// A credential is needed.
    #[error("publishing needs an upload key, or somebody who has signed in")]
    CredentialNeeded,
    /// The credential does not cover it.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The key was revoked or expired, or the session ended, while the upload was under way.
    #[error("the key was revoked or expired, or the session ended, while the upload was under way")]
    CredentialDied,
    /// The name breaks the format's rules.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// A text part breaks its rule.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// There is no format of this id.
    #[error("there is no format {found:?}; there are {}", .known.join(", "))]
    UnknownFormat {
        /// The format named.
        found: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The format that would take it is disabled.
    #[error("the format {format} is disabled on this server, so it takes no uploads for now")]
    FormatDisabled {
        /// Which format.
        format: FormatId,
    },
    /// The upload is larger than the format may take.
    #[error(
        "the upload has {size} bytes, the format {format} takes at most {limit} on this server"
    )]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
        /// Which format.
        format: FormatId,
    },
    /// No format has such a category, or the chosen one does not.
    #[error("there is no category {found:?} here; allowed are {}", .allowed.join(", "))]
    UnknownCategory {
        /// The category claimed.
        found: String,
        /// Those that are allowed.
        allowed: Vec<String>,
    },
    /// The publisher claims another category than the content does.
    #[error("the upload claims category {claimed:?}, its content says {in_content:?}")]
    CategoryMismatch {
        /// What the publisher said.
        claimed: String,
        /// What the content says.
        in_content: String,
    },
    /// No format recognises the content.
    #[error("no format recognises the content")]
    Unrecognised {
        /// Why not, one reason for each format that was asked.
        findings: Vec<Finding>,
    },
    /// The format refuses the content.
    #[error("the format {format} refuses the upload")]
    Refused {
        /// Which format.
        format: FormatId,
        /// What it found.
        findings: Vec<Finding>,
    },
    /// The content carries another name than the path.
    #[error("the path says {in_path:?}, the name inside the upload is {in_content:?}")]
    NameMismatch {
        /// The name in the path.
        in_path: String,
        /// The name that the content carries.
        in_content: String,
    },
    /// The content carries another version than the publisher said.
    #[error("the request says version {said:?}, the upload itself is {in_content:?}")]
    VersionMismatch {
        /// What the publisher said.
        said: String,
        /// What the content carries.
        in_content: String,
    },
    /// Neither the content nor the publisher says which version it is.
    #[error("the content carries no version: say which with the text part `version`")]
    VersionNeeded,
    /// The version breaks the format's rules.
    #[error(transparent)]
    Version(#[from] InvalidVersion),
    /// Content and publisher together say more than is kept.
    #[error(
        "the metadata has {size} bytes of JSON, at most {} are kept",
        cellier_sdk::Inspection::METADATA_LIMIT
    )]
    TooMuchMetadata {
        /// How many bytes.
        size: usize,
    },
    /// A change that was to happen together with the publish is refused.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// `latest` moves by itself.
    #[error("the tag latest moves by itself to the highest stable version and cannot be set")]
    LatestMovesByItself,
    /// The artefact is no longer what the client saw of it.
    #[error(
        "{name:?} was changed since you read it: you saw its revision {seen}, it has {now} now (0 is none at all); read it \
         again and ask once more"
    )]
    Outdated {
        /// The artefact, as the client wrote its name.
        name: String,
        /// The revision that the client saw.
        seen: u64,
        /// The revision that it has.
        now: u64,
    },
    /// Something else is there already.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The format broke the contract, or is too busy.
    #[error("the format {format} cannot inspect the upload now: {problem}")]
    FormatUnavailable {
        /// Which format.
        format: FormatId,
        /// What happened.
        problem: String,
    },
    /// The bytes could not be kept or read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Something else is there already.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The version is published with other bytes.
    #[error(
        "{name}@{version} is published with other bytes; versions never change, publish a new one"
    )]
    OtherBytes {
        /// The artefact.
        name: ArtefactName,
        /// The version.
        version: Version,
    },
    /// The version was published once and deleted.
    #[error("{name}@{version} was deleted; a version never comes back, publish a new one")]
    Deleted {
        /// The artefact.
        name: ArtefactName,
        /// The version.
        version: Version,
    },
    /// The version is yanked: no tag may name it.
    #[error("{name}@{version} is yanked, restore it before a tag names it")]
    Yanked {
        /// The artefact.
        name: ArtefactName,
        /// The version.
        version: Version,
    },
    /// The next revision has another number.
    #[error("{name} would become revision {next}, not {said}")]
    OtherRevision {
        /// The artefact.
        name: ArtefactName,
        /// What the publisher said.
        said: Version,
        /// What it would become.
        next: Version,
    },
    /// The name belongs to an artefact of another format.
    #[error(
        "the name {name} is an artefact of {} here, this upload is of format {format}",
        .taken_by.as_ref().map_or_else(|| "another format".to_owned(), |known| format!("format {known}"))
    )]
    NameTaken {
        /// The name.
        name: ArtefactName,
        /// The format that has it, for who may see the artefact.
        taken_by: Option<FormatId>,
        /// The format of the upload.
        format: FormatId,
    },
}
