//! Deleting a version or a whole artefact; tombstones stay, so that a version never comes back with other bytes.

use crate::Context;
use crate::access::Action;
use crate::audit::Origin;
use crate::change::begin::{begin, check_revision, exact_release, object};
use crate::change::{ChangeError, refresh_artefact};
use crate::read::ArtefactAddress;

/// Deletes a version. Its files are freed by the sweep.
pub async fn delete_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
) -> Result<(), ChangeError> {
    let (mut transaction, mut artefact) = begin(context, origin, Action::Delete, address).await?;
    let mut release = exact_release(transaction.as_mut(), &artefact, version).await?;
    let now = context.clock.now();
    release.version.deleted_at = Some(now);
    transaction.remove_tags_of(release.version.id).await?;
    transaction.delete_files(release.version.id, now).await?;
    transaction.update_version(&release.version).await?;
    artefact.data_updated_at = artefact.data_updated_at.max(now);
    refresh_artefact(transaction.as_mut(), &mut artefact, now).await?;
    let event = origin.event(
        context,
        "version.delete",
        object(&artefact, Some(&release.version.version)),
    );
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes an artefact with all its versions, unless it has another revision than the caller saw.
pub async fn delete_artefact(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    seen_revision: Option<u64>,
) -> Result<(), ChangeError> {
    let (mut transaction, mut artefact) = begin(context, origin, Action::Delete, address).await?;
    check_revision(&artefact, seen_revision)?;
    let now = context.clock.now();
    transaction.delete_all_versions(artefact.id, now).await?;
    artefact.deleted_at = Some(now);
    artefact.data_updated_at = artefact.data_updated_at.max(now);
    refresh_artefact(transaction.as_mut(), &mut artefact, now).await?;
    let event = origin.event(context, "artefact.delete", object(&artefact, None));
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}
