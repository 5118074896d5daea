//! Whether the publisher may publish, with all that is known once the content was looked at.

use crate::access::{Acting, Action, Actor, Target, Through, decide};
use crate::ports::Transaction;
use crate::publish::PublishError;
use crate::publish::begin::allowed;
use crate::publish::request::Draft;
use crate::{Artefact, Context, Timestamp};

/// Decides about a draft, and about the artefact that is there already: a publish may move it to another category, and a
/// scope must cover both where it comes from and where it goes. Decided once before the bytes are stored, and once more
/// within the transaction, when nobody else can change the artefact.
pub(super) fn may_publish(
    context: &Context,
    actor: &Actor,
    draft: &Draft,
    existing: Option<&Artefact>,
) -> Result<(), PublishError> {
    let may = |target| allowed(decide(context.access, actor, Action::Publish, target));
    let owners = existing.map_or(&[][..], |artefact| &artefact.owners);
    may(Target {
        owners,
        ..Target::artefact(&draft.artefact)
    })?;
    match existing.filter(|artefact| artefact.deleted_at.is_none()) {
        Some(artefact) => may(Target::artefact(artefact)),
        None => Ok(()),
    }
}

/// The publisher with the rights of now: an upload may take hours, and what was revoked in the meantime must not publish
/// any more. What these rights rest on stays as it is until the transaction ends.
pub(super) async fn rights_by_now(
    context: &Context,
    actor: &Actor,
    transaction: &mut dyn Transaction,
) -> Result<Actor, PublishError> {
    let now = context.clock.now();
    match actor {
        Actor::Account(acting) => rights_of_person(transaction, acting, now).await,
        Actor::Key(key) if !transaction.key_is_active(key.id, now).await? => {
            Err(PublishError::CredentialDied)
        }
        actor => Ok(actor.clone()),
    }
}

async fn rights_of_person(
    transaction: &mut dyn Transaction,
    acting: &Acting,
    now: Timestamp,
) -> Result<Actor, PublishError> {
    let still_there = match &acting.through {
        Through::Password(_) => true,
        Through::Session(id) => transaction.session_is_there(*id).await?,
        Through::Key(key) => transaction.key_is_active(key.id, now).await?,
    };
    let user = acting.user.as_ref().filter(|_| still_there);
    let user = user.ok_or(PublishError::CredentialDied)?;
    let person = transaction.person_to_rely_on(user.as_str()).await?;
    let person = person.ok_or(PublishError::CredentialDied)?;
    let acting = Acting::person(person, acting.through.clone());
    Ok(Actor::Account(Box::new(acting)))
}
