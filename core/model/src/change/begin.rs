//! What every change begins with: find, decide, lock.

use cellier_sdk::Version;

use crate::access::Action;
use crate::audit::Origin;
use crate::ports::{CatalogError, Transaction};
use crate::read::{ArtefactAddress, FindError, InvalidSelector, find_artefact};
use crate::retention::EmptyRule;
use crate::{Artefact, ArtefactName, Context, InvalidText, Release};

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The artefact cannot be had, or not for this.
    #[error(transparent)]
    Find(#[from] FindError),
    /// It has no such version, or none that is left.
    #[error("{name} has no version {version}")]
    NoSuchVersion {
        /// The artefact.
        name: ArtefactName,
        /// The version, as the client wrote it.
        version: String,
    },
    /// The version is yanked: no tag may name it.
    #[error("{name}@{version} is yanked, restore it before a tag names it")]
    Yanked {
        /// The artefact.
        name: ArtefactName,
        /// The version.
        version: Version,
    },
    /// It has no such tag.
    #[error("{name} has no tag {tag:?}")]
    NoSuchTag {
        /// The artefact.
        name: ArtefactName,
        /// The tag.
        tag: String,
    },
    /// The caller looked at an artefact that somebody else has changed since.
    #[error("the artefact was changed since you read it; read it again")]
    Outdated,
    /// `latest` moves by itself.
    #[error(
        "the tag latest moves by itself to the highest stable version and cannot be set or removed"
    )]
    LatestMovesByItself,
    /// A selector cannot be read.
    #[error(transparent)]
    Selector(#[from] InvalidSelector),
    /// A text breaks its rule.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// The format has no such category.
    #[error("there is no category {found:?} here; allowed are {}", .allowed.join(", "))]
    UnknownCategory {
        /// The category asked for.
        found: String,
        /// Those that are allowed.
        allowed: Vec<String>,
    },
    /// A retention policy would keep nothing.
    #[error(transparent)]
    Retention(#[from] EmptyRule),
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Finds an artefact for an action, then begins a transaction that is alone with it.
pub(super) async fn begin(
    context: &Context,
    origin: &Origin,
    action: Action,
    address: &ArtefactAddress,
) -> Result<(Box<dyn Transaction>, Artefact), ChangeError> {
    let found = find_artefact(context, &origin.actor, action, address).await?;
    let mut transaction = context.catalog.begin().await?;
    let locked = transaction
        .lock_artefact(&found.format, found.name.as_str())
        .await?;
    match locked.filter(|artefact| artefact.deleted_at.is_none()) {
        Some(artefact) => Ok((transaction, artefact)),
        None => Err(FindError::NotFound.into()),
    }
}

/// Refuses a change of an artefact that has another revision than the caller saw.
pub(super) fn check_revision(artefact: &Artefact, seen: Option<u64>) -> Result<(), ChangeError> {
    match seen {
        Some(seen) if seen != artefact.revision => Err(ChangeError::Outdated),
        _ => Ok(()),
    }
}

/// The version of exactly this text, unless it is deleted.
pub(super) async fn exact_release(
    transaction: &mut dyn Transaction,
    artefact: &Artefact,
    version: &str,
) -> Result<Release, ChangeError> {
    let release = transaction.release(artefact.id, version).await?;
    release
        .filter(|release| release.version.deleted_at.is_none())
        .ok_or_else(|| ChangeError::NoSuchVersion {
            name: artefact.name.clone(),
            version: version.chars().take(128).collect(),
        })
}

/// How an artefact, or one of its versions, is called in the audit trail.
pub(crate) fn object(artefact: &Artefact, version: Option<&Version>) -> String {
    match version {
        Some(version) => format!("{}/{}@{version}", artefact.format, artefact.name),
        None => format!("{}/{}", artefact.format, artefact.name),
    }
}
