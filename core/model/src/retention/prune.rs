//! Removing the versions of one artefact that no rule keeps.

use cellier_sdk::Version;

use crate::audit::Origin;
use crate::change::{object, refresh_artefact};
use crate::ports::{CatalogError, Transaction};
use crate::retention::{Retained, RetentionPolicy, Verdict, plan};
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

/// Removes the versions of an artefact that its policy does not keep; only says which, if `dry_run`.
///
/// A removed version leaves a tombstone as a deleted one does. Its bytes are freed by the sweep.
pub async fn prune_artefact(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
    dry_run: bool,
) -> Result<Vec<Pruned>, CatalogError> {
    let policy = policy_of(context, artefact);
    if policy.keeps_everything() {
        return Ok(Vec::new());
    }
    let versions = context.catalog.retained_versions(artefact.id).await?;
    let mut pruned = removals(context, policy, &versions);
    if dry_run {
        return Ok(pruned);
    }
    let planned = std::mem::take(&mut pruned);
    for _ in 0..planned.len().div_ceil(BATCH) {
        pruned.extend(prune_some(context, origin, artefact).await?);
    }
    Ok(pruned)
}

fn removals(context: &Context, policy: RetentionPolicy, versions: &[Retained]) -> Vec<Pruned> {
    let verdicts = plan(&policy, versions, context.clock.now());
    let removed = versions
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| *verdict == Verdict::Removed);
    removed
        .map(|(one, _)| Pruned {
            version: one.version.version.clone(),
            size: one.size,
            policy,
        })
        .collect()
}

/// Looks again under the artefact's lock: a publish or a tag may have changed what is to be kept.
async fn prune_some(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
) -> Result<Vec<Pruned>, CatalogError> {
    let mut transaction = context.catalog.begin().await?;
    let locked = transaction
        .lock_artefact(&artefact.format, artefact.name.as_str())
        .await?;
    let Some(mut artefact) = locked.filter(|artefact| artefact.deleted_at.is_none()) else {
        return Ok(Vec::new());
    };
    let policy = policy_of(context, &artefact);
    let versions = transaction.retained_versions(artefact.id).await?;
    let mut pruned = removals(context, policy, &versions);
    pruned.truncate(BATCH);
    for one in &pruned {
        let gone = versions
            .iter()
            .find(|retained| retained.version.version == one.version);
        if let Some(gone) = gone {
            remove(context, origin, transaction.as_mut(), &artefact, gone, one).await?;
        }
    }
    if !pruned.is_empty() {
        refresh_artefact(transaction.as_mut(), &mut artefact, context.clock.now()).await?;
        transaction.commit().await?;
    }
    Ok(pruned)
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
