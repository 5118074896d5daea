//! Saying who owns an artefact.

use serde_json::json;

use crate::access::{Action, Decision, Target, decide};
use crate::audit::Origin;
use crate::change::accounts::check_accounts;
use crate::change::begin::{begin, object};
use crate::change::{ChangeError, refresh_artefact};
use crate::read::ArtefactAddress;
use crate::{AccountRef, Artefact, Context};

/// Sets the owners of an artefact. An owner may do this, and so may hand it over; only who may do everything may leave it
/// without any.
pub async fn set_owners(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    mut owners: Vec<AccountRef>,
) -> Result<Artefact, ChangeError> {
    owners.sort();
    owners.dedup();
    let (mut transaction, mut artefact) =
        begin(context, origin, Action::SetOwners, address).await?;
    let may_edit = decide(
        context.access,
        &origin.actor,
        Action::Edit,
        Target::artefact(&artefact),
    );
    if owners.is_empty() && may_edit != Decision::Allowed {
        return Err(ChangeError::OwnerNeeded);
    }
    check_accounts(transaction.as_mut(), &owners, &artefact.owners).await?;
    artefact.owners = owners;
    refresh_artefact(transaction.as_mut(), &mut artefact, context.clock.now()).await?;
    let event = origin
        .event(context, "owners.set", object(&artefact, None))
        .detail("owners", json!(artefact.owners));
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(artefact)
}
