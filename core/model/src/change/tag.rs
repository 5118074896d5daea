//! Setting and removing tags by hand.

use cellier_sdk::Version;

use crate::access::Action;
use crate::audit::Origin;
use crate::change::begin::{begin, exact_release, object};
use crate::change::{ChangeError, refresh_artefact};
use crate::read::ArtefactAddress;
use crate::{Context, Tag};

/// Lets a tag name a version.
pub async fn set_tag(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    tag: &Tag,
    version: &str,
) -> Result<Version, ChangeError> {
    let (mut transaction, mut artefact) = begin(context, origin, Action::Tag, address).await?;
    if tag.is_latest() {
        return Err(ChangeError::LatestMovesByItself);
    }
    let release = exact_release(transaction.as_mut(), &artefact, version).await?;
    let version = release.version.version;
    if release.version.yanked_at.is_some() {
        return Err(ChangeError::Yanked {
            name: artefact.name,
            version,
        });
    }
    let now = context.clock.now();
    transaction
        .set_tag(artefact.id, tag, release.version.id, now)
        .await?;
    refresh_artefact(transaction.as_mut(), &mut artefact, now).await?;
    let event = origin
        .event(context, "tag.set", object(&artefact, Some(&version)))
        .detail("tag", tag.as_str());
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(version)
}

/// Removes a tag.
pub async fn remove_tag(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    tag: &Tag,
) -> Result<(), ChangeError> {
    let (mut transaction, mut artefact) = begin(context, origin, Action::Tag, address).await?;
    if tag.is_latest() {
        return Err(ChangeError::LatestMovesByItself);
    }
    if !transaction.remove_tag(artefact.id, tag).await? {
        return Err(ChangeError::NoSuchTag {
            name: artefact.name,
            tag: tag.as_str().to_owned(),
        });
    }
    refresh_artefact(transaction.as_mut(), &mut artefact, context.clock.now()).await?;
    let event = origin
        .event(context, "tag.remove", object(&artefact, None))
        .detail("tag", tag.as_str());
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(())
}
