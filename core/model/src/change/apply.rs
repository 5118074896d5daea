//! Changes as data, so that several can happen in one transaction.

use crate::access::Action;
use crate::audit::Origin;
use crate::change::begin::{Changing, lock};
use crate::change::{ChangeError, EditArtefact, delete, deprecate, edit, owners, tag, yank};
use crate::ports::Transaction;
use crate::{AccountRef, Context, FormatId, Notice, Tag};

/// A change of one artefact.
#[derive(Clone, Debug)]
pub struct Change {
    /// The format of the artefact.
    pub format: FormatId,
    /// Its name, as the client wrote it.
    pub name: String,
    /// What is to be done.
    pub verb: Verb,
}

/// What is to be done to an artefact.
#[derive(Clone, Debug)]
pub enum Verb {
    /// Let a tag name a version.
    SetTag {
        /// The tag.
        tag: Tag,
        /// The version.
        version: String,
    },
    /// Remove a tag.
    RemoveTag {
        /// The tag.
        tag: Tag,
    },
    /// Hide a version from every selector but the exact one.
    Yank {
        /// The version.
        version: String,
    },
    /// Show a yanked version again.
    Restore {
        /// The version.
        version: String,
    },
    /// Tell the users of versions to take another one, or take that back.
    Deprecate {
        /// The versions.
        versions: Vec<String>,
        /// What they are told.
        notice: Option<Notice>,
    },
    /// Delete a version.
    DeleteVersion {
        /// The version.
        version: String,
    },
    /// Delete the artefact with all its versions.
    Delete,
    /// Edit what is shown of it.
    Edit(EditArtefact),
    /// Say who owns it.
    SetOwners {
        /// The owners.
        owners: Vec<AccountRef>,
    },
}

impl Verb {
    fn action(&self) -> Action {
        match self {
            Self::SetTag { .. } | Self::RemoveTag { .. } => Action::Tag,
            Self::Yank { .. } | Self::Restore { .. } | Self::Deprecate { .. } => Action::Yank,
            Self::DeleteVersion { .. } | Self::Delete => Action::Delete,
            Self::Edit(_) => Action::Edit,
            Self::SetOwners { .. } => Action::SetOwners,
        }
    }
}

/// Makes a change within a transaction, if the caller may.
pub(crate) async fn apply(
    context: &Context,
    origin: &Origin,
    change: &Change,
    transaction: &mut dyn Transaction,
) -> Result<(), ChangeError> {
    let exact = (&change.format, change.name.as_str());
    let action = change.verb.action();
    let mut artefact = lock(context, origin, action, exact, transaction).await?;
    let changing = &mut Changing {
        context,
        origin,
        transaction,
        artefact: &mut artefact,
    };
    match &change.verb {
        Verb::SetTag { tag, version } => tag::set(changing, tag, version).await.map(drop),
        Verb::RemoveTag { tag } => tag::remove(changing, tag).await,
        Verb::Yank { version } => yank::set_yanked(changing, version, true).await.map(drop),
        Verb::Restore { version } => yank::set_yanked(changing, version, false).await.map(drop),
        Verb::Deprecate { versions, notice } => {
            deprecate::set_all_deprecated(changing, versions, notice.as_ref()).await
        }
        Verb::DeleteVersion { version } => delete::delete_one(changing, version).await,
        Verb::Delete => delete::delete_all(changing).await,
        Verb::Edit(edit) => edit::write(changing, edit.clone()).await,
        Verb::SetOwners { owners } => owners::write(changing, owners.clone()).await,
    }
}
