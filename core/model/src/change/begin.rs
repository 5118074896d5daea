//! What every change begins with: find, decide, lock.

use cellier_sdk::Version;

use crate::access::Action;
use crate::audit::{AuditEvent, Origin};
use crate::change::refresh_artefact;
use crate::ports::{CatalogError, Transaction};
use crate::read::{ArtefactAddress, FindError, InvalidSelector, find_artefact, permitted};
use crate::retention::EmptyRule;
use crate::{AccountRef, Artefact, ArtefactName, Context, FormatId, InvalidText, Release};

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
    /// A retention policy would keep nothing.
    #[error(transparent)]
    Retention(#[from] EmptyRule),
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// A transaction that is alone with an artefact, for somebody who may change it.
pub(super) struct Begun<'a> {
    context: &'a Context,
    origin: &'a Origin,
    transaction: Box<dyn Transaction>,
    pub(super) artefact: Artefact,
}

/// An artefact that is being changed by somebody who may, alone with it until the transaction ends.
pub(super) struct Changing<'a> {
    pub(super) context: &'a Context,
    pub(super) origin: &'a Origin,
    pub(super) transaction: &'a mut dyn Transaction,
    pub(super) artefact: &'a mut Artefact,
}

/// Finds an artefact for an action, then begins a transaction that is alone with it.
pub(super) async fn begin<'a>(
    context: &'a Context,
    origin: &'a Origin,
    action: Action,
    address: &ArtefactAddress,
) -> Result<Begun<'a>, ChangeError> {
    let found = find_artefact(context, &origin.actor, action, address).await?;
    let mut transaction = context.catalog.begin().await?;
    let exact = (&found.format, found.name.as_str());
    let artefact = lock(context, origin, action, exact, transaction.as_mut()).await?;
    Ok(Begun {
        context,
        origin,
        transaction,
        artefact,
    })
}

impl Begun<'_> {
    pub(super) fn changing(&mut self) -> Changing<'_> {
        Changing {
            context: self.context,
            origin: self.origin,
            transaction: self.transaction.as_mut(),
            artefact: &mut self.artefact,
        }
    }

    pub(super) async fn commit(self) -> Result<(), ChangeError> {
        Ok(self.transaction.commit().await?)
    }
}

/// Locks an artefact for an action that the caller may do with it as it is now.
pub(super) async fn lock(
    context: &Context,
    origin: &Origin,
    action: Action,
    (format, name): (&FormatId, &str),
    transaction: &mut dyn Transaction,
) -> Result<Artefact, ChangeError> {
    let locked = transaction.lock_artefact(format, name).await?;
    let alive = locked.filter(|artefact| artefact.deleted_at.is_none());
    Ok(permitted(context, &origin.actor, action, alive)?)
}

impl Changing<'_> {
    /// The version of exactly this text, unless it is deleted.
    pub(super) async fn release(&mut self, version: &str) -> Result<Release, ChangeError> {
        let release = self.transaction.release(self.artefact.id, version).await?;
        release
            .filter(|release| release.version.deleted_at.is_none())
            .ok_or_else(|| ChangeError::NoSuchVersion {
                name: self.artefact.name.clone(),
                version: version.chars().take(128).collect(),
            })
    }

    /// Refuses a change of an artefact that has another revision than the caller saw.
    pub(super) fn check_revision(&self, seen: Option<u64>) -> Result<(), ChangeError> {
        match seen {
            Some(seen) if seen != self.artefact.revision => Err(ChangeError::Outdated),
            _ => Ok(()),
        }
    }

    /// An event for the audit trail, about the artefact or one of its versions.
    pub(super) fn event(&self, action: &str, version: Option<&Version>) -> AuditEvent {
        let object = object(self.artefact, version);
        self.origin.event(self.context, action, object)
    }

    /// The last step of every change: what the artefact shows, its revision, and the audit trail.
    pub(super) async fn finish(&mut self, event: AuditEvent) -> Result<(), ChangeError> {
        self.refresh().await?;
        self.transaction.append_audit(&event).await?;
        Ok(())
    }

    /// What the artefact shows, and its revision.
    pub(super) async fn refresh(&mut self) -> Result<(), ChangeError> {
        let now = self.context.clock.now();
        refresh_artefact(self.transaction, self.artefact, now).await?;
        Ok(())
    }
}

/// How an artefact, or one of its versions, is called in the audit trail.
pub(crate) fn object(artefact: &Artefact, version: Option<&Version>) -> String {
    let Artefact { format, name, .. } = artefact;
    match version {
        Some(version) => format!("{format}/{name}@{version}"),
        None => format!("{format}/{name}"),
    }
}
