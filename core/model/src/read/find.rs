//! Finding one artefact and deciding whether the caller may do with it what it wants.

use crate::access::{Action, Actor, Decision, Denial, Target, decide};
use crate::ports::CatalogError;
use crate::{Artefact, Context, FormatId};

/// Which artefact is meant.
#[derive(Clone, Debug)]
pub enum ArtefactAddress {
    /// The one of this format and name.
    Exact {
        /// The format.
        format: FormatId,
        /// The name, as the client wrote it.
        name: String,
    },
    /// The oldest of this name that the caller may see.
    Short {
        /// The name, as the client wrote it.
        name: String,
    },
}

impl ArtefactAddress {
    /// The name, as the client wrote it.
    pub fn name(&self) -> &str {
        match self {
            Self::Exact { name, .. } | Self::Short { name } => name,
        }
    }
}

/// Finds an artefact for an action. What the caller may not see is not found.
pub async fn find_artefact(
    context: &Context,
    actor: &Actor,
    action: Action,
    address: &ArtefactAddress,
) -> Result<Artefact, FindError> {
    let candidates = match address {
        ArtefactAddress::Exact { format, name } => context
            .catalog
            .artefact(format, name)
            .await?
            .into_iter()
            .collect(),
        ArtefactAddress::Short { name } => context.catalog.artefacts_named(name).await?,
    };
    permitted(context, actor, action, candidates)
}

/// The first of these that the caller may see, if the caller may do with it what it wants.
pub(crate) fn permitted(
    context: &Context,
    actor: &Actor,
    action: Action,
    candidates: Vec<Artefact>,
) -> Result<Artefact, FindError> {
    let visible = candidates.into_iter().find(|artefact| {
        decide(
            context.access,
            actor,
            Action::See,
            Target::artefact(artefact),
        ) == Decision::Allowed
    });
    let Some(artefact) = visible else {
        return Err(not_found(actor, action));
    };
    match decide(context.access, actor, action, Target::artefact(&artefact)) {
        Decision::Allowed => Ok(artefact),
        Decision::Invisible => Err(not_found(actor, action)),
        Decision::CredentialNeeded => Err(FindError::CredentialNeeded),
        Decision::Denied(denial) => Err(FindError::Denied(denial)),
    }
}

/// Somebody without a credential who wants to change something is asked for one, whether it is there or not.
fn not_found(actor: &Actor, action: Action) -> FindError {
    let reading = matches!(action, Action::See | Action::Download);
    if matches!(actor, Actor::Anonymous) && !reading {
        FindError::CredentialNeeded
    } else {
        FindError::NotFound
    }
}

/// Why an artefact cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is none, or none that the caller may see.
    #[error("there is no such artefact, or none that you may see")]
    NotFound,
    /// A credential is needed.
    #[error("a credential is needed for this")]
    CredentialNeeded,
    /// The caller may see it, and may not do this.
    #[error(transparent)]
    Denied(Denial),
    /// The catalogue could not be asked.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
