//! Saying who owns an artefact.

use serde_json::json;

use crate::access::{Action, Decision, Target, decide};
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::accounts::check_accounts;
use crate::change::begin::{Changing, begin};
use crate::read::ArtefactAddress;
use crate::{AccountRef, Artefact, Context};

/// Sets the owners of an artefact. An owner may do this, and so may hand it over; only who may do everything may leave it
/// without any.
pub async fn set_owners(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    owners: Vec<AccountRef>,
) -> Result<Artefact, ChangeError> {
    let mut begun = begin(context, origin, Action::SetOwners, address).await?;
    write(&mut begun.changing(), owners).await?;
    let artefact = begun.artefact.clone();
    begun.commit().await?;
    Ok(artefact)
}

pub(super) async fn write(
    changing: &mut Changing<'_>,
    mut owners: Vec<AccountRef>,
) -> Result<(), ChangeError> {
    owners.sort();
    owners.dedup();
    if owners.is_empty() && !may_edit(changing) {
        return Err(ChangeError::OwnerNeeded);
    }
    check_accounts(changing.transaction, &owners, &changing.artefact.owners).await?;
    changing.artefact.owners = owners;
    let event = changing
        .event("owners.set", None)
        .detail("owners", json!(changing.artefact.owners));
    changing.finish(event).await
}

fn may_edit(changing: &Changing<'_>) -> bool {
    let target = Target::artefact(changing.artefact);
    let policy = changing.context.access;
    decide(policy, &changing.origin.actor, Action::Edit, target) == Decision::Allowed
}
