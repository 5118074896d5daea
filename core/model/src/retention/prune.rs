//! Removing the versions of one artefact that no rule keeps.

use cellier_sdk::Version;

use crate::audit::Origin;
use crate::change::{object, refresh_artefact};
use crate::ports::{CatalogError, Transaction};
use crate::retention::{Retained, RetentionPolicy, Verdict, plan};
use crate::retry::Attempts;
use crate::{Artefact, Context};

/// How many versions one transaction removes at most: others who write must not wait long.
const BATCH: usize = 50;

/// A version that was removed, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Pruned {
    /// The version.
    pub version: Version,
    /// The bytes of its files.
    pub size: u64,
    /// The policy none of whose rules keeps it.
    pub policy: RetentionPolicy,
}

/// The policy of an artefact: its own, else that of its format.
pub fn policy_of(context: &Context, artefact: &Artefact) -> RetentionPolicy {
    artefact.retention.unwrap_or_else(|| {
        let format = context.formats.get(artefact.format.as_str());
        // Of a format that is not there any more nothing is known, so nothing is removed.
        format.map_or_else(RetentionPolicy::everything, |format| format.retention)
    })
}

/// Removes the versions of an artefact that its policy does not keep; only says which, if `dry_run`. `tell` hears of each
/// when it is removed, also of those before an error.
///
/// A removed version leaves a tombstone as a deleted one does. Its bytes are freed by the sweep.
pub async fn prune_artefact(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
    dry_run: bool,
    tell: &mut (dyn FnMut(Pruned) + Send),
) -> Result<(), CatalogError> {
    let policy = policy_of(context, artefact);
    if policy.keeps_everything() {
        return Ok(());
    }
    let versions = context.catalog.retained_versions(artefact.id).await?;
    let mut planned = Removals::of(context, artefact, policy, versions);
    if dry_run {
        planned
            .left
            .iter()
            .for_each(|one| tell(pruned(one, policy)));
        return Ok(());
    }
    while !planned.left.is_empty() {
        for one in prune_some_again(context, origin, artefact, &mut planned).await? {
            tell(one);
        }
    }
    Ok(())
}

/// What is to be removed of an artefact as it was.
#[derive(Clone)]
struct Removals {
    /// The revision of the artefact that this was found out of.
    revision: u64,
    policy: RetentionPolicy,
    left: Vec<Retained>,
}

impl Removals {
    fn of(
        context: &Context,
        artefact: &Artefact,
        policy: RetentionPolicy,
        versions: Vec<Retained>,
    ) -> Self {
        let verdicts = plan(&policy, &versions, context.clock.now());
        let judged = versions.into_iter().zip(verdicts);
        Self {
            revision: artefact.revision,
            policy,
            left: judged
                .filter(|(_, verdict)| *verdict == Verdict::Removed)
                .map(|(one, _)| one)
                .collect(),
        }
    }
}

fn pruned(one: &Retained, policy: RetentionPolicy) -> Pruned {
    Pruned {
        version: one.version.version.clone(),
        size: one.size,
        policy,
    }
}

async fn prune_some_again(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
    planned: &mut Removals,
) -> Result<Vec<Pruned>, CatalogError> {
    let mut attempts = Attempts::default();
    loop {
        let mut tried = planned.clone();
        let removed = prune_some(context, origin, artefact, &mut tried).await;
        if !attempts.again(&removed) {
            *planned = tried;
            return removed;
        }
    }
}

/// Removes the next of them under the artefact's lock. Every change of an artefact gives it another revision: only where a
/// publish or a tag came in between is it looked again what is to be kept, because to read thousands of versions takes a
/// while, and on SQLite everybody else who writes waits for it.
async fn prune_some(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
    planned: &mut Removals,
) -> Result<Vec<Pruned>, CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    let locked = transaction
        .lock_artefact(&artefact.format, artefact.name.as_str())
        .await?;
    let Some(mut artefact) = locked.filter(|artefact| artefact.deleted_at.is_none()) else {
        planned.left.clear();
        return Ok(Vec::new());
    };
    if artefact.revision != planned.revision {
        let policy = policy_of(context, &artefact);
        let versions = transaction.retained_versions(artefact.id).await?;
        *planned = Removals::of(context, &artefact, policy, versions);
    }
    let count = planned.left.len().min(BATCH);
    let mut removed = Vec::new();
    for gone in planned.left.drain(..count) {
        let one = pruned(&gone, planned.policy);
        remove(
            context,
            origin,
            transaction.as_mut(),
            &artefact,
            &gone,
            &one,
        )
        .await?;
        removed.push(one);
    }
    if !removed.is_empty() {
        refresh_artefact(transaction.as_mut(), &mut artefact, context.clock.now()).await?;
        transaction.commit().await?;
        planned.revision = artefact.revision;
    }
    Ok(removed)
}

async fn remove(
    context: &Context,
    origin: &Origin,
    transaction: &mut dyn Transaction,
    artefact: &Artefact,
    gone: &Retained,
    pruned: &Pruned,
) -> Result<(), CatalogError> {
    let now = artefact.time_of_change(context.clock.now());
    let mut version = gone.version.clone();
    version.deleted_at = Some(now);
    transaction.delete_files(version.id, now).await?;
    transaction.update_version(&version).await?;
    let event = origin
        .event(
            context,
            "version.prune",
            object(artefact, Some(&version.version)),
        )
        .detail("policy", pruned.policy.to_string())
        .detail("size", pruned.size);
    transaction.append_audit(&event).await
}
