//! Setting and removing tags by hand.

use cellier_sdk::Version;

use crate::access::Action;
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::begin::{Changing, begin};
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
    let mut begun = begin(context, origin, Action::Tag, address).await?;
    let version = set(&mut begun.changing(), tag, version).await?;
    begun.commit().await?;
    Ok(version)
}

/// Removes a tag.
pub async fn remove_tag(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    tag: &Tag,
) -> Result<(), ChangeError> {
    let mut begun = begin(context, origin, Action::Tag, address).await?;
    remove(&mut begun.changing(), tag).await?;
    begun.commit().await
}

pub(super) async fn set(
    changing: &mut Changing<'_>,
    tag: &Tag,
    version: &str,
) -> Result<Version, ChangeError> {
    if tag.is_latest() {
        return Err(ChangeError::LatestMovesByItself);
    }
    let release = changing.release(version).await?;
    let version = release.version.version;
    if release.version.yanked_at.is_some() {
        return Err(ChangeError::Yanked {
            name: changing.artefact.name.clone(),
            version,
        });
    }
    let now = changing.context.clock.now();
    changing
        .transaction
        .set_tag(changing.artefact.id, tag, release.version.id, now)
        .await?;
    let event = changing.event("tag.set", Some(&version));
    changing.finish(event.detail("tag", tag.as_str())).await?;
    Ok(version)
}

pub(super) async fn remove(changing: &mut Changing<'_>, tag: &Tag) -> Result<(), ChangeError> {
    if tag.is_latest() {
        return Err(ChangeError::LatestMovesByItself);
    }
    let id = changing.artefact.id;
    if !changing.transaction.remove_tag(id, tag).await? {
        return Err(ChangeError::NoSuchTag {
            name: changing.artefact.name.clone(),
            tag: tag.as_str().to_owned(),
        });
    }
    let event = changing.event("tag.remove", None);
    changing.finish(event.detail("tag", tag.as_str())).await
}
