//! What every change begins with: find, decide, lock.

use cellier_sdk::Version;

use crate::access::Action;
use crate::audit::Origin;
use crate::ports::{CatalogError, Transaction};
use crate::read::{ArtefactAddress, FindError, InvalidSelector, check_found, find_artefact};
use crate::{AccountRef, Artefact, ArtefactName, Context, InvalidText, Release};

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
    /// An account that is named is not there.
    #[error("there is no {} {:?}", .account.kind.as_str(), .account.id)]
    UnknownAccount {
        /// The account, as the client wrote it.
        account: AccountRef,
    },
    /// Too many accounts are named.
    #[error("at most {most} accounts can be named, these are {found}")]
    TooManyAccounts {
        /// How many are named.
        found: usize,
        /// How many may be.
        most: usize,
    },
    /// Somebody must own it.
    #[error(
        "name at least one owner: without one, everybody whose grant covers the name may publish it"
    )]
    OwnerNeeded,
    /// The format has no such category.
    #[error("there is no category {found:?} here; allowed are {}", .allowed.join(", "))]
    UnknownCategory {
        /// The category asked for.
        found: String,
        /// Those that are allowed.
        allowed: Vec<String>,
    },
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Finds an artefact for an action, then begins a transaction that is alone with it, and decides once more: its owners and
/// who may see it could have changed in between.
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
    let artefact = locked
        .filter(|artefact| artefact.deleted_at.is_none())
        .ok_or(FindError::NotFound)?;
    check_found(context, &origin.actor, action, &artefact)?;
    Ok((transaction, artefact))
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
pub(super) fn object(artefact: &Artefact, version: Option<&Version>) -> String {
    match version {
        Some(version) => format!("{}/{}@{version}", artefact.format, artefact.name),
        None => format!("{}/{}", artefact.format, artefact.name),
    }
}
