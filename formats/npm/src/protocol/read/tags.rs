//! The tags of a package.

use std::io;

use cellier_sdk::{ArtefactView, Failure, Hold, Registry, Response};
use serde_json::Map;

use super::find;
use crate::protocol::route::Package;

/// The tag that clients install by where nobody says another.
pub(super) const LATEST: &str = "latest";

/// Answers with all tags.
pub(super) fn serve(package: &Package<'_>, registry: &dyn Registry) -> Result<Response, Failure> {
    let artefact = find(package, registry)?;
    let stand_in = match named(&artefact, LATEST) {
        Some(_) => None,
        None => newest(&artefact.name, registry)?,
    };
    let tags = all(&artefact, stand_in.as_deref());
    let tags: Map<_, _> = tags
        .map(|(tag, version)| (tag.to_owned(), version.into()))
        .collect();
    Ok(Response::json(200, &tags.into()).hold(Hold::UntilArtefactChanges))
}

/// The version that a tag names.
pub(super) fn named<'a>(artefact: &'a ArtefactView, tag: &str) -> Option<&'a str> {
    let mut tags = artefact.tags.iter();
    let (_, version) = tags.find(|(name, _)| name == tag)?;
    Some(version.as_str())
}

/// The newest version that is not yanked. Clients know no package without `latest`, and one that has nothing but
/// prereleases has no such tag here.
pub(super) fn newest(name: &str, registry: &dyn Registry) -> io::Result<Option<String>> {
    let mut after = None;
    loop {
        let page = registry.versions(name, after.as_deref())?;
        let newest = page.items.into_iter().find(|version| !version.yanked);
        if let Some(newest) = newest {
            return Ok(Some(newest.version.into()));
        }
        after = page.next;
        if after.is_none() {
            return Ok(None);
        }
    }
}

/// All tags of a package, with what stands in for `latest` where there is none.
pub(super) fn all<'a>(
    artefact: &'a ArtefactView,
    stand_in: Option<&'a str>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let has_latest = named(artefact, LATEST).is_some();
    let stand_in = stand_in.filter(|_| !has_latest);
    let tags = artefact.tags.iter();
    let tags = tags.map(|(tag, version)| (tag.as_str(), version.as_str()));
    stand_in
        .map(|version| (LATEST, version))
        .into_iter()
        .chain(tags)
}
