//! Tags by themselves.

use cellier_sdk::{Change, Failure, ReadAt, Registry, Translation};

use super::super::route::Package;
use super::{as_it_is, body, changes, found};

/// The tag that moves by itself.
pub(super) const LATEST: &str = "latest";

/// Lets a tag name a version.
pub(super) fn set(
    package: &Package<'_>,
    tag: &str,
    body: &dyn ReadAt,
    registry: &dyn Registry,
) -> Result<Translation, Failure> {
    let version = body::text(body)?;
    if tag == LATEST {
        let artefact = found(package, registry)?;
        let mut tags = artefact.tags.iter();
        let is_so = tags.any(|(tag, named)| tag == LATEST && named.as_str() == version);
        return if is_so {
            Ok(as_it_is())
        } else {
            Err(latest_moves_by_itself())
        };
    }
    Ok(changes([Change::Tag {
        name: package.name().to_owned(),
        tag: tag.to_owned(),
        version,
    }]))
}

/// Removes a tag.
pub(super) fn remove(package: &Package<'_>, tag: &str) -> Result<Translation, Failure> {
    if tag == LATEST {
        return Err(latest_moves_by_itself());
    }
    Ok(changes([Change::Untag {
        name: package.name().to_owned(),
        tag: tag.to_owned(),
    }]))
}

fn latest_moves_by_itself() -> Failure {
    let sentence = "the tag latest always names the highest stable version here: publish, yank or unpublish to move it, or \
                    use a tag of another name";
    Failure::BadRequest(sentence.to_owned())
}
