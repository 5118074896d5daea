//! Finding one artefact and deciding whether the caller may do with it what it wants.

use std::borrow::Borrow;
use std::sync::Arc;

use cellier_sdk::Naming;

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
) -> Result<Arc<Artefact>, FindError> {
    match address {
        // Nothing has such a name, and whatever keeps answers should not have to keep it.
        _ if address.name().len() > Naming::LONGEST => Err(not_found(context, actor, action)),
        ArtefactAddress::Exact { format, name } => {
            let found = context.catalog.artefact(format, name).await?;
            permitted(context, actor, action, found)
        }
        ArtefactAddress::Short { name } => {
            let found = context.catalog.artefacts_named(name).await?;
            Ok(Arc::new(permitted(context, actor, action, found)?))
        }
    }
}

/// An artefact, if there is one of this format and name that the caller may see; for who asks often.
pub async fn see_artefact(
    context: &Context,
    actor: &Actor,
    format: &FormatId,
    name: &str,
) -> Result<Option<Arc<Artefact>>, CatalogError> {
    let artefact = context.catalog.artefact(format, name).await?;
    Ok(artefact.filter(|artefact| {
        let target = Target::artefact(artefact);
        decide(context.access, actor, Action::See, target) == Decision::Allowed
    }))
}

/// The first of these that the caller may see, if the caller may do with it what it wants.
pub(crate) fn permitted<One: Borrow<Artefact>>(
    context: &Context,
    actor: &Actor,
    action: Action,
    candidates: impl IntoIterator<Item = One>,
) -> Result<One, FindError> {
    let visible = candidates.into_iter().find(|artefact| {
        decide(
            context.access,
            actor,
            Action::See,
            Target::artefact(artefact.borrow()),
        ) == Decision::Allowed
    });
    let Some(artefact) = visible else {
        return Err(not_found(context, actor, action));
    };
    check_found(context, actor, action, artefact.borrow())?;
    Ok(artefact)
}

/// Decides about an artefact that is there.
fn check_found(
    context: &Context,
    actor: &Actor,
    action: Action,
    artefact: &Artefact,
) -> Result<(), FindError> {
    match decide(context.access, actor, action, Target::artefact(artefact)) {
        Decision::Allowed => Ok(()),
        Decision::Invisible => Err(not_found(context, actor, action)),
        Decision::CredentialNeeded => Err(FindError::CredentialNeeded),
        Decision::Denied(denial) => Err(FindError::Denied(denial)),
    }
}

/// What is answered where nothing is to be seen, which is the same whether it is there or not.
///
/// Somebody without a credential who wants to change something is asked for one; whoever may not even list what there is
/// gets to know why.
fn not_found(context: &Context, actor: &Actor, action: Action) -> FindError {
    if matches!(actor, Actor::Anonymous) && !action.is_reading() {
        return FindError::CredentialNeeded;
    }
    match decide(context.access, actor, Action::List, Target::registry()) {
        Decision::Denied(denial) => FindError::Denied(denial),
        _ => FindError::NotFound,
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
