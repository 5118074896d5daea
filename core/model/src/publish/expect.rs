//! Going on only if an artefact is still what the client saw of it.

use std::collections::BTreeSet;

use crate::access::{Action, Actor, Decision, Target, decide};
use crate::ports::{CatalogError, Transaction};
use crate::publish::PublishError;
use crate::{Artefact, Context, FormatId, fold_name};

/// What the client saw of an artefact.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The format of the artefact.
    pub format: FormatId,
    /// Its name, as the client wrote it.
    pub name: String,
    /// Its revision; that of none is 0.
    pub revision: u64,
}

/// Artefacts that are expected not to be there, and of which there was nothing that could be locked.
#[derive(Debug, Default)]
pub(super) struct Absent(BTreeSet<(FormatId, String)>);

impl Absent {
    /// Notes what a publish has found in the place of an artefact. Where somebody else was faster, everything begins anew,
    /// and is then refused.
    pub(super) fn found(&mut self, artefact: &Artefact, is_new: bool) -> Result<(), CatalogError> {
        let key = (artefact.format.clone(), artefact.name.folded());
        if self.0.remove(&key) && !is_new {
            return Err(CatalogError::Conflict);
        }
        Ok(())
    }
}

/// Locks an artefact and refuses to go on if it has another revision than the client saw. One that the caller may not see
/// is none.
pub(super) async fn check(
    context: &Context,
    actor: &Actor,
    expected: &Expected,
    absent: &mut Absent,
    transaction: &mut dyn Transaction,
) -> Result<(), PublishError> {
    let Expected { format, name, .. } = expected;
    let locked = transaction.lock_artefact(format, name).await?;
    if locked.is_none() {
        absent.0.insert((format.clone(), fold_name(name)));
    }
    let seen = locked.filter(|artefact| {
        let target = Target::artefact(artefact);
        artefact.deleted_at.is_none()
            && decide(context.access, actor, Action::See, target) == Decision::Allowed
    });
    let revision = seen.map_or(0, |artefact| artefact.revision);
    if revision == expected.revision {
        return Ok(());
    }
    Err(PublishError::Outdated {
        name: name.chars().take(256).collect(),
        seen: expected.revision,
        now: revision,
    })
}
