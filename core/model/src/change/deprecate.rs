//! Telling the users of a version that they should take another one.

use crate::access::Action;
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::begin::{Changing, begin};
use crate::read::ArtefactAddress;
use crate::{Context, Notice, Release};

/// Marks a version as deprecated, with what its users are told, or no longer so. Selectors find it all the same.
pub async fn deprecate_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
    notice: Option<&Notice>,
) -> Result<Release, ChangeError> {
    let mut begun = begin(context, origin, Action::Yank, address).await?;
    let release = set_deprecated(&mut begun.changing(), version, notice).await?;
    begun.commit().await?;
    Ok(release)
}

pub(super) async fn set_deprecated(
    changing: &mut Changing<'_>,
    version: &str,
    notice: Option<&Notice>,
) -> Result<Release, ChangeError> {
    let mut release = changing.release(version).await?;
    let notice = notice.map(|notice| notice.as_str().to_owned());
    if release.version.deprecated == notice {
        return Ok(release);
    }
    release.version.deprecated = notice;
    changing
        .transaction
        .update_version(&release.version)
        .await?;
    let action = if release.version.deprecated.is_some() {
        "version.deprecate"
    } else {
        "version.undeprecate"
    };
    let event = changing.event(action, Some(&release.version.version));
    changing.finish(event).await?;
    Ok(release)
}
